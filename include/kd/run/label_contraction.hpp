// SPDX-License-Identifier: MIT
// Contractions of rows that labels pick from a tensor, or add to one: the rows are read and written
// where they lie, in the order of the positions of the labels.
//   products   c = sum of a * b over axes, where labels pick the rows of a or of b
//   additions  c at the label += a, or a * b: rows of c are cut into parts of which each looks at
//               every
//              label, so that a sum is made in the order of positions whoever makes it
#pragma once
#include <algorithm>

#include <kd/run/copy_row.hpp>
#include <kd/run/parallel.hpp>
#include <kd/run/row_steps.hpp>

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
    for (int k = rank - 1; k >= 0; --k) {
      const std::int64_t n = std::max<std::int64_t>(1, extent[k]);
      index[k] = position % n;
      position /= n;
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

template <class T>
class label_contraction {
 public:
  label_contraction(const call& c, const program& p, const stage_program& s)
      : c_(c), by_(s.by[s.by[s.a].kind != label_access::none ? s.a : s.b]), along_(c, 0) {
    const auto view = [&](int k) { return c.view(p.buffer[s.buffer[k]]); };
    const auto axes = [&](int k) {
      axis_set all = 0;
      for (int axis = 0; axis < max_axes; ++axis)
        if (k >= 0 && p.buffer[s.buffer[k]].axis[axis] >= 0) all |= single(axis);
      return all;
    };
    const bool first = s.by[s.a].kind != label_access::none;
    const int moved = first ? s.a : s.b, other = first ? s.b : s.a;
    moved_ = view(moved), labels_ = view(by_.labels), out_ = view(s.c);
    if (other >= 0) other_ = view(other);
    const axis_set classes = single(by_.axis), of_labels = axes(by_.labels),
                   own = (axes(moved) | (is_added() ? axes(other) : 0)) & ~(of_labels | classes);
    is_dot_ = !is_added() && overlap(own, s.inner);
    for (int axis = 0; axis < max_axes; ++axis)  // the last one; in a sum one that is contiguous
      if (contains(is_dot_ ? own & s.inner : own, single(axis)) &&
          (!is_dot_ || row_ < 0 || moved_.stride[axis] == 1 || moved_.stride[row_] != 1))
        row_ = axis;
    along_ = odometer(c, single(row_));
    length_ = c.extent[row_];
    const memory_view* second = other >= 0 ? &other_ : nullptr;
    if (is_added()) {
      walk_.add_axes(odometer(c, of_labels | (own & ~single(row_))),
                     {&moved_, second, &labels_, &out_});
      to_.add_axes(odometer(c, s.outer & ~(classes | single(row_))), {&out_});
      return;
    }
    const axis_set outer = s.outer & ~single(row_), inner = s.inner & ~single(row_);
    walk_.add_axes(odometer(c, outer), {&moved_, second, &labels_});
    walk_.add_axes(odometer(c, inner), {&moved_, second, &labels_});
    rows_ = c.positions(outer), per_row_ = c.positions(inner);
    to_.add_axes(odometer(c, outer), {&out_});
  }

  /// Of every thread, a copy of a row of each operand.
  std::size_t scratch_bytes() const {
    return static_cast<std::size_t>(threads()) * 2 * copy_bytes();
  }
  void run(std::byte* scratch) const {
    if (is_added()) return add(scratch);
    constexpr std::int64_t elements = 1 << 16;  // per chunk
    const std::int64_t per_chunk =
        std::max<std::int64_t>(1, elements / std::max<std::int64_t>(1, per_row_ * length_));
    parallel_for((rows_ + per_chunk - 1) / per_chunk, [&](std::int64_t chunk) {
      const std::int64_t begin = chunk * per_chunk;
      multiply(begin, std::min(begin + per_chunk, rows_), copies(scratch));
    });
  }

 private:
  static constexpr int ahead = 6;  // labels, whose rows are on their way while others are read
  const call& c_;
  const label_access& by_;
  memory_view moved_, other_, labels_, out_;
  odometer along_;
  position_walk walk_, to_;
  int row_ = -1;  // the axis along which rows are read
  std::int64_t length_ = 0, rows_ = 0, per_row_ = 0;
  bool is_dot_ = false;

  bool is_added() const { return by_.kind != label_access::picks; }
  std::size_t copy_bytes() const {
    return rounded_up(static_cast<std::size_t>(length_) * sizeof(T));
  }
  std::byte* copies(std::byte* scratch) const {
    return scratch + static_cast<std::size_t>(thread_index()) * 2 * copy_bytes();
  }
  T* copy(std::byte* copies, int k) const {
    return reinterpret_cast<T*>(copies + static_cast<std::size_t>(k) * copy_bytes());
  }
  /// The row of a tensor: where it lies, or as a copy.
  const T* row(const memory_view& v, std::int64_t offset, T* copy) const {
    if (v.type == element_of<T>() && (v.stride[row_] == 1 || length_ == 1))
      return static_cast<const T*>(v.data) + offset;
    copy_row_in(copy, v, offset, along_, length_);
    return copy;
  }
  T* out(std::int64_t offset) const {
    return static_cast<T*>(const_cast<void*>(out_.data)) + offset;
  }
  std::int64_t label(const position_walk& at) const { return label_at(labels_, at.offset[2]); }
  bool names_class(std::int64_t label) const { return label >= 0 && label < c_.extent[by_.axis]; }

  /// Asks for the memory of a row before it is needed. (Inlined: g++ drops calls of a function that
  /// does nothing else.)
  KD_INLINE void expect(const memory_view& v, std::int64_t offset) const {
    if (v.type != element_of<T>()) return;
    const T* first = static_cast<const T*>(v.data) + offset;
    const std::int64_t step = v.stride[row_] == 1 ? 64 / static_cast<std::int64_t>(sizeof(T)) : 1;
    for (std::int64_t i = 0; i < std::min(length_, 16 * step); i += step)
      __builtin_prefetch(first + i * v.stride[row_]);
  }

  void multiply(std::int64_t begin, std::int64_t end, std::byte* copies) const {
    position_walk at = walk_, next = walk_, rows = to_;
    const std::int64_t last = end * per_row_;
    std::int64_t seen = std::min(begin * per_row_ + ahead, last);
    at.seek(begin * per_row_), next.seek(seen), rows.seek(begin);
    for (std::int64_t r = begin; r < end; ++r, rows.next()) {
      T *to = out(rows.offset[0]), sum = 0;
      if (!is_dot_) std::fill_n(to, length_, T(0));
      for (std::int64_t i = 0; i < per_row_; ++i, at.next()) {
        if (seen++ < last) {
          if (const std::int64_t l = label(next); names_class(l))
            expect(moved_, next.offset[0] + l * moved_.stride[by_.axis]);
          next.next();
        }
        const std::int64_t l = label(at);
        if (!names_class(l)) continue;
        const T* picked = row(moved_, at.offset[0] + l * moved_.stride[by_.axis], copy(copies, 0));
        if (is_dot_) sum += dot_rows(picked, row(other_, at.offset[1], copy(copies, 1)), length_);
        else add_product(to, picked, other_, at.offset[1], copies);
      }
      if (is_dot_) *to = sum;
    }
  }
  /// to += picked * what another tensor has there, a row or a number.
  void add_product(T* to, const T* picked, const memory_view& v, std::int64_t offset,
                   std::byte* copies) const {
    if (v.stride[row_] == 0) add_scaled_row(to, picked, number_at<T>(v, offset), length_);
    else add_row_product(to, picked, row(v, offset, copy(copies, 1)), length_);
  }

  void add(std::byte* scratch) const {
    const std::int64_t classes = c_.extent[by_.axis], parts = threads();
    parallel_for(parts, [&](std::int64_t part) {
      const std::int64_t begin = classes * part / parts, end = classes * (part + 1) / parts;
      clear(begin, end);
      position_walk at = walk_;
      at.seek(0);
      for (std::int64_t i = 0, n = at.positions(); i < n; ++i, at.next())
        if (const std::int64_t l = label(at); l >= begin && l < end)
          add_at(out(at.offset[3] + l * out_.stride[by_.axis]), at, copies(scratch));
    });
  }
  void clear(std::int64_t begin, std::int64_t end) const {
    position_walk at = to_;
    at.seek(0);
    for (std::int64_t i = 0, n = at.positions(); i < n; ++i, at.next())
      for (std::int64_t l = begin; l < end; ++l)
        std::fill_n(out(at.offset[0] + l * out_.stride[by_.axis]), length_, T(0));
  }
  void add_at(T* to, const position_walk& at, std::byte* copies) const {
    const bool is_row = other_.data == nullptr || moved_.stride[row_] != 0;
    const memory_view &rows = is_row ? moved_ : other_, &factor = is_row ? other_ : moved_;
    const T* from = row(rows, at.offset[is_row ? 0 : 1], copy(copies, 0));
    if (factor.data == nullptr) add_scaled_row(to, from, T(1), length_);
    else add_product(to, from, factor, at.offset[is_row ? 1 : 0], copies);
  }
};

}  // namespace kd::detail
