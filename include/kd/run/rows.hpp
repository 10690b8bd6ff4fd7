// SPDX-License-Identifier: MIT
// Walks a stage's rows on the CPU. Rows are cut into chunks whose size depends on the extents only;
// a chunk sums its totals in double and in order, and so do the chunks: the result is the same for
// every number of threads.
// Lanes run along a row; a row whose memory is not contiguous, or of another type, passes through a
// contiguous copy. Where rows are short, or lie side by side in memory, lanes run across rows: a
// tile of as many rows as there are lanes passes through a transposed copy.
#pragma once
#include <kd/run/parallel.hpp>
#include <kd/run/row_frame.hpp>
#include <kd/run/row_kernel.hpp>
#include <kd/run/transpose.hpp>

namespace kd::detail {

/// Runs stage number Stage with the given lanes.
template <class Compiled, int Stage, class L>
class row_stage {
  using T = typename L::scalar;
  using frame_type = row_frame<L>;
  static constexpr const program& p = Compiled::value;
  static constexpr const stage_program& s = Compiled::value.stage[Stage];
  static constexpr int width = L::row::width;  // rows in a tile; 1 if lanes only run along rows

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
    }
    tile_ = lanes_run_across() ? width : 1;
    for (int k = 0; k < s.buffers; ++k)
      if (s.wide[k] && !in_place(k)) ++copies_;
    constexpr std::int64_t elements = 8192, most = 1024;  // per chunk; chunks
    const std::int64_t by_size = (elements + length_) / (length_ + 1),
                       by_count = (rows_ + most - 1) / most;
    rows_per_chunk_ = by_size > by_count ? by_size : by_count;
    rows_per_chunk_ = rows_per_chunk_ < 1 ? tile_ : (rows_per_chunk_ + tile_ - 1) / tile_ * tile_;
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
  int tile_ = 1, copies_ = 0;
  row_buffer buffers_[max_row_buffers];

  /// Lanes run across rows if that fits into cache and rows are short, or next to each other in
  /// most of the tensors.
  bool lanes_run_across() const {
    if constexpr (width > 1) {
      constexpr std::int64_t most_bytes = 256 << 10, short_row = 8 * width;
      std::int64_t wide = s.kept_rows, adjacent = 0, direct = 0;
      for (int k = 0; k < s.buffers; ++k) {
        if (!s.wide[k]) continue;
        ++wide;
        if (side_by_side(k)) ++adjacent;
        else if (buffers_[k].direct) ++direct;
      }
      const std::int64_t bytes = wide * length_ * width * static_cast<std::int64_t>(sizeof(T));
      return rows_ >= width && bytes <= most_bytes && (length_ < short_row || adjacent > direct);
    }
    return false;
  }
  bool side_by_side(int k) const {
    return buffers_[k].view.type == element_of<T>() && !buffers_[k].view.accumulate &&
           outer_.contiguous(buffers_[k].view.stride);
  }
  bool in_place(int k) const { return buffers_[k].direct && tile_ == 1; }

  std::int64_t row_stride() const {
    return static_cast<std::int64_t>(
        rounded_up(static_cast<std::size_t>(length_ * tile_) * sizeof(T)) / sizeof(T));
  }
  std::size_t thread_bytes() const {
    return rounded_up(static_cast<std::size_t>((s.kept_rows + copies_) * row_stride()) * sizeof(T));
  }
  /// Of a chunk: its totals, how many rows it skipped, and the totals of the rows at work.
  static constexpr int chunk_numbers = p.scalars + 1 + p.scalars * width;
  std::size_t total_bytes() const {
    return rounded_up(sizeof(double) *
                      static_cast<std::size_t>(c_.skips_rows ? chunk_numbers : p.scalars + 1));
  }

  void run_chunk(std::int64_t chunk, T* scratch, double* totals) {
    const std::int64_t begin = chunk * rows_per_chunk_;
    const std::int64_t end = begin + rows_per_chunk_ < rows_ ? begin + rows_per_chunk_ : rows_;
    for (int k = 0; k <= p.scalars; ++k) totals[k] = 0;
    double* of_rows = c_.skips_rows ? totals + p.scalars + 1 : totals;
    frame_type frame{&c_,     &p,          buffers_, &outer_, c_.scalar, of_rows, length_ * tile_,
                     scratch, row_stride()};
    const L lanes = [&] {
      if constexpr (width > 1) return L(tile_ > 1);
      else return L();
    }();
    row_kernel<Compiled, Stage, L> kernel(lanes);
    kernel.start(frame);
    for (std::int64_t r = begin; r < end; r += tile_) {
      enter(frame, r, static_cast<int>(end - r < tile_ ? end - r : tile_));
      kernel.run(frame);
      if (c_.skips_rows) add_rows(frame, totals);
      leave(frame);
    }
  }

