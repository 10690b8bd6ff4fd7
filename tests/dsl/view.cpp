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
static_assert(has_exactly(kd::split<channel, head, feature>(fs), batch, height, head, feature,
                          width));
static_assert(has_exactly(kd::at<channel, 0>(fs), batch, height, width));
static_assert(has_exactly(kd::at<token, -1>(y), batch));
static_assert(kd::detail::are_labels<decltype(kd::at<token, 0>(y))>);
static_assert(kd::detail::are_labels<decltype(kd::split<token, query, key>(y))>);
static_assert(kd::detail::ignore_some<decltype(kd::at<token, 0>(kd::ignoring(y, -100)))>);
static_assert(kd::detail::ignore_some<decltype(kd::as<token, next>(kd::ignoring(y, -100)))>);

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
TEST_CASE("views: a split counts its last axis fastest and undoes a merge; at is one position") {
  constexpr auto f = kd::student<"f", batch, space>;
  const float values[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const auto F = kd::tensor(values, {2, 6});
  const auto places = kd::split<space, height, width>(f);
  const auto corner = kd::at<height, 1>(kd::at<width, 0>(places));  // position 3 of 0 to 5
  CHECK(kd::evaluate(kd::sum<batch>(corner), f = F, height(2)).value() == 4 + 10);
  CHECK(kd::evaluate(kd::sum<batch>(corner), f = F, width(2)).value() == 3 + 9);
  const auto last = kd::sum<batch>(kd::at<space, -1>(f) * kd::at<space, 1>(f));
  CHECK(kd::evaluate(last, f = F).value() == 6 * 2 + 12 * 8);
  const auto again = kd::merge<next, height, width>(places);
  CHECK(kd::evaluate(kd::sum<batch, next>(again * kd::position<next>), f = F, width(3)).value() ==
        kd::evaluate(kd::sum<batch, space>(f * kd::position<space>), f = F).value());
  const auto indices = kd::split<space, height, width>(f * kd::position<space>);
  CHECK(kd::evaluate(kd::sum<batch>(kd::at<width, -1>(kd::at<height, 0>(indices))), f = F, width(3))
            .value() == 2 * (3 + 9));
  CHECK(kd::evaluate(kd::sum<batch>(kd::at<space, -2>(f * kd::position<space>)), f = F).value() ==
        4 * (5 + 11));
}
