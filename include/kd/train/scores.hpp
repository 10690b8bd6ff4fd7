// SPDX-License-Identifier: MIT
// How good a classifier is, from its logits.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <kd/error.hpp>
#include <kd/tensor.hpp>
#include <kd/train/calibration.hpp>
#include <kd/train/confusion.hpp>

namespace kd::train {

struct score_options {
  int k = 5;  // of top_k; 1 or more
};

/// What is known about a model on a set of samples.
struct scores {
  std::vector<int> predicted;  // (count): the class with the largest logit, the first of equals
  confusion_matrix confusion;
  double accuracy = 0;  // in [0, 1]
  int k = 0;
  double top_k = 0;  // in [0, 1]: how often the label is among the k largest logits
  std::vector<class_scores> per_class;
  average_scores macro, weighted;
  double negative_log_likelihood = 0;  // mean, in nats; infinite where a label was ruled out
  train::calibration calibration;
  double expected_calibration_error = 0;
  std::optional<double> agreement;  // how often the teacher predicts the same class
};

namespace detail {

/// A row of logits, as probabilities need it.
struct read_row {
  std::vector<double> logits;
  int predicted = 0;
  double largest = 0;
  double others = 0;  // sum of exp(logit - largest) over the classes that are not predicted

  double confidence() const { return 1 / (1 + others); }
  double negative_log_likelihood(int label) const {
    return std::log1p(others) + (largest - logits[static_cast<std::size_t>(label)]);
  }
  /// Equal logits share their places: of e that compete for p places each has p / e.
  double in_top(int k, int label) const {
    const double own = logits[static_cast<std::size_t>(label)];
    std::int64_t larger = 0, equal = 0;
    for (double z : logits) larger += z > own, equal += z == own;
    return std::clamp(static_cast<double>(k - larger) / static_cast<double>(equal), 0.0, 1.0);
  }
};

[[noreturn]] inline void refuse_logit(const std::string& whose, std::int64_t row, double logit) {
  const std::string what = std::isnan(logit) ? "nan" : logit > 0 ? "+inf" : "nothing but -inf";
  throw value_error("kd: row " + std::to_string(row) + " of " + whose + " holds " + what +
                    ", which gives no probabilities; if the model diverged, train it at a lower "
                    "learning rate or with a clipped gradient");
}

template <class T>
void read(read_row& to, const tensor_view<T>& logits, std::int64_t row, const std::string& whose) {
  to.logits.clear();
  for (std::int64_t c = 0; c < logits.extents[1]; ++c)
    to.logits.push_back(
        static_cast<double>(logits.data[row * logits.strides[0] + c * logits.strides[1]]));
  for (double z : to.logits)
    if (!(z < std::numeric_limits<double>::infinity())) refuse_logit(whose, row, z);
  const auto top = std::max_element(to.logits.begin(), to.logits.end());
  if (std::isinf(*top)) refuse_logit(whose, row, *top);
  to.predicted = static_cast<int>(top - to.logits.begin());
  to.largest = *top;
  to.others = 0;
  for (auto z = to.logits.begin(); z != to.logits.end(); ++z)
    if (z != top) to.others += std::exp(*z - to.largest);
}

template <class T>
void check_logits(const tensor_view<T>& logits, const std::string& whose) {
  if (logits.rank != 2)
    throw shape_error("kd: " + whose + " have " + std::to_string(logits.rank) +
                      (logits.rank == 1 ? " axis" : " axes") + "; scores read (count, classes)");
  if (logits.extents[0] < 1 || logits.extents[1] < 1)
    throw value_error("kd: " + whose + " are " + std::to_string(logits.extents[0]) +
                      " samples of " + std::to_string(logits.extents[1]) +
                      " classes; there is nothing to score");
  if (logits.data == nullptr) throw value_error("kd: " + whose + " are a null pointer; pass them");
}

inline void check_labels(std::span<const int> labels, std::int64_t count, std::int64_t classes) {
  if (static_cast<std::int64_t>(labels.size()) != count)
    throw shape_error("kd: there are " + std::to_string(labels.size()) + " labels for " +
                      std::to_string(count) + " rows of logits; each row needs one");
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] < 0 || labels[i] >= classes)
      throw value_error("kd: label " + std::to_string(labels[i]) + " of row " + std::to_string(i) +
                        " names no class: there are " + std::to_string(classes) +
                        " logits, so labels are 0 to " + std::to_string(classes - 1));
}

