// SPDX-License-Identifier: MIT
// How the rows of a stage lie in memory, and how they get to lanes and back. Knows the type of
// numbers and the width of lanes, not the objective: one instantiation serves every program.
#pragma once
#include <algorithm>

#include <kd/run/copy_row.hpp>
#include <kd/run/label_rows.hpp>
#include <kd/run/parallel.hpp>
#include <kd/run/row_frame.hpp>
#include <kd/run/transpose.hpp>

namespace kd::detail {

/// Width: rows in a tile, the lanes of a row's value; 1 if lanes only run along rows.
template <class T, int Width>
class row_walk {
 public:
  /// `buffers` has room for those of the stage.
  KD_NOINLINE row_walk(call& c, const program_table& p, const stage_program& s, row_buffer* buffers)
      : c_(c),
        p_(p),
        s_(s),
        buffers_(buffers),
        outer_(c, s.outer),
        inner_(c, s.inner),
        rows_(c.positions(s.outer)),
        length_(c.positions(s.inner)) {
    for (int k = 0; k < s.buffers; ++k) {
      row_buffer& b = buffers_[k];
      b.view = c.view(p.buffer[s.buffer[k]]);
      b.direct = s.wide[k] && !is_by_labels(k) && b.view.type == element_of<T>() &&
                 !b.view.accumulate && inner_.contiguous(b.view.stride);
    }
    tile_ = lanes_run_across() ? Width : 1;
    for (int k = 0; k < s.buffers; ++k)
      if (s.wide[k] && !in_place(k)) ++copies_;
    constexpr std::int64_t elements = 8192, most = 1024;  // per chunk; chunks
    const std::int64_t by_size = (elements + length_) / (length_ + 1),
                       by_count = (rows_ + most - 1) / most;
    rows_per_chunk_ = by_size > by_count ? by_size : by_count;
    rows_per_chunk_ = rows_per_chunk_ < 1 ? tile_ : (rows_per_chunk_ + tile_ - 1) / tile_ * tile_;
    chunks_ = (rows_ + rows_per_chunk_ - 1) / rows_per_chunk_;
  }

  /// Bytes of scratch memory that a run needs at most, whatever the strides and types of tensors
  /// are: of every thread, then the numbers of every chunk.
  std::size_t scratch_bytes() const {
    const std::int64_t rows = s_.kept_rows + wide_buffers() + 1,
                       across = may_run_across() ? Width : 1;
    const std::size_t stride = rounded_up(static_cast<std::size_t>(length_ * across) * sizeof(T));
    return static_cast<std::size_t>(threads()) *
               (rounded_up(static_cast<std::size_t>(rows) * stride) + sums_bytes()) +
           static_cast<std::size_t>(chunks_ + 1) * chunk_bytes();
  }

 protected:
  call& c_;
  const program_table& p_;
  const stage_program& s_;
  row_buffer* buffers_;
  odometer outer_, inner_;
  std::int64_t rows_, length_, rows_per_chunk_ = 1, chunks_ = 0;
  int tile_ = 1, copies_ = 0;

  std::int64_t row_stride() const {
    return static_cast<std::int64_t>(
        rounded_up(static_cast<std::size_t>(length_ * tile_) * sizeof(T)) / sizeof(T));
  }
  /// Kept rows, copies, for tiles one row more to convert in, and the sums of a row.
  std::size_t thread_bytes() const { return rows_bytes() + sums_bytes(); }
  /// Of a chunk: its totals.
  std::size_t chunk_bytes() const {
    return rounded_up(sizeof(double) * static_cast<std::size_t>(p_.scalars));
  }

  /// Points at `count` rows from r on; copies in what the kernel cannot read in place.
  KD_NOINLINE void enter(row_place<T>& place, T* scratch, std::int64_t r, int count) const {
    place.first = r;
    place.count = count;
    T* copy = scratch + s_.kept_rows * row_stride();
    T* spare = copy + copies_ * row_stride();
    for (int k = 0; k < s_.buffers; ++k) {
      const memory_view& v = buffers_[k].view;
      place.in[k].offset = outer_.offset(r, v.stride);
      if (!s_.wide[k]) continue;
      if (in_place(k)) {
        place.in[k].along = static_cast<T*>(const_cast<void*>(v.data)) + place.in[k].offset;
        continue;
      }
      place.in[k].along = copy;
      copy += row_stride();
      if (s_.written[k]) continue;
      if (is_by_labels(k)) enter_by_labels(place, k, sums(reinterpret_cast<std::byte*>(scratch)));
      else if (tile_ == 1) copy_in(place.in[k].along, k, place.in[k].offset);
      else tile_in(place, k, spare);
    }
  }

