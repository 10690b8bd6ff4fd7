// SPDX-License-Identifier: MIT
#include <kd/dsl.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
using kd::detail::lower;
using kd::detail::view_mistake;

namespace {

inline constexpr struct next : kd::axis<"next"> {
} next;
inline constexpr struct later : kd::axis<"later"> {
} later;
constexpr auto zs = kd::student<"logits", batch, token, classes>;

template <class E>
auto lowered(const E&) {
  return lower<E>();
}

}  // namespace

TEST_CASE("views: an input below a slice is one of its own, equal slices are one") {
  const auto part = kd::without_first<token, next>(zs);
  const auto l = lowered(part * kd::exp(part) + kd::without_first<token, next>(kd::tanh(zs)));
  REQUIRE(l.g.inputs == 2);
  const auto& view = l.g.input[1];
  CHECK(view.source == 0);
  CHECK(view.rank == 3);
  CHECK(l.g.axis_name[view.axis[1]] == "next");
  REQUIRE(view.steps == 1);
  CHECK(view.step[0].first == 1);
  CHECK(view.step[0].last == 0);
  CHECK(lowered(part - kd::without_last<token, next>(zs)).g.inputs == 3);
}
TEST_CASE("views: an axis that ends inside is whole, a rename changes what a view is of") {
  const auto centred = kd::without_first<token, next>(zs - kd::mean<token>(zs));
  CHECK(lowered(centred).g.inputs == 2);
  const auto whole = kd::without_first<token, next>(kd::position<token> * kd::sum<token>(zs));
  CHECK(lowered(whole).g.inputs == 1);
  const auto l = lowered(kd::without_first<later, next>(kd::as<token, later>(zs)));
  REQUIRE(l.g.inputs == 2);
  CHECK(l.g.axis_name[l.g.input[1].step[0].from[0]] == "token");
  CHECK(l.g.axis_name[l.g.input[1].axis[1]] == "next");
}
TEST_CASE("views: slices of slices and of merges are steps") {
  const auto l = lowered(kd::without_last<space, later>(
      kd::merge<space, next, classes>(kd::without_first<token, next>(zs))));
  REQUIRE(l.g.inputs == 2);
  const auto& view = l.g.input[1];
  CHECK(view.rank == 2);
  REQUIRE(view.steps == 3);
  CHECK(view.step[1].axes == 2);
  CHECK(l.g.axis_name[view.step[1].to[0]] == "space");
  CHECK(view.step[2].last == 1);
  CHECK(l.around.found == view_mistake::none);
}
TEST_CASE("views: a split and a position are steps with several axes and with none") {
  const auto l = lowered(kd::at<later, -1>(kd::split<token, later, next>(zs)));
  REQUIRE(l.g.inputs == 2);
  const auto& view = l.g.input[1];
  CHECK(view.rank == 3);
  CHECK(l.g.axis_name[view.axis[1]] == "next");
  REQUIRE(view.steps == 2);
  CHECK(view.step[0].parts == 2);
  CHECK(view.step[1].is_position());
  CHECK(view.step[1].first == -1);
  CHECK(lowered(kd::at<token, 0>(zs) - kd::at<token, 1>(zs)).g.inputs == 3);
}
