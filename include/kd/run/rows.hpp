// SPDX-License-Identifier: MIT
// Walks a stage's rows on the CPU. Rows are cut into chunks whose size depends on the extents only;
// a chunk sums its totals in double and in order, and so do the chunks: the result is the same for
// every number of threads.
// A row whose memory is not contiguous, or of another type, passes through a contiguous copy of it.
#pragma once
#include <vector>

#include <kd/run/call.hpp>
#include <kd/run/parallel.hpp>
#include <kd/run/row_kernel.hpp>

namespace kd::detail {

/// One buffer of a stage, ready to be addressed by row.
struct row_buffer {
  memory_view view;
  bool direct = false;  // along the row: contiguous and of the kernel's type
};

/// The frame of one row, as the row kernel sees it.
template <class T>
struct row_frame {
  using value_type = scalar_value<T>;
  const call* c;
  const program* p;
  const stage_program* s;
  const row_buffer* buffers;
  double* scalars;                       // of the call; written by stages with a single row
  double* totals;                        // of the chunk, by scalar number
  std::int64_t n;                        // positions along the row
  std::int64_t offset[max_row_buffers];  // of the row in each buffer, in elements
  T* along[max_row_buffers];             // the row's memory, or its copy
  T* scratch;                            // kept rows
  std::int64_t scratch_stride;
  const odometer* rows;  // of the stage
  std::int64_t row_number;

  std::int64_t length() const { return n; }
  double scalar(int k) const { return scalars[k]; }
  double extent(int node) const { return static_cast<double>(c->positions(p->g[node].over)); }
  double position(int axis) const {  // of the row
    std::int64_t r = row_number;
    for (int k = rows->rank - 1; k >= 0; r /= rows->extent[k--])
      if (rows->axis[k] == axis) return static_cast<double>(r % rows->extent[k]);
    return 0;
  }
  T* wide(int k) const { return along[k]; }
  T* kept(int row) const { return scratch + row * scratch_stride; }

  value_type value(int k) const {
    const memory_view& v = buffers[k].view;
    return visit_element(v.type, v.data, [&](auto* data) {
      return value_type::of(static_cast<T>(data[offset[k]]));
    });
  }
  value_type pick(int k, int labels, int axis) const {
    const memory_view& l = buffers[labels].view;
    const auto label = visit_element(l.type, l.data, [&](auto* data) {
      return static_cast<std::int64_t>(data[offset[labels]]);
    });
    if (label < 0 || label >= c->extent[axis]) return value_type(0);
    return value_type::of(static_cast<const T*>(
        buffers[k].view.data)[offset[k] + label * buffers[k].view.stride[axis]]);
  }
  void store(int k, value_type v) const {
    const memory_view& view = buffers[k].view;
    const auto put = [&](auto* data) {
      auto& target = data[offset[k]];
      const T sum = view.accumulate ? static_cast<T>(target) + v.v : v.v;
      target = static_cast<std::remove_reference_t<decltype(target)>>(sum);
    };
    if (view.type == element_of<T>()) put(static_cast<T*>(const_cast<void*>(view.data)));
    else put(static_cast<float*>(const_cast<void*>(view.data)));  // scalars are computed in double
  }
  void store_scalar(int k, value_type v) const { scalars[k] = static_cast<double>(v.v); }
  void total(int k, value_type v) const { totals[k] += static_cast<double>(v.v); }
};

/// Runs stage number Stage with the given lanes.
template <class Compiled, int Stage, class L>
class row_stage {
  using T = typename L::scalar;
  static constexpr const program& p = Compiled::value;
  static constexpr const stage_program& s = Compiled::value.stage[Stage];

 public:
  explicit row_stage(call& c)
      : c_(c),
        outer_(c, s.outer),
        inner_(c, s.inner),
        rows_(c.positions(s.outer)),
        length_(c.positions(s.inner)) {
    for (int k = 0; k < s.buffers; ++k) {
      row_buffer& b = buffers_[k];
      b.view = c.view(p.buffer[s.buffer[k]]);
      b.direct = s.wide[k] && b.view.type == element_of<T>() && !b.view.accumulate &&
                 inner_.contiguous(b.view.stride);
      if (s.wide[k] && !b.direct) ++copies_;
    }
    constexpr std::int64_t elements = 8192, most = 1024;  // per chunk; chunks
    const std::int64_t by_size = (elements + length_) / (length_ + 1),
                       by_count = (rows_ + most - 1) / most;
    rows_per_chunk_ = by_size > by_count ? by_size : by_count;
    if (rows_per_chunk_ < 1) rows_per_chunk_ = 1;
    chunks_ = (rows_ + rows_per_chunk_ - 1) / rows_per_chunk_;
  }