  /// Clears, for every thread, rows that are added up, and sums: whoever uses one leaves it clear.
  KD_NOINLINE void clear_added(std::byte* scratch) const {
    for (int t = 0; t < threads() && sums_bytes() != 0; ++t, scratch += thread_bytes()) {
      std::memset(sums(scratch), 0, sums_bytes());
      T* copy = reinterpret_cast<T*>(scratch) + s_.kept_rows * row_stride();
      for (int k = 0; k < s_.buffers; ++k) {
        if (!s_.wide[k] || in_place(k)) continue;
        if (is_added(k)) std::fill_n(copy, row_stride(), T(0));
        copy += row_stride();
      }
    }
  }

  /// Copies out what the kernel could not write in place, and clears what was added up.
  KD_NOINLINE void leave(const row_place<T>& place, T* scratch) const {
    T* spare = scratch + (s_.kept_rows + copies_) * row_stride();
    for (int k = 0; k < s_.buffers; ++k) {
      if (s_.wide[k] && is_added(k)) clear_by_labels(place, k);
      if (!s_.wide[k] || !s_.written[k] || in_place(k)) continue;
      const memory_view& v = buffers_[k].view;
      if (tile_ == 1) copy_row_out(v, place.in[k].offset, inner_, length_, place.in[k].along);
      else tile_out(place, k, spare);
    }
  }

  /// Adds the chunks' totals in order.
  KD_NOINLINE void add_totals(const std::byte* totals) {
    const auto sum = [&](int k) {
      double total = 0;
      for (std::int64_t chunk = 0; chunk < chunks_; ++chunk)
        total += reinterpret_cast<const double*>(totals + static_cast<std::size_t>(chunk) *
                                                              chunk_bytes())[k];
      return total;
    };
    for (int k = 0; k < s_.totals; ++k) c_.scalar[s_.total[k]] = sum(s_.total[k]);
  }

 private:
  std::size_t rows_bytes() const {
    const int rows = s_.kept_rows + copies_ + (tile_ > 1 ? 1 : 0);
    return rounded_up(static_cast<std::size_t>(rows * row_stride()) * sizeof(T));
  }
  /// Of a thread, whose labels add up one row at a time: a double for each class.
  std::size_t sums_bytes() const {
    for (int k = 0; k < s_.buffers; ++k)
      if (s_.wide[k] && is_added(k))
        return rounded_up(static_cast<std::size_t>(length_) * sizeof(double));
    return 0;
  }
  double* sums(std::byte* scratch) const {
    return reinterpret_cast<double*>(scratch + rows_bytes());
  }

  /// Lanes run across rows if that fits into cache and rows are short, or next to each other in
  /// most of the tensors.
  bool lanes_run_across() const {
    if constexpr (Width > 1) {
      constexpr std::int64_t short_row = 8 * Width;
      int adjacent = 0, direct = 0;
      for (int k = 0; k < s_.buffers; ++k) {
        if (!s_.wide[k]) continue;
        if (side_by_side(k)) ++adjacent;
        else if (buffers_[k].direct) ++direct;
      }
      return may_run_across() && (length_ < short_row || adjacent > direct);
    }
    return false;
  }
  bool may_run_across() const {
    constexpr std::int64_t most_bytes = 256 << 10;
    return rows_ >= Width && (s_.kept_rows + wide_buffers()) * length_ * Width *
                                     static_cast<std::int64_t>(sizeof(T)) <=
                                 most_bytes;
  }
  std::int64_t wide_buffers() const {
    std::int64_t n = 0;
    for (int k = 0; k < s_.buffers; ++k) n += s_.wide[k] ? 1 : 0;
    return n;
  }
  bool side_by_side(int k) const {
    return !is_by_labels(k) && buffers_[k].view.type == element_of<T>() &&
           !buffers_[k].view.accumulate && outer_.contiguous(buffers_[k].view.stride);
  }
  bool in_place(int k) const { return buffers_[k].direct && tile_ == 1; }
  bool is_by_labels(int k) const { return s_.by[k].kind != label_access::none; }
  bool is_added(int k) const { return is_by_labels(k) && s_.by[k].kind != label_access::picks; }

