// SPDX-License-Identifier: MIT
// What was taken for what, and what follows from it: accuracy, precision, recall, F1.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/error.hpp>

namespace kd::train {

/// How often samples of a label were predicted to be of a class.
class confusion_matrix {
 public:
  confusion_matrix() = default;
  /// Throws value_error for less than 1 class.
  explicit confusion_matrix(int classes) : classes_(classes) {
    if (classes < 1)
      throw value_error("kd: a confusion matrix of " + std::to_string(classes) +
                        " classes holds nothing; there must be 1 or more");
    const auto side = static_cast<std::size_t>(classes);
    counts_.assign(side * side, 0);
  }

  int classes() const { return classes_; }
  /// Counts one sample. Throws value_error for a label or a prediction that is no class.
  void add(int label, int predicted) { ++counts_[place(label, predicted)]; }
  /// The number of samples of this label with this prediction. Throws value_error as add does.
  std::int64_t operator()(int label, int predicted) const {
    return counts_[place(label, predicted)];
  }
  std::int64_t samples() const {
    std::int64_t sum = 0;
    for (std::int64_t count : counts_) sum += count;
    return sum;
  }
  /// The samples on the diagonal.
  std::int64_t right() const {
    std::int64_t sum = 0;
    for (int c = 0; c < classes_; ++c) sum += (*this)(c, c);
    return sum;
  }
  /// The samples of a label, and those that were predicted to be of a class.
  std::int64_t labelled(int label) const {
    std::int64_t sum = 0;
    for (int c = 0; c < classes_; ++c) sum += (*this)(label, c);
    return sum;
  }
  std::int64_t predicted(int as) const {
    std::int64_t sum = 0;
    for (int c = 0; c < classes_; ++c) sum += (*this)(c, as);
    return sum;
  }

 private:
  std::size_t place(int label, int predicted) const {
    if (label < 0 || label >= classes_ || predicted < 0 || predicted >= classes_)
      throw value_error("kd: label " + std::to_string(label) + " predicted as " +
                        std::to_string(predicted) + " has no place in a confusion matrix of " +
                        std::to_string(classes_) + " classes, which are counted from 0");
    return static_cast<std::size_t>(label) * static_cast<std::size_t>(classes_) +
           static_cast<std::size_t>(predicted);
  }
  int classes_ = 0;
  std::vector<std::int64_t> counts_;  // (label, predicted)
};

/// Each in [0, 1].
struct class_scores {
  double precision = 0;  // of those predicted to be of the class, the fraction that is
  double recall = 0;     // of those of the class, the fraction that was predicted to be
  double f1 = 0;         // the harmonic mean of both
  std::int64_t labelled = 0, predicted = 0;
};

/// The scores of every class. Where there is nothing to divide by the score is 0, as with
/// scikit-learn's zero_division=0: the recall of a class that is absent, the precision of one that
/// is never predicted, the F1 of one that is both.
inline std::vector<class_scores> scores_per_class(const confusion_matrix& m) {
  const auto ratio = [](std::int64_t part, std::int64_t of) {
    return of == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(of);
  };
  std::vector<class_scores> all;
  for (int c = 0; c < m.classes(); ++c) {
    const std::int64_t labelled = m.labelled(c), predicted = m.predicted(c), right = m(c, c);
    all.push_back({ratio(right, predicted), ratio(right, labelled),
                   ratio(2 * right, predicted + labelled), labelled, predicted});
  }
  return all;
}

/// Means over classes, each in [0, 1].
struct average_scores {
  double precision = 0, recall = 0, f1 = 0;
};

namespace detail {
/// Divides once, so that the mean of ones is 1; 0 if all weights are.
template <class Weight>
average_scores mean_of(const std::vector<class_scores>& classes, const Weight& weight_of) {
  average_scores sum;
  double weights = 0;
  for (const class_scores& c : classes) {
    const double weight = weight_of(c);
    weights += weight;
    sum.precision += c.precision * weight;
    sum.recall += c.recall * weight;
    sum.f1 += c.f1 * weight;
  }
  if (weights == 0) return {};
  return {sum.precision / weights, sum.recall / weights, sum.f1 / weights};
}
}  // namespace detail

/// The mean over all classes, those without samples included: each counts the same.
inline average_scores macro_average(const std::vector<class_scores>& classes) {
  return detail::mean_of(classes, [](const class_scores&) { return 1.0; });
}

/// The mean over samples: each class counts as many times as it has samples. Its recall is the
/// accuracy.
inline average_scores weighted_average(const std::vector<class_scores>& classes) {
  return detail::mean_of(classes,
                         [](const class_scores& c) { return static_cast<double>(c.labelled); });
}

}  // namespace kd::train
