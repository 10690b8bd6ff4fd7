// SPDX-License-Identifier: MIT
#include <string_view>
#include <kd/schedule/kinds.hpp>
#include "schedule/laws.hpp"

TEST_CASE("no number of any kind may be NaN or infinite") {
  for (const auto* kind : kd::detail::schedule_kinds)
    for (int k = 0; k < kind->numbers(); ++k)
      for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL}) {
        INFO(kind->name << ", parameter " << kind->parameters[k].name);
        CHECK(!kind->parameters[k].range->holds(bad));
      }
}

TEST_CASE("kinds stand in the order of their names, each once") {
  std::string_view before;
  for (const auto* kind : kd::detail::schedule_kinds) {
    CHECK(before < kind->name);
    before = kind->name;
  }
}
