// SPDX-License-Identifier: MIT
// What the row kernel sees of memory: one row, or a tile of rows that lie side by side, one per
// lane.
#pragma once
#include <kd/graph/program.hpp>
#include <kd/run/finite.hpp>
#include <kd/run/lanes.hpp>
#include <kd/run/numbers.hpp>

namespace kd::detail {

/// One buffer of a stage, ready to be addressed by row.
struct row_buffer {
  memory_view view;
  bool direct = false;  // along the row: contiguous and of the kernel's type
};

/// The buffers of a stage; as many as it has, because a call that is short feels every byte.
template <int Count>
struct row_buffers {
  static constexpr int size = at_least_one(Count);
  row_buffer buffer[size];
};

/// Where the rows at work are in one buffer.
template <class T>
struct buffer_place {
  std::int64_t offset;  // of the first row, in elements
  T* along;             // the row's memory, or its copy
};

/// Where the rows at work are.
template <class T>
struct row_place {
  std::int64_t first;  // row
  int count;           // of rows; lanes beyond hold the first row once more
  buffer_place<T>* in;
};

/// The frame of the row kernel; a value of the row has a lane per row of the tile.
template <class L>
struct row_frame : row_place<typename L::scalar> {
  using T = typename L::scalar;
  using row = typename L::row;
  using row_index = typename L::row_index;
  const call* c;
  const program_table* p;
  const row_buffer* buffers;
  const odometer* rows;     // of the stage
  double* scalars;          // of the call; written by stages with a single row
  double* totals;           // of the chunk, by scalar number
  std::int64_t n;           // elements along the row, those of all rows of a tile together
  T* scratch;               // kept rows
  std::int64_t row_stride;  // from one kept row to the next

  std::int64_t length() const { return n; }
  double scalar(int k) const { return scalars[k]; }
  double extent(int node) const { return number_of_call(*c, p->g[node]); }
  T* wide(int k) const { return this->in[k].along; }
  T* kept(int number) const { return scratch + number * row_stride; }

  KD_NOINLINE row position(int axis) const {
    return gather<row>([&](int lane) { return static_cast<T>(position(axis, lane)); });
  }
  KD_NOINLINE row_index position_index(int axis) const {
    return gather<row_index>([&](int lane) { return to_index<index_of<T>>(position(axis, lane)); });
  }
  KD_NOINLINE row_index label(int k) const {
    return gather<row_index>(
        [&](int lane) { return to_index<index_of<T>>(label_at(buffers[k].view, at(k, lane))); });
  }
  KD_NOINLINE row value(int k) const {
    return gather<row>([&](int lane) { return number_at<T>(buffers[k].view, at(k, lane)); });
  }
  KD_NOINLINE row pick(int k, int labels, int axis) const {
    const memory_view& x = buffers[k].view;
    return gather<row>([&](int lane) {
      const std::int64_t label = label_at(buffers[labels].view, at(labels, lane));
      if (label < 0 || label >= c->extent[axis]) return T(0);
      return number_at<T>(x, at(k, lane) + label * x.stride[axis]);
    });
  }
  KD_NOINLINE void store(int k, row v) const {
    const memory_view& view = buffers[k].view;
    for (int lane = 0; lane < this->count; ++lane) {
      const T value = get_lane(v, lane);
      put_number<T>(view, at(k, lane), value);
    }
  }
  void store_scalar(int k, row v) const { scalars[k] = static_cast<double>(get_lane(v, 0)); }
  void total(int k, row v) const {
    for (int lane = 0; lane < this->count; ++lane)
      totals[k] += static_cast<double>(get_lane(v, lane));
  }

 private:
  std::int64_t at(int k, int lane) const {
    return lane == 0 ? this->in[k].offset
                     : rows->offset(this->first + lane, buffers[k].view.stride);
  }
  std::int64_t position(int axis, int lane) const {
    std::int64_t r = this->first + lane;
    for (int k = rows->rank - 1; k >= 0; r /= rows->extent[k--])
      if (rows->axis[k] == axis) return r % rows->extent[k];
    return 0;
  }
  template <class Row, class Element>
  Row gather(Element element) const {
    Row r = Row::broadcast(element(0));
    for (int lane = 1; lane < this->count; ++lane) set_lane(r, lane, element(lane));
    return r;
  }
};

}  // namespace kd::detail
