// SPDX-License-Identifier: MIT
#include <kd/dsl/axis.hpp>
#include "dsl/values.hpp"

using namespace kd::test;

// axes with the same name are the same axis, whoever declares them
namespace mine {
// clang-format off
inline constexpr struct classes : kd::axis<"classes"> {} classes;
inline constexpr struct step : kd::axis<"step"> {} step;
// clang-format on
}  // namespace mine

static_assert(has_exactly(kd::sum<mine::classes>(x), batch));
static_assert(batch(7).extent == 7 && batch(7).axis == "batch");
static_assert(mine::step.name == "step");

TEST_CASE("axis: a user's own works like the usual ones") {
  constexpr auto steps = kd::student<"steps", mine::step, mine::classes>;
  CHECK(value_of(kd::sum<mine::step, classes>(steps), steps = X) == 11);
}
