// SPDX-License-Identifier: MIT
#include <kd/kd.hpp>
#include <kd/loss/without_label.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
}  // namespace

TEST_CASE(
    "the classes other than the label's: the label's has no share, and what is left is log(1 - "
    "p)") {
  Eigen::MatrixXd S(1, 3);
  S << 1, 2, 0;
  const std::vector<int> labels{1};
  const auto others = kd::loss::without_label(zs, y);
  const auto share = kd::sum<batch>(kd::pick<classes>(kd::softmax<classes>(others), y));
  CHECK(kd::evaluate(share, zs = S, y = labels).value() == 0);
  const auto rest = kd::sum<batch>(kd::loss::log_rest(zs, others));
  const double sum = std::exp(1) + std::exp(2) + 1;
  CHECK(kd::evaluate(rest, zs = S, y = labels).value() ==
        Approx(std::log((std::exp(1) + 1) / sum)));
  S(0, 1) = 60;  // 1 - p would be 0
  CHECK(kd::evaluate(rest, zs = S, y = labels).value() == Approx(std::log(std::exp(1) + 1) - 60));
  const Eigen::MatrixXd one = Eigen::MatrixXd::Constant(1, 1, 5);
  const auto single = kd::evaluate(rest, zs = one, y = std::vector<int>{0});
  CHECK(single.value() == 0);
  CHECK(single.gradient(zs)(0, 0) == 0);
}
