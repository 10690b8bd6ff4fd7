// SPDX-License-Identifier: MIT
// Labels and positions as integers, each as wide as a number of the kernel: one per lane.
#pragma once
#include <cstdint>
#include <limits>
#include <type_traits>

#include <kd/config.hpp>

namespace kd::detail {

template <class T>
using index_of = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

/// A label as an index. One beyond the range of indices becomes the end of it, which no position
/// is.
template <class Index>
KD_HD constexpr Index to_index(std::int64_t label) {
  using limits = std::numeric_limits<Index>;
  return label < limits::min()   ? limits::min()
         : label > limits::max() ? limits::max()
                                 : static_cast<Index>(label);
}
template <class Index>
KD_HD constexpr Index to_index(double label) {
  constexpr double most = 0x1p62;
  return to_index<Index>(label >= most   ? std::numeric_limits<std::int64_t>::max()
                         : label > -most ? static_cast<std::int64_t>(label)
                                         : std::numeric_limits<std::int64_t>::min());
}

}  // namespace kd::detail
