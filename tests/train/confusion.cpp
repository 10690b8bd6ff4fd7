// SPDX-License-Identifier: MIT
#include <kd/train/confusion.hpp>
#include "support/catch.hpp"

namespace {

using kd::train::confusion_matrix;

/// 10 samples of 3 labels; label 3 is absent and never predicted.
confusion_matrix small() {
  confusion_matrix m(4);
  constexpr int counts[3][3] = {{2, 1, 0}, {0, 3, 1}, {1, 0, 2}};
  for (int label = 0; label < 3; ++label)
    for (int predicted = 0; predicted < 3; ++predicted)
      for (int i = 0; i < counts[label][predicted]; ++i) m.add(label, predicted);
  return m;
}

}  // namespace

TEST_CASE("confusion: counts by label and prediction") {
  const confusion_matrix m = small();
  CHECK(m(0, 1) == 1);
  CHECK(m(1, 0) == 0);
  CHECK(m.samples() == 10);
  CHECK(m.right() == 7);
  CHECK(m.labelled(1) == 4);
  CHECK(m.predicted(2) == 3);
  CHECK(m.predicted(1) == 4);
}

TEST_CASE("confusion: scores are scikit-learn's with zero_division=0 and all classes as labels") {
  const auto classes = kd::train::scores_per_class(small());
  REQUIRE(classes.size() == 4);
  CHECK(classes[0].precision == Approx(2 / 3.0));
  CHECK(classes[1].recall == Approx(0.75));
  CHECK(classes[2].f1 == Approx(2 / 3.0));
  CHECK(classes[3].precision == 0);
  CHECK(classes[3].recall == 0);
  CHECK(classes[3].f1 == 0);
  const auto macro = kd::train::macro_average(classes), weighted = weighted_average(classes);
  CHECK(macro.precision == Approx(0.5208333333333333));
  CHECK(macro.f1 == Approx(0.5208333333333333));
  CHECK(weighted.recall == Approx(0.7));
}

TEST_CASE("confusion: the means of perfect scores are 1 to the bit") {
  for (int classes = 1; classes <= 100; ++classes) {
    confusion_matrix m(classes);
    for (int c = 0; c < classes; ++c)
      for (int i = 0; i <= c % 7; ++i) m.add(c, c);
    const auto scores = kd::train::scores_per_class(m);
    for (const auto& mean : {macro_average(scores), weighted_average(scores)}) {
      CHECK(mean.precision == 1);
      CHECK(mean.recall == 1);
      CHECK(mean.f1 == 1);
    }
  }
}

TEST_CASE(
    "confusion: a class that is predicted and absent, one that is present and not predicted") {
  confusion_matrix m(2);
  m.add(0, 1);
  const auto classes = kd::train::scores_per_class(m);
  CHECK(classes[0].recall == 0);
  CHECK(classes[0].precision == 0);
  CHECK(classes[1].recall == 0);
  CHECK(classes[1].f1 == 0);
  CHECK(weighted_average(kd::train::scores_per_class(confusion_matrix(2))).f1 == 0);
}

TEST_CASE("confusion: what is no class is refused") {
  confusion_matrix m(2);
  CHECK_THROWS_WITH(m.add(2, 0),
                    "kd: label 2 predicted as 0 has no place in a confusion matrix of "
                    "2 classes, which are counted from 0");
  CHECK_THROWS_AS(m.add(0, -1), kd::value_error);
  CHECK_THROWS_AS(confusion_matrix(0), kd::value_error);
}
