// SPDX-License-Identifier: MIT
#include <kd/train/validation.hpp>

#include <vector>

#include <kd/train.hpp>
#include "support/catch.hpp"
#include "train/callback_run.hpp"

namespace train = kd::train;
using kd_test::run_callbacks;

TEST_CASE("validation: likelihood and accuracy of each epoch, as scores_of has them", "[train]") {
  train::history h(2);
  kd::nn::model<kd_test::small_network> model(4);
  const auto set = kd_test::four_samples();
  run_callbacks(2, train::validation(model, set, h));
  const auto logits = train::logits_of(model, set);
  const auto expected = train::scores_of(logits.view(), set.labels);
  CHECK(h.validation_loss == std::vector<double>(2, expected.negative_log_likelihood));
  CHECK(h.validation_accuracy == std::vector<double>(2, expected.accuracy));
  auto other = set;
  other.labels[2] = 2;
  CHECK_THROWS_AS(train::validation(model, other, h), kd::value_error);
  other.width = 1;
  CHECK_THROWS_AS(train::validation(model, other, h), kd::shape_error);
}

TEST_CASE("validation: a model that says NaN has diverged, and the first layer is named",
          "[train]") {
  train::history h(1);
  kd::nn::model<kd_test::small_network> model(4);
  const auto set = kd_test::four_samples();
  for (float& x : model.parameters()) x = 3e38f;  // finite, and their sums are not
  CHECK_THROWS_AS(run_callbacks(1, train::validation(model, set, h)), train::diverged);
  CHECK_THROWS_WITH(run_callbacks(1, train::validation(model, set, h)),
                    Catch::Contains("the output on the validation set is not finite in epoch 1") &&
                        Catch::Contains("first the output of layer '"));
}