/// How often the predictions are those of these logits.
template <class T>
double agreement(const std::vector<int>& predicted, const tensor_view<T>& teacher) {
  read_row row;
  std::int64_t same = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    read(row, teacher, static_cast<std::int64_t>(i), "the teacher's logits");
    same += row.predicted == predicted[i];
  }
  return static_cast<double>(same) / static_cast<double>(predicted.size());
}

}  // namespace detail

/// Scores of logits (count, classes) against labels (count) in 0 .. classes - 1. A logit may be
/// -inf, for a class that is ruled out. Where logits are equal, the first of the largest is
/// predicted, and the places among the k largest are shared: constant logits have a top_k of
/// k / classes. Throws shape_error for other axes, value_error for no samples, for k below 1, for a
/// label without a logit, and with the row for nan, for +inf and where every class is ruled out.
template <class T>
scores scores_of(const tensor_view<T>& logits, std::span<const int> labels,
                 const score_options& options = {}) {
  static_assert(std::is_floating_point_v<std::remove_const_t<T>>,
                "kd: scores_of reads logits of float or double");
  const std::string whose = "the logits";
  detail::check_logits(logits, whose);
  const std::int64_t count = logits.extents[0], classes = logits.extents[1];
  detail::check_labels(labels, count, classes);
  if (options.k < 1)
    throw value_error("kd: k is " + std::to_string(options.k) + "; top_k needs 1 or more");

  scores s;
  s.k = options.k;
  s.confusion = confusion_matrix(static_cast<int>(classes));
  detail::read_row row;
  for (std::int64_t i = 0; i < count; ++i) {
    const int label = labels[static_cast<std::size_t>(i)];
    detail::read(row, logits, i, whose);
    s.predicted.push_back(row.predicted);
    s.confusion.add(label, row.predicted);
    s.calibration.add(row.confidence(), row.predicted == label);
    s.top_k += row.in_top(s.k, label);
    s.negative_log_likelihood += row.negative_log_likelihood(label);
  }
  const double samples = static_cast<double>(count);
  s.accuracy = static_cast<double>(s.confusion.right()) / samples;
  s.top_k /= samples;
  s.negative_log_likelihood /= samples;
  s.per_class = scores_per_class(s.confusion);
  s.macro = macro_average(s.per_class);
  s.weighted = weighted_average(s.per_class);
  s.expected_calibration_error = s.calibration.expected_error();
  return s;
}

/// The same with the agreement with a teacher, whose logits are (count, classes) too. Throws
/// shape_error if they are not.
template <class T, class U>
scores scores_of(const tensor_view<T>& logits, std::span<const int> labels,
                 const tensor_view<U>& teacher, const score_options& options = {}) {
  scores s = scores_of(logits, labels, options);
  detail::check_logits(teacher, "the teacher's logits");
  if (teacher.extents[0] != logits.extents[0] || teacher.extents[1] != logits.extents[1])
    throw shape_error("kd: the teacher's logits are (" + std::to_string(teacher.extents[0]) + ", " +
                      std::to_string(teacher.extents[1]) + ") and the model's (" +
                      std::to_string(logits.extents[0]) + ", " + std::to_string(logits.extents[1]) +
                      "); pass those of the same samples and classes");
  s.agreement = detail::agreement(s.predicted, teacher);
  return s;
}

}  // namespace kd::train
