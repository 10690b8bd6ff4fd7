// SPDX-License-Identifier: MIT
// What the row kernel sees of memory: one row, or a tile of rows that lie side by side, one per
// lane.
#pragma once
#include <kd/graph/program.hpp>
#include <kd/run/call.hpp>
#include <kd/run/lanes.hpp>

namespace kd::detail {

/// One buffer of a stage, ready to be addressed by row.
struct row_buffer {
  memory_view view;
  bool direct = false;  // along the row: contiguous and of the kernel's type
};

/// The frame of the row kernel; a value of the row has a lane per row of the tile.
template <class L>
struct row_frame {
  using T = typename L::scalar;
  using row = typename L::row;
  const call* c;
  const program* p;
  const row_buffer* buffers;
  const odometer* rows;     // of the stage
  double* scalars;          // of the call; written by stages with a single row
  double* totals;           // of the chunk, by scalar number; if rows may be skipped, of each row
  std::int64_t n;           // elements along the row, those of all rows of a tile together
  T* scratch;               // kept rows
  std::int64_t row_stride;  // from one kept row to the next
  std::int64_t first = 0;   // row
  int count = 1;            // of rows; lanes beyond hold the first row once more
  std::int64_t offset[max_row_buffers]{};  // of the first row in each buffer, in elements
  T* along[max_row_buffers]{};             // the row's memory, or its copy

  std::int64_t length() const { return n; }
  double scalar(int k) const { return scalars[k]; }
  double extent(int node) const { return static_cast<double>(c->positions(p->g[node].over)); }
  T* wide(int k) const { return along[k]; }
  T* kept(int number) const { return scratch + number * row_stride; }

  row position(int axis) const {
    return gather([&](int lane) {
      std::int64_t r = first + lane;
      for (int k = rows->rank - 1; k >= 0; r /= rows->extent[k--])
        if (rows->axis[k] == axis) return static_cast<T>(r % rows->extent[k]);
      return T(0);
    });
  }
  row value(int k) const {
    const memory_view& v = buffers[k].view;
    return visit_element(v.type, v.data, [&](auto* data) {
      return gather([&](int lane) { return static_cast<T>(data[at(k, lane)]); });
    });
  }
  row pick(int k, int labels, int axis) const {
    const memory_view &l = buffers[labels].view, &x = buffers[k].view;
    return visit_element(l.type, l.data, [&](auto* label_of) {
      return gather([&](int lane) {
        const auto label = static_cast<std::int64_t>(label_of[at(labels, lane)]);
        if (label < 0 || label >= c->extent[axis]) return T(0);
        return visit_floating(x.type, x.data, [&](auto* data) {
          return static_cast<T>(data[at(k, lane) + label * x.stride[axis]]);
        });
      });
    });
  }
  void store(int k, row v) const {
    const memory_view& view = buffers[k].view;
    visit_floating(view.type, view.data, [&](const auto* data) {
      using stored = std::remove_cvref_t<decltype(*data)>;
      for (int lane = 0; lane < count; ++lane) {
        stored& target = const_cast<stored*>(data)[at(k, lane)];
        const T value = get_lane(v, lane);
        if (c->skips_rows && view.accumulate && !std::isfinite(value)) continue;
        target = static_cast<stored>(view.accumulate ? static_cast<T>(target) + value : value);
      }
    });
  }
  /// Sets what row `lane` has stored to 0.
  void clear(int k, int lane) const {
    const memory_view& view = buffers[k].view;
    visit_floating(view.type, view.data, [&](const auto* data) {
      using stored = std::remove_cvref_t<decltype(*data)>;
      if (!view.accumulate) const_cast<stored*>(data)[at(k, lane)] = static_cast<stored>(T(0));
    });
  }
  void store_scalar(int k, row v) const { scalars[k] = static_cast<double>(get_lane(v, 0)); }
  void total(int k, row v) const {
    if (c->skips_rows) {
      for (int lane = 0; lane < count; ++lane)
        totals[k * row::width + lane] = static_cast<double>(get_lane(v, lane));
      return;
    }
    for (int lane = 0; lane < count; ++lane) totals[k] += static_cast<double>(get_lane(v, lane));
  }

 private:
  std::int64_t at(int k, int lane) const {
    return lane == 0 ? offset[k] : rows->offset(first + lane, buffers[k].view.stride);
  }
  template <class Element>
  row gather(Element element) const {
    row r(static_cast<double>(element(0)));
    for (int lane = 1; lane < count; ++lane) set_lane(r, lane, element(lane));
    return r;
  }
};

}  // namespace kd::detail
