// SPDX-License-Identifier: MIT
// Labels and positions above 2^24, where float has fewer numbers than there are classes, are told
// apart: along rows, in tiles of rows, as values of the row, and from an ignored label.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using Catch::Contains;
using namespace kd::axes;

namespace {

constexpr std::int64_t many = (std::int64_t{1} << 24) + 8;
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto g = kd::given<"g", batch, classes>;
constexpr auto u = kd::given<"u", batch>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto near = kd::labels<"near", batch>;

const float unit = 1;
/// A tensor of ones that takes no memory.
auto ones(std::int64_t rows, std::int64_t columns) {
  return kd::tensor(&unit, {rows, columns}, {0, 0});
}
auto ones(std::int64_t n) { return kd::tensor(&unit, {n}, {0}); }

}  // namespace

TEST_CASE("the gradient of one label among 2^24 + 8 is at that class alone") {
  const std::vector<float> z(static_cast<std::size_t>(many));
  std::vector<float> gradient(z.size());
  const auto Z = kd::tensor(z.data(), {1, many});
  for (std::int64_t label : {many - 8, many - 7, many - 1}) {
    kd::evaluate(kd::sum<batch>(kd::pick<classes>(kd::log_softmax<classes>(zs), y)), zs = Z,
                 y = std::vector<std::int64_t>{label},
                 kd::gradient(zs) = kd::tensor(gradient.data(), {1, many}));
    for (std::int64_t j = many - 12; j < many; ++j) {
      INFO(label << " " << j);
      CHECK(gradient[static_cast<std::size_t>(j)] == Approx(j == label ? 1 : 0).margin(1e-6));
    }
  }
}
TEST_CASE("one_hot along a long row counts one class") {
  const auto counted = kd::sum<batch>(kd::square(kd::sum<classes>(kd::one_hot<classes>(y) * g)));
  for (std::int64_t label : {many - 8, many - 7, many - 6, many - 1})
    CHECK(kd::evaluate(counted, g = ones(1, many), y = std::vector<std::int64_t>{label}).value() ==
          1);
}
TEST_CASE("one_hot where classes tell rows apart, in tiles of rows, counts one class") {
  // labels lie along a row of (batch), the class is the row's
  const auto counted =
      kd::sum<classes>(kd::square(kd::sum<batch>(kd::one_hot<classes>(y) * kd::square(g))));
  for (int rows : {1, 3, 40}) {
    const std::vector<std::uint32_t> labels(static_cast<std::size_t>(rows),
                                            static_cast<std::uint32_t>(many - 7));
    CHECK(kd::evaluate(counted, g = ones(rows, many), y = labels).value() == rows * rows);
  }
}
TEST_CASE("is_label tells a label from an ignored one that rounds to it") {
  const std::int64_t a = std::int64_t{1} << 24;
  const std::vector<std::int64_t> labels{a, a + 1, a + 2, -1, 0};
  const auto kept = kd::sum<batch>(kd::is_label(y, static_cast<double>(a)) * u);
  CHECK(kd::evaluate(kept, u = ones(5), y = labels).value() == 4);
  const auto U = ones(5);
  CHECK(kd::evaluate(kd::sum<batch>(kd::is_label(y, a + 1.0) * u), u = U, y = labels).value() == 4);
  CHECK(kd::evaluate(kd::sum<batch>(kd::is_label(y, a + 3.0) * u), u = U, y = labels).value() == 5);
  // along rows and as a value of the row
  for (int rows : {1, 40}) {
    const std::vector<int> many_labels(static_cast<std::size_t>(rows), static_cast<int>(a + 1));
    const auto by_row =
        kd::mean<batch>(kd::is_label(y, static_cast<double>(a)) * kd::log_sum_exp<classes>(g));
    CHECK(kd::evaluate(by_row, g = ones(rows, 3), y = many_labels).value() ==
          Approx(1 + std::log(3.0)));
  }
}
TEST_CASE("labels are compared with labels") {
  const std::int64_t a = std::int64_t{1} << 24;
  const std::vector<std::int64_t> left{a, a + 1, a + 2, -7, 5}, right{a + 1, a + 1, a + 3, -7, 4};
  const auto same = kd::sum<batch>(kd::equal(y, near) * u);
  CHECK(kd::evaluate(same, u = ones(5), y = left, near = right).value() == 2);
  const auto more = kd::sum<batch>(kd::greater(y, near) * u);
  CHECK(kd::evaluate(more, u = ones(5), y = left, near = right).value() == 1);
  const auto pairs = kd::sum<batch, other>(kd::equal(y, kd::as<batch, other>(near)) * u);
  CHECK(kd::evaluate(pairs, u = ones(5), y = left, near = right).value() == 3);
  CHECK(kd::evaluate(pairs, kd::reference, u = ones(5), y = left, near = right).value() == 3);
}
TEST_CASE("labels are compared with positions, and positions with each other") {
  const auto below = kd::sum<batch>(kd::sum<classes>(kd::less(kd::position<classes>, y) * g));
  const auto at = kd::sum<batch>(kd::sum<classes>(kd::equal(kd::position<classes>, y) * g));
  for (std::int64_t label : {many - 7, many - 6, std::int64_t{-3}, std::int64_t{1} << 40}) {
    const bool inside = label >= 0 && label < many;
    const std::int64_t smaller = inside ? label : label < 0 ? 0 : many;  // positions
    for (int rows : {1, 3}) {
      const std::vector<std::int64_t> labels(static_cast<std::size_t>(rows), label);
      CHECK(kd::evaluate(at, g = ones(rows, many), y = labels).value() == (inside ? rows : 0));
      CHECK(kd::evaluate(below, g = ones(rows, many), y = labels).value() ==
            rows * static_cast<double>(
                       static_cast<float>(smaller)));  // a row's sum is rounded to float
    }
  }
  // each position equals one other, in rows along either axis and along both
  constexpr auto rival = kd::as<classes, other_classes>(kd::position<classes>);
  const auto before = kd::less_equal(kd::position<classes>, kd::position<batch>);
  const std::vector<float> z(24, 1.0f);
  const auto Z = kd::tensor(z.data(), {4, 6});
  CHECK(kd::evaluate(kd::sum<batch, classes>(before * g), g = Z).value() == 1 + 2 + 3 + 4);
  const auto ranks = kd::sum<other_classes>(kd::greater(kd::position<classes>, rival));
  CHECK(kd::evaluate(kd::sum<batch, classes>(ranks * g), g = Z).value() == 4 * 15);
  const auto both = kd::sum<batch>(kd::square(kd::sum<classes>(before * kd::square(g)))) +
                    kd::square(kd::sum<batch, classes>(before * g));
  CHECK(kd::evaluate(both, g = Z).value() == 1 + 4 + 9 + 16 + 100);
  CHECK(kd::evaluate(both, kd::reference, g = Z).value() == 1 + 4 + 9 + 16 + 100);
}
TEST_CASE("what an index of 32 bits does not hold is refused in float and right in double") {
  const std::vector<std::int64_t> left{1, std::int64_t{1} << 40}, right{2, std::int64_t{1} << 41};
  const auto same = kd::sum<batch>(kd::equal(y, near) * u);
  CHECK_THROWS_AS(kd::evaluate(same, u = ones(2), y = left, near = right), kd::value_error);
  CHECK_THROWS_WITH(
      kd::evaluate(same, u = ones(2), y = left, near = right),
      Contains("labels y holds 1099511627776 at position 1") && Contains("compute in double"));
  const std::vector<double> U{1, 1};
  CHECK(kd::evaluate(same, u = U, y = left, near = right).value() == 0);
  CHECK(kd::evaluate(same, u = U, y = left, near = left).value() == 2);
  // an ignored label may be anywhere
  const auto kept = kd::sum<batch>(kd::is_label(y, 0x1p40) * u);
  CHECK(kd::evaluate(kept, u = ones(2), y = left).value() == 1);
  CHECK_THROWS_AS(kd::evaluate(kept, u = ones(2), y = right), kd::value_error);
  CHECK_THROWS_AS(kd::evaluate(kd::sum<batch>(kd::is_label(y, 0.5) * u), u = ones(2), y = right),
                  kd::value_error);
}
TEST_CASE("an axis of more than 2^31 positions is refused in float where it is compared") {
  constexpr std::int64_t too_many = std::int64_t{1} << 31;
  const auto counted = kd::sum<batch>(kd::sum<classes>(kd::one_hot<classes>(y) * g));
  CHECK_THROWS_WITH(
      kd::evaluate(counted, g = ones(1, too_many), y = std::vector<int>{5}),
      Contains("axis 'classes' has 2147483648 positions") && Contains("compute in double"));
}
