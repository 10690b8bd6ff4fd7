// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <initializer_list>

#include <kd/run/numbers.hpp>

namespace kd::detail {

/// Positions of axes in order, with the offsets of up to four tensors.
struct position_walk {
  int rank = 0;
  std::int64_t extent[max_axes]{}, index[max_axes]{}, stride[4][max_axes]{}, offset[4]{};

  void add_axes(const odometer& axes, std::initializer_list<const memory_view*> tensors) {
    for (int k = 0; k < axes.rank; ++k, ++rank) {
      extent[rank] = axes.extent[k];
      int t = 0;
      for (const memory_view* v : tensors)
        stride[t++][rank] = v == nullptr ? 0 : v->stride[axes.axis[k]];
    }
  }
  std::int64_t positions() const {
    std::int64_t n = 1;
    for (int k = 0; k < rank; ++k) n *= extent[k];
    return n;
  }
  void seek(std::int64_t position) {
    for (std::int64_t& o : offset) o = 0;
    for (int k = rank - 1; k >= 0; --k) {  // what is left for the first needs no division
      const std::int64_t rest = k == 0 ? 0 : position / std::max<std::int64_t>(1, extent[k]);
      index[k] = position - rest * extent[k];
      position = rest;
      for (int t = 0; t < 4; ++t) offset[t] += index[k] * stride[t][k];
    }
  }
  void next() {
    for (int k = rank - 1; k >= 0; --k) {
      const bool carries = ++index[k] == extent[k];
      const std::int64_t steps = carries ? 1 - extent[k] : 1;
      for (int t = 0; t < 4; ++t) offset[t] += steps * stride[t][k];
      if (!carries) return;
      index[k] = 0;
    }
  }
};

}  // namespace kd::detail
