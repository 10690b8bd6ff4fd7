// SPDX-License-Identifier: MIT
#include <kd/kd.hpp>
#include "support/catch.hpp"
#include "values.hpp"

using namespace kd::axes;
using kd::test::has_exactly;

namespace {

inline constexpr struct next : kd::axis<"next"> {
} next;
constexpr auto fs = kd::student<"map", batch, height, channel, width>;
constexpr auto y = kd::labels<"y", batch, token>;

static_assert(has_exactly(kd::slice<height, next, 1, 2>(fs), batch, next, channel, width));
static_assert(has_exactly(kd::merge<space, height, width>(fs), batch, channel, space));
static_assert(has_exactly(kd::without_first<token, next>(y), batch, next));
static_assert(kd::detail::are_labels<decltype(kd::without_first<token, next>(y))>);

}  // namespace

TEST_CASE("views: slices drop positions at either end, merges count the last axis fastest") {
  constexpr auto f = kd::student<"f", height, width>;
  const float values[] = {1, 2, 3, 4, 5, 6};
  const auto F = kd::tensor(values, {2, 3});
  const auto middle = kd::slice<width, next, 1, 1>(f);
  CHECK(kd::evaluate(kd::sum<height, next>(middle), f = F).value() == 2 + 5);
  const auto columns = kd::without_first<width, next, 2>(f);
  CHECK(kd::evaluate(kd::sum<height, next>(columns), f = F).value() == 3 + 6);
  const auto places = kd::merge<space, height, width>(f);
  CHECK(kd::evaluate(kd::sum<space>(places * kd::position<space>), f = F).value() ==
        2 + 2 * 3 + 3 * 4 + 4 * 5 + 5 * 6);
}
