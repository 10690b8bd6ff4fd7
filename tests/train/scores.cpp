// SPDX-License-Identifier: MIT
// The numbers are those of scikit-learn 1.9 (accuracy_score, top_k_accuracy_score,
// precision_recall_fscore_support with zero_division=0, log_loss, confusion_matrix) and, for the
// calibration error, of a few lines of numpy; everything in double.
#include <kd/train/scores.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

using kd::train::scores_of;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// 400 samples of 10 classes: waves. Class 7 is predicted, and no label.
struct waves {
  static constexpr int count = 400, classes = 10;
  std::vector<double> logits, teacher;
  std::vector<int> labels;

  waves() {
    for (int i = 0; i < count; ++i) {
      for (int c = 0; c < classes; ++c) {
        logits.push_back(3 * std::sin(1.3 * i + 2.7 * c + 0.01 * i * c));
        teacher.push_back(3 * std::sin(1.3 * i + 2.7 * c + 0.011 * i * c));
      }
      const auto row = logits.end() - classes;
      int label = static_cast<int>(std::max_element(row, logits.end()) - row);
      if (!(std::sin(i * 0.77) > -0.2)) label = i * 3 % 9;
      labels.push_back(label == 7 ? i % 7 : label);
    }
  }
  auto view() const { return kd::tensor(logits.data(), {count, classes}); }
  auto teacher_view() const { return kd::tensor(teacher.data(), {count, classes}); }
};

kd::train::scores of(const std::vector<double>& logits, std::int64_t classes,
                     const std::vector<int>& labels, int k = 5) {
  const auto count = static_cast<std::int64_t>(labels.size());
  return scores_of(kd::tensor(logits.data(), {count, classes}), labels, {.k = k});
}

}  // namespace

TEST_CASE("scores: scikit-learn's numbers") {
  const waves w;
  const auto s = scores_of(w.view(), w.labels, w.teacher_view());
  CHECK(s.accuracy == Approx(0.585).epsilon(1e-12));
  CHECK(s.top_k == Approx(0.7775).epsilon(1e-12));
  CHECK(scores_of(w.view(), w.labels, {.k = 3}).top_k == Approx(0.6725).epsilon(1e-12));
  CHECK(scores_of(w.view(), w.labels, {.k = 1}).top_k == s.accuracy);
  CHECK(s.negative_log_likelihood == Approx(2.287054867623399).epsilon(1e-12));
  CHECK(s.expected_calibration_error == Approx(0.2313154744798066).epsilon(1e-12));
  CHECK(s.macro.precision == Approx(0.5730050505050505).epsilon(1e-12));
  CHECK(s.macro.recall == Approx(0.6627412532431795).epsilon(1e-12));
  CHECK(s.macro.f1 == Approx(0.5743326655773275).epsilon(1e-12));
  CHECK(s.weighted.precision == Approx(0.6818278093434345).epsilon(1e-12));
  CHECK(s.weighted.recall == Approx(0.585).epsilon(1e-12));
  CHECK(s.weighted.f1 == Approx(0.5773779765620168).epsilon(1e-12));
  CHECK(s.agreement.value() == Approx(0.2925).epsilon(1e-12));

  constexpr double f1[] = {0.569620253164557,   0.7368421052631579,
                           0.7307692307692307,  0.4827586206896552,
                           0.6415094339622641,  0.6792452830188679,
                           0.42201834862385323, 0.0,
                           0.7605633802816901,  0.72};
  constexpr std::int64_t labelled[] = {92, 25, 20, 80, 20, 21, 79, 0, 27, 36};
  for (std::size_t c = 0; c < 10; ++c) {
    CHECK(s.per_class[c].f1 == Approx(f1[c]).epsilon(1e-12));
    CHECK(s.per_class[c].labelled == labelled[c]);
  }
  constexpr std::int64_t row0[] = {45, 3, 4, 0, 6, 4, 4, 7, 6, 13};
  constexpr std::int64_t row6[] = {10, 6, 0, 8, 7, 7, 23, 5, 3, 10};
  for (int c = 0; c < 10; ++c) {
    CHECK(s.confusion(0, c) == row0[c]);
    CHECK(s.confusion(6, c) == row6[c]);
  }
  constexpr std::int64_t in_bins[] = {0, 11, 20, 35, 77, 136, 78, 30, 11, 2, 0, 0, 0, 0, 0};
  for (std::size_t i = 0; i < 15; ++i) CHECK(s.calibration.bins()[i].samples == in_bins[i]);
}

