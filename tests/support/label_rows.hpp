// SPDX-License-Identifier: MIT
// What labels pick from a tensor, or add up of one, at one position: for the program that runs in
// plain loops.
#pragma once
#include <kd/graph/program.hpp>
#include "support/random_point.hpp"

namespace kd::test {

/// The value of a buffer at an index, times that of another one if there is a factor.
template <class N, class Element>
N by_labels(const label_access& by, const point& at, std::int64_t (&index)[max_axes], int buffer,
            int factor, Element element) {
  if (by.kind == label_access::none) return element(buffer);
  const std::int64_t own = index[by.axis];
  const auto label = [&] {
    index[by.axis] = 0;
    const auto named = static_cast<std::int64_t>(element(by.labels).v);
    index[by.axis] = own;
    return named;
  };
  if (by.kind == label_access::picks) {
    const std::int64_t named = label();
    if (named < 0 || named >= at.extent[by.axis]) return N(0);
    index[by.axis] = named;
    const N picked = element(buffer);
    index[by.axis] = own;
    return picked;
  }
  N sum(0);
  const positions added(at, by.added);
  for (std::int64_t p = 0; p < added.size(); ++p) {
    added.go(p, index);
    if (label() != own) continue;
    const N one = by.kind == label_access::counts ? N(1) : element(buffer);
    sum = sum + (factor < 0 ? one : one * element(factor));
  }
  for (int axis = 0; axis < max_axes; ++axis)
    if (contains(by.added, single(axis))) index[axis] = 0;
  return sum;
}

}  // namespace kd::test