  /// Bytes of scratch memory that run() needs.
  std::size_t scratch_bytes() const {
    return static_cast<std::size_t>(threads()) * thread_bytes() +
           static_cast<std::size_t>(chunks_) * total_bytes();
  }

  void run(std::byte* scratch) {
    const std::size_t per_thread = thread_bytes();
    std::byte* totals = scratch + static_cast<std::size_t>(threads()) * per_thread;
    parallel_for(chunks_, [&](std::int64_t chunk) {
      std::byte* mine = scratch + static_cast<std::size_t>(thread_index()) * per_thread;
      run_chunk(
          chunk, reinterpret_cast<T*>(mine),
          reinterpret_cast<double*>(totals + static_cast<std::size_t>(chunk) * total_bytes()));
    });
    add_totals(totals);
  }

 private:
  call& c_;
  odometer outer_, inner_;
  std::int64_t rows_, length_, rows_per_chunk_ = 1, chunks_ = 0;
  int copies_ = 0;
  row_buffer buffers_[max_row_buffers];

  std::int64_t row_stride() const {
    return static_cast<std::int64_t>(rounded_up(static_cast<std::size_t>(length_) * sizeof(T)) /
                                     sizeof(T));
  }
  std::size_t thread_bytes() const {
    return rounded_up(static_cast<std::size_t>((s.kept_rows + copies_) * row_stride()) * sizeof(T));
  }
  static constexpr std::size_t total_bytes() {
    return rounded_up(sizeof(double) * Compiled::value.scalars);
  }

  void run_chunk(std::int64_t chunk, T* scratch, double* totals) {
    const std::int64_t begin = chunk * rows_per_chunk_;
    const std::int64_t end = begin + rows_per_chunk_ < rows_ ? begin + rows_per_chunk_ : rows_;
    for (int k = 0; k < p.scalars; ++k) totals[k] = 0;
    row_frame<T> frame{&c_, &p, &s,      buffers_,     c_.scalar, totals, length_,
                       {},  {}, scratch, row_stride(), &outer_,   0};
    const L lanes;
    row_kernel<Compiled, Stage, L> kernel(lanes);
    kernel.start(frame);
    for (std::int64_t r = begin; r < end; ++r) {
      enter(frame, r);
      kernel.run(frame);
      leave(frame);
    }
  }

  /// Points the frame at row r; copies in what the kernel cannot read in place.
  void enter(row_frame<T>& frame, std::int64_t r) const {
    frame.row_number = r;
    T* copy = frame.scratch + s.kept_rows * frame.scratch_stride;
    for (int k = 0; k < s.buffers; ++k) {
      const memory_view& v = buffers_[k].view;
      frame.offset[k] = outer_.offset(r, v.stride);
      if (!s.wide[k]) continue;
      if (buffers_[k].direct) {
        frame.along[k] = static_cast<T*>(const_cast<void*>(v.data)) + frame.offset[k];
        continue;
      }
      frame.along[k] = copy;
      copy += frame.scratch_stride;
      if (s.written[k]) continue;
      visit_element(v.type, v.data, [&](auto* data) {
        for (std::int64_t i = 0; i < length_; ++i)
          frame.along[k][i] = static_cast<T>(data[frame.offset[k] + inner_.offset(i, v.stride)]);
      });
    }
  }

  /// Copies out what the kernel could not write in place.
  void leave(const row_frame<T>& frame) const {
    for (int k = 0; k < s.buffers; ++k) {
      const memory_view& v = buffers_[k].view;
      if (!s.wide[k] || !s.written[k] || buffers_[k].direct) continue;
      T* target = static_cast<T*>(const_cast<void*>(v.data)) + frame.offset[k];
      for (std::int64_t i = 0; i < length_; ++i) {
        T& element = target[inner_.offset(i, v.stride)];
        element = v.accumulate ? element + frame.along[k][i] : frame.along[k][i];
      }
    }
  }

  /// Adds the chunks' totals in order.
  void add_totals(const std::byte* totals) {
    for (int k = 0; k < s.totals; ++k) {
      double sum = 0;
      for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
        sum += reinterpret_cast<const double*>(totals + static_cast<std::size_t>(chunk) *
                                                            total_bytes())[s.total[k]];
      c_.scalar[s.total[k]] = sum;
    }
  }
};

}  // namespace kd::detail