TEST_CASE("scores: the same numbers from float, and through strides of any sign") {
  const waves w;
  std::vector<float> narrow;
  for (double z : w.logits) narrow.push_back(static_cast<float>(z));
  const auto exact = scores_of(w.view(), w.labels);
  const auto rounded = scores_of(kd::tensor(narrow.data(), {w.count, w.classes}), w.labels);
  CHECK(rounded.predicted == exact.predicted);
  CHECK(rounded.negative_log_likelihood == Approx(exact.negative_log_likelihood).epsilon(1e-6));

  std::vector<double> columns(w.logits.size());  // (classes, count), the classes in reverse
  for (int i = 0; i < w.count; ++i)
    for (int c = 0; c < w.classes; ++c)
      columns[static_cast<std::size_t>((w.classes - 1 - c) * w.count + i)] =
          w.logits[static_cast<std::size_t>(i * w.classes + c)];
  const double* first = columns.data() + (w.classes - 1) * w.count;
  const auto strided = scores_of(kd::tensor(first, {w.count, w.classes}, {1, -w.count}), w.labels);
  CHECK(strided.predicted == exact.predicted);
  CHECK(strided.negative_log_likelihood == exact.negative_log_likelihood);
}

TEST_CASE("scores: equal logits share the places of top_k") {
  const std::vector<double> constant(40, 0.25);
  const std::vector<int> labels{0, 1, 2, 3};
  CHECK(of(constant, 10, labels).top_k == Approx(0.5));
  CHECK(of(constant, 10, labels, 1).top_k == Approx(0.1));
  CHECK(of(constant, 10, labels, 10).top_k == 1);
  CHECK(of(constant, 10, labels).accuracy == 0.25);  // the first class is predicted
  CHECK(of({3, 2, 2, 1}, 4, {0}, 2).top_k == 1);
  CHECK(of({3, 2, 2, 1}, 4, {1}, 2).top_k == 0.5);
  CHECK(of({3, 2, 2, 1}, 4, {2}, 3).top_k == 1);
  CHECK(of({3, 2, 2, 1}, 4, {3}, 3).top_k == 0);
  CHECK(of({3, 2}, 2, {1}, 7).top_k == 1);
}

TEST_CASE("scores: a log-likelihood keeps its digits at any size of the logits") {
  CHECK(of({1000, 0}, 2, {1}).negative_log_likelihood == 1000);
  CHECK(of({40, 0}, 2, {0}).negative_log_likelihood == Approx(std::exp(-40)).epsilon(1e-12));
  CHECK(of({-1e300, 1e300}, 2, {1}).negative_log_likelihood == 0);
  CHECK(of({0, -infinity}, 2, {0}).negative_log_likelihood == 0);
  CHECK(of({0, -infinity}, 2, {1}).negative_log_likelihood == infinity);
}

TEST_CASE("scores: a model that is its own teacher agrees; adding a number to a row is no change") {
  const waves w;
  CHECK(scores_of(w.view(), w.labels, w.view()).agreement == 1.0);
  CHECK_FALSE(scores_of(w.view(), w.labels).agreement.has_value());
  waves shifted;
  for (std::size_t i = 0; i < shifted.logits.size(); ++i) shifted.logits[i] += 64;
  const auto a = scores_of(w.view(), w.labels), b = scores_of(shifted.view(), w.labels);
  CHECK(a.predicted == b.predicted);
  CHECK(b.negative_log_likelihood == Approx(a.negative_log_likelihood).epsilon(1e-9));
  CHECK(b.expected_calibration_error == Approx(a.expected_calibration_error).epsilon(1e-9));
}

TEST_CASE("scores: what gives no probabilities is refused with its row") {
  const std::string remedy =
      ", which gives no probabilities; if the model diverged, train it at a lower learning rate or "
      "with a clipped gradient";
  CHECK_THROWS_WITH(of({1, 2, 3, std::nan("")}, 2, {0, 1}),
                    "kd: row 1 of the logits holds nan" + remedy);
  CHECK_THROWS_WITH(of({1, infinity}, 2, {0}), "kd: row 0 of the logits holds +inf" + remedy);
  CHECK_THROWS_WITH(of({-infinity, -infinity}, 2, {0}),
                    "kd: row 0 of the logits holds nothing but -inf" + remedy);
  CHECK_THROWS_AS(of({1, 2}, 2, {2}), kd::value_error);
  CHECK_THROWS_AS(of({1, 2}, 2, {-1}), kd::value_error);
  CHECK_THROWS_AS(of({1, 2}, 2, {0}, 0), kd::value_error);
  CHECK_THROWS_AS(of({}, 2, {}), kd::value_error);

  const std::vector<double> good{1, 2, 3, 4}, bad{1, 2, std::nan(""), 4};
  const std::vector<int> labels{0, 1};
  const auto view = kd::tensor(good.data(), {2, 2});
  CHECK_THROWS_WITH(scores_of(view, labels, kd::tensor(bad.data(), {2, 2})),
                    "kd: row 1 of the teacher's logits holds nan" + remedy);
  CHECK_THROWS_WITH(scores_of(view, labels, kd::tensor(good.data(), {1, 4})),
                    "kd: the teacher's logits are (1, 4) and the model's (2, 2); pass those of the "
                    "same samples and classes");
  CHECK_THROWS_WITH(scores_of(view, std::vector<int>{0}),
                    "kd: there are 1 labels for 2 rows of logits; each row needs one");
  CHECK_THROWS_WITH(scores_of(kd::tensor(good.data(), {4}), labels),
                    "kd: the logits have 1 axis; scores read (count, classes)");
}