  /// Calls visit(row of the tile, its labels, offset of what buffer k has there).
  template <class Visit>
  void each_labelled(const row_place<T>& place, int k, int lanes, Visit visit) const {
    const label_access& by = s_.by[k];
    const memory_view &x = buffers_[k].view, &labels = buffers_[by.labels].view;
    const odometer added(c_, by.added);
    const bool picks = by.kind == label_access::picks;
    for (int lane = 0; lane < lanes; ++lane) {
      const std::int64_t r = place.first + (lane < place.count ? lane : 0);
      visit(lane,
            labelled{labels, outer_.offset(r, labels.stride), picks ? inner_ : added,
                     picks ? length_ : c_.positions(by.added), c_.extent[by.axis]},
            outer_.offset(r, x.stride));
    }
  }
  /// The rows of a tile that labels pick or add up; a picked row that lies in memory as it is
  /// needed is not copied.
  void enter_by_labels(row_place<T>& place, int k, double* sums) const {
    const label_access& by = s_.by[k];
    const memory_view& x = buffers_[k].view;
    T* to = place.in[k].along;
    const bool picks = by.kind == label_access::picks;
    each_labelled(place, k, picks ? tile_ : place.count,
                  [&](int lane, const labelled& row, std::int64_t offset) {
                    if (by.kind == label_access::counts)
                      return count_row(to + lane, tile_, row, sums);
                    if (!picks) return add_row(to + lane, tile_, row, x, offset, sums);
                    const T* whole = tile_ == 1 ? whole_row(k, row, offset) : nullptr;
                    if (whole != nullptr) place.in[k].along = const_cast<T*>(whole);
                    else pick_row(to + lane, tile_, row, x, offset, by.axis);
                  });
  }
  void clear_by_labels(const row_place<T>& place, int k) const {
    each_labelled(place, k, place.count, [&](int lane, const labelled& row, std::int64_t) {
      clear_row(place.in[k].along + lane, tile_, row);
    });
  }
  /// The memory of a row that one label picks, if it has the kernel's type and is contiguous.
  const T* whole_row(int k, const labelled& row, std::int64_t offset) const {
    const memory_view& x = buffers_[k].view;
    for (int axis = 0; axis < inner_.rank; ++axis)
      if (row.labels.stride[inner_.axis[axis]] != 0) return nullptr;
    if (x.type != element_of<T>() || !inner_.contiguous(x.stride)) return nullptr;
    const std::int64_t label = label_at(row.labels, row.first);
    if (label < 0 || label >= row.classes) return nullptr;
    return static_cast<const T*>(x.data) + offset + label * x.stride[s_.by[k].axis];
  }

  void copy_in(T* to, int k, std::int64_t offset) const {
    const memory_view& v = buffers_[k].view;
    if (s_.as_index[k]) copy_labels_in(to, v, offset, inner_, length_);
    else copy_row_in(to, v, offset, inner_, length_);
  }
  void tile_in(const row_place<T>& place, int k, T* spare) const {
    if constexpr (Width > 1) {
      const memory_view& v = buffers_[k].view;
      T* to = place.in[k].along;
      const auto offset = [&](int lane) {
        return outer_.offset(place.first + (lane < place.count ? lane : 0), v.stride);
      };
      const T* data = static_cast<const T*>(v.data);
      if (place.count == Width && side_by_side(k)) {
        for (std::int64_t i = 0; i < length_; ++i, to += Width)
          std::memcpy(to, data + place.in[k].offset + inner_.offset(i, v.stride),
                      Width * sizeof(T));
      } else if (buffers_[k].direct) {
        rows_to_tile<Width>(to, length_, [&](int lane) { return data + offset(lane); });
      } else {
        for (int lane = 0; lane < Width; ++lane) {
          copy_in(spare, k, offset(lane));
          for (std::int64_t i = 0; i < length_; ++i) to[i * Width + lane] = spare[i];
        }
      }
    }
  }
  void tile_out(const row_place<T>& place, int k, T* spare) const {
    if constexpr (Width > 1) {
      const memory_view& v = buffers_[k].view;
      const T* from = place.in[k].along;
      const auto offset = [&](int lane) { return outer_.offset(place.first + lane, v.stride); };
      if (buffers_[k].direct)
        return tile_to_rows<Width>(from, length_, place.count, [&](int lane) {
          return static_cast<T*>(const_cast<void*>(v.data)) + offset(lane);
        });
      for (int lane = 0; lane < place.count; ++lane) {
        for (std::int64_t i = 0; i < length_; ++i) spare[i] = from[i * Width + lane];
        copy_row_out(v, offset(lane), inner_, length_, spare);
      }
    }
  }
};

}  // namespace kd::detail
