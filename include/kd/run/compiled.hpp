// SPDX-License-Identifier: MIT
// From an expression type to its program. Kernels are keyed on a short tag, the hash of the
// expression's structure, so that symbols and error messages stay short; a friend function leads
// from the tag back to the expression.
#pragma once
#include <kd/dsl/tag.hpp>
#include <kd/graph/differentiate.hpp>
#include <kd/graph/schedule_stages.hpp>

namespace kd::detail {

/// Everything known at compile time about the expression behind a tag. Pass by pass, because clang
/// limits the steps that a constant may take.
template <class Tag>
struct compiled {
  static constexpr lowering lowered = lower<expression_behind<Tag>>();
  static constexpr graph differentiated = [] {
    graph result = lowered.g;
    if (result[result.value].axes == 0) differentiate(result);
    return result;
  }();
  static constexpr graph expanded = expand(simplify(differentiated));
  static constexpr partitioned parts = partition(expanded);
  static constexpr program value = schedule_program(parts);
  static constexpr mistake found = lowered.found != mistake::none ? lowered.found
                                   : value.g.full                 ? mistake::too_large
                                                                  : mistake::none;
};

}  // namespace kd::detail