  /// Points the frame at rows from r on; copies in what the kernel cannot read in place.
  void enter(frame_type& frame, std::int64_t r, int count) const {
    frame.first = r;
    frame.count = count;
    T* copy = frame.scratch + s.kept_rows * frame.row_stride;
    for (int k = 0; k < s.buffers; ++k) {
      const memory_view& v = buffers_[k].view;
      frame.offset[k] = outer_.offset(r, v.stride);
      if (!s.wide[k]) continue;
      if (in_place(k)) {
        frame.along[k] = static_cast<T*>(const_cast<void*>(v.data)) + frame.offset[k];
        continue;
      }
      frame.along[k] = copy;
      copy += frame.row_stride;
      if (!s.written[k]) copy_in(frame, k);
    }
  }
  void copy_in(const frame_type& frame, int k) const {
    const memory_view& v = buffers_[k].view;
    T* to = frame.along[k];
    if (tile_ > 1 && frame.count == tile_ && side_by_side(k)) {
      const T* from = static_cast<const T*>(v.data) + frame.offset[k];
      for (std::int64_t i = 0; i < length_; ++i, to += width)
        std::memcpy(to, from + inner_.offset(i, v.stride), width * sizeof(T));
    } else if (tile_ == 1) {
      copy_row_in(to, v, frame.offset[k], inner_, length_);
    } else {
      const auto offset = [&](int lane) {
        return outer_.offset(frame.first + (lane < frame.count ? lane : 0), v.stride);
      };
      if (!is_integer(v.type) && inner_.contiguous(v.stride))
        return visit_floating(v.type, v.data, [&](auto* data) {
          rows_to_tile<width>(to, length_, [&](int lane) { return data + offset(lane); });
        });
      visit_element(v.type, v.data, [&](auto* data) {
        for (int lane = 0; lane < tile_; ++lane)
          for (std::int64_t i = 0; i < length_; ++i)
            to[i * tile_ + lane] = static_cast<T>(data[offset(lane) + inner_.offset(i, v.stride)]);
      });
    }
  }

  /// Copies out what the kernel could not write in place.
  void leave(const frame_type& frame) const {
    for (int k = 0; k < s.buffers; ++k) {
      if (!s.wide[k] || !s.written[k] || in_place(k)) continue;
      const memory_view& v = buffers_[k].view;
      if (tile_ == 1) copy_row_out(v, frame.offset[k], inner_, length_, frame.along[k]);
      else copy_tile_out(frame, v, frame.along[k]);
    }
  }

  void copy_tile_out(const frame_type& frame, const memory_view& v, const T* tile) const {
    visit_floating(v.type, v.data, [&](const auto* data) {
      auto* to = const_cast<std::remove_cvref_t<decltype(*data)>*>(data);
      const auto row = [&](int lane) { return to + outer_.offset(frame.first + lane, v.stride); };
      if (!v.accumulate && inner_.contiguous(v.stride))
        return tile_to_rows<width>(tile, length_, frame.count, row);
      for (int lane = 0; lane < frame.count; ++lane)
        for (std::int64_t i = 0; i < length_; ++i) {
          auto& target = row(lane)[inner_.offset(i, v.stride)];
          const T x = tile[i * tile_ + lane];
          if (v.accumulate) convert_one<T, true>(target, x);
          else convert_one<T, false>(target, x);
        }
    });
  }

  /// Adds the totals of the rows at work, but of those that are not finite: they get gradient 0.
  void add_rows(const frame_type& frame, double* totals) const {
    for (int lane = 0; lane < frame.count; ++lane) {
      const auto total = [&](int k) { return frame.totals[s.total[k] * width + lane]; };
      bool finite = true;
      for (int k = 0; k < s.totals; ++k) finite = finite && std::isfinite(total(k));
      for (int k = 0; k < s.buffers; ++k)
        if (s.wide[k] && s.written[k])
          for (std::int64_t i = 0; i < length_; ++i)
            finite = finite && std::isfinite(frame.along[k][i * tile_ + lane]);
      if (finite) {
        for (int k = 0; k < s.totals; ++k) totals[s.total[k]] += total(k);
        continue;
      }
      ++totals[p.scalars];
      for (int k = 0; k < s.buffers; ++k) {
        if (!s.written[k]) continue;
        if (!s.wide[k]) frame.clear(k, lane);
        else
          for (std::int64_t i = 0; i < length_; ++i) frame.along[k][i * tile_ + lane] = 0;
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
    if (!c_.skips_rows) return;
    double skipped = 0;
    for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
      skipped += reinterpret_cast<const double*>(totals + static_cast<std::size_t>(chunk) *
                                                              total_bytes())[p.scalars];
    c_.skipped = std::max(c_.skipped, static_cast<std::int64_t>(skipped));
  }
};

}  // namespace kd::detail
