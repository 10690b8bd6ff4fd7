// SPDX-License-Identifier: MIT
#include <kd/dsl/not_a_number.hpp>

#include <cmath>

#include "dsl/values.hpp"

using namespace kd::test;
using Catch::Contains;

namespace {
const auto root =
    kd::sqrt(kd::where(kd::greater_equal(x, 0.0), x, kd::not_a_number_because<"x is negative">));
const auto total = kd::sum<batch, classes>(root);
const std::array<double, 6> positive{1, 4, 9, 0, 16, 25};
const auto P = kd::tensor(positive.data(), {2, 3});
}  // namespace

static_assert(has_exactly(kd::not_a_number) && has_exactly(kd::not_a_number_because<"none">));

TEST_CASE("not_a_number: is one where it is chosen, and only there") {
  CHECK(value_of(total, x = P) == 15);
  CHECK(std::isnan(value_of(total, x = X)));
  CHECK(std::isnan(kd::evaluate(total, kd::eigen, x = X).value()));
  CHECK(std::isnan(value_of(kd::sum<batch, classes>(x) * kd::not_a_number, x = X)));
}
TEST_CASE("not_a_number: a checked call says the reason") {
  CHECK(kd::evaluate(total, kd::eigen, kd::non_finite::check, x = P).value() == 15);
  const auto wanted = "kd: the objective is nan: x is negative";
  CHECK_THROWS_WITH(kd::evaluate(total, kd::eigen, kd::non_finite::check, x = X), wanted);
  CHECK_THROWS_WITH(kd::evaluate(total, kd::reference, kd::non_finite::check, x = X), wanted);
  auto program = kd::compile<double>(total);
  CHECK_THROWS_WITH(program(kd::non_finite::check, x = X), wanted);
  CHECK(program(kd::non_finite::check, x = P).value() ==
        15);  // which a call that threw leaves ready
}
TEST_CASE("not_a_number: a row that a mask leaves out is no reason") {
  const auto large = kd::where(kd::less(x, 10.0), x, kd::not_a_number_because<"x is large">);
  const auto rows = kd::sum<classes>(root) + kd::sum<classes>(large);
  const auto row = kd::position<batch>;
  const std::array<double, 6> mixed{1, -4, 9, 0, 16, 25};  // negative in row 0, large in row 1
  const auto M = kd::tensor(mixed.data(), {2, 3});
  const auto check = [&](const auto& masked, const char* reason) {
    const auto objective = kd::sum<batch>(masked);
    CHECK_THROWS_WITH(kd::evaluate(objective, kd::non_finite::check, x = M), Contains(reason));
  };
  check(rows, "x is negative");
  check(kd::where(kd::greater(row, 0.5), rows, 0.0), "x is large");
  check(kd::where(kd::greater(row, 0.5), 0.0, rows), "x is negative");
}
TEST_CASE("not_a_number: the reason is the one that holds") {
  const auto small = kd::where(kd::less(x, 10.0), x, kd::not_a_number_because<"x is large">);
  const auto both = total + kd::sum<batch, classes>(small);
  CHECK_THROWS_WITH(kd::evaluate(both, kd::non_finite::check, x = P), Contains("x is large"));
  CHECK_THROWS_WITH(kd::evaluate(both, kd::non_finite::check, x = X), Contains("x is negative"));
  const auto other = kd::where(kd::less(x, 0.0), kd::not_a_number_because<"on the first side">, x);
  CHECK_THROWS_WITH(kd::evaluate(kd::sum<batch, classes>(other), kd::non_finite::check, x = X),
                    Contains("on the first side"));
  const auto none =
      kd::sum<batch, classes>(kd::log(x - x)) + total;  // -inf, for no reason of these
  CHECK_THROWS_WITH(kd::evaluate(none, kd::non_finite::check, x = P), Contains("though no tensor"));
}
