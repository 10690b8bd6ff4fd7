// SPDX-License-Identifier: MIT
// Contractions of rows that labels pick from a tensor, or add to one: the rows are read and written
// where they lie, in the order of the positions of the labels.
//   products   c = sum of a * b over axes, where labels pick the rows of a or of b
//   additions  c at the label += a, or a * b: rows of c are cut into parts, and positions of labels
//              sorted by these, so that a sum is made in the order of positions whoever makes it
#pragma once
#include <algorithm>
#include <new>
#include <span>
#include <utility>

#include <kd/run/copy_row.hpp>
#include <kd/run/parallel.hpp>
#include <kd/run/position_walk.hpp>
#include <kd/run/row_steps.hpp>

namespace kd::detail {

template <class T>
class label_contraction {
 public:
  label_contraction(const call& c, const program_table& p, const stage_program& s)
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
    zero_stays_ = s.zero_stays;
    is_dot_ = !is_added() && overlap(own, s.inner);
    for (int axis = 0; axis < max_axes; ++axis)  // the last one; in a sum one that is contiguous
      if (contains(is_dot_ ? own & s.inner : own, single(axis)) &&
          (!is_dot_ || row_ < 0 || moved_.stride[axis] == 1 || moved_.stride[row_] != 1))
        row_ = axis;
    along_ = odometer(c, single(row_));
    length_ = c.extent[row_];
    const memory_view* second = other >= 0 ? &other_ : nullptr;
    if (is_added()) {
      const odometer kept(c, of_labels & s.outer), summed(c, of_labels & ~s.outer);
      to_.add_axes(kept, {&out_});
      for (const odometer& some : {kept, summed}) walk_.add_axes(some, {&moved_, second, &labels_});
      beside_.add_axes(odometer(c, own & ~single(row_)), {&moved_, second, &out_});
      per_row_ = c.positions(of_labels & ~s.outer);
      const std::int64_t n = c.extent[by_.axis];
      per_part_ = std::clamp<std::int64_t>((n + threads() - 1) / threads(), 1, most_in_part());
      parts_ = (n + per_part_ - 1) / per_part_;
      return;
    }
    const axis_set outer = s.outer & ~single(row_), inner = s.inner & ~single(row_);
    walk_.add_axes(odometer(c, outer), {&moved_, second, &labels_});
    walk_.add_axes(odometer(c, inner), {&moved_, second, &labels_});
    rows_ = c.positions(outer), per_row_ = c.positions(inner);
    to_.add_axes(odometer(c, outer), {&out_});
  }

  /// Of every thread, a copy of a row of each operand and sums; for additions, where each part ends
  /// among the positions of labels, and these. Fewer threads need no more.
  std::size_t scratch_bytes() const {
    const std::int64_t t = threads(), copies = t * 2 * row_bytes<T>();
    if (!is_added()) return static_cast<std::size_t>(copies + t * sum_bytes());
    const std::int64_t sums = std::min(t * most_in_part(), c_.extent[by_.axis] + t),
                       sorted = (parts_ + walk_.positions()) * std::int64_t{sizeof(std::int64_t)};
    return static_cast<std::size_t>(copies + sums * sum_bytes() + sorted);
  }
  void run(std::byte* scratch) const {
    if (is_added()) return add(scratch);
    constexpr std::int64_t elements = 1 << 16;  // per chunk
    const std::int64_t per_chunk =
        std::max<std::int64_t>(1, elements / std::max<std::int64_t>(1, per_row_ * length_));
    parallel_for((rows_ + per_chunk - 1) / per_chunk, [&](std::int64_t chunk) {
      const std::int64_t begin = chunk * per_chunk;
      multiply(begin, std::min(begin + per_chunk, rows_), of_thread(scratch));
    });
  }

 private:
  static constexpr std::int64_t part_bytes = 1 << 19;  // of rows, which stay in cache
  static constexpr int ahead = 6;  // labels, whose rows are on their way while others are read
  const call& c_;
  const label_access& by_;
  memory_view moved_, other_, labels_, out_;
  odometer along_;
  position_walk walk_, beside_, to_;
  int row_ = -1;  // the axis along which rows are read
  std::int64_t length_ = 0, rows_ = 0, per_row_ = 0;
  std::int64_t per_part_ = 1, parts_ = 0;  // classes, whose rows are added up at once
  bool is_dot_ = false, zero_stays_ = false;

  bool is_added() const { return by_.kind != label_access::picks; }
  template <class Number>
  std::int64_t row_bytes() const {
    return static_cast<std::int64_t>(
        rounded_up(static_cast<std::size_t>(length_) * sizeof(Number)));
  }
  /// A sum of rows, and where its blocks meet.
  std::int64_t sum_bytes() const {
    return static_cast<std::int64_t>(rounded_up(sizeof(row_sum<T>))) + row_bytes<double>();
  }
  std::int64_t most_in_part() const {
    return std::max<std::int64_t>(1, part_bytes / std::max<std::int64_t>(1, row_bytes<T>()));
  }
  std::int64_t thread_bytes() const { return 2 * row_bytes<T>() + per_part_ * sum_bytes(); }
  std::byte* of_thread(std::byte* scratch) const {
    return scratch + thread_index() * thread_bytes();
  }
  T* copy(std::byte* own, int k) const { return reinterpret_cast<T*>(own + k * row_bytes<T>()); }
  /// Begins the k-th sum of rows that a thread makes at once, in memory of length_ numbers.
  row_sum<T>& begin_sum(T* to, std::byte* own, std::int64_t k) const {
    std::byte* place = own + 2 * row_bytes<T>() + k * sum_bytes();
    auto* sums = reinterpret_cast<double*>(place + rounded_up(sizeof(row_sum<T>)));
    return *new (place) row_sum<T>(to, sums, length_);
  }
  row_sum<T>& sum(std::byte* own, std::int64_t k) const {
    return *reinterpret_cast<row_sum<T>*>(own + 2 * row_bytes<T>() + k * sum_bytes());
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

  void multiply(std::int64_t begin, std::int64_t end, std::byte* own) const {
    position_walk at = walk_, next = walk_, rows = to_;
    const std::int64_t last = end * per_row_;
    std::int64_t seen = std::min(begin * per_row_ + ahead, last);
    at.seek(begin * per_row_), next.seek(seen), rows.seek(begin);
    for (std::int64_t r = begin; r < end; ++r, rows.next()) {
      T* to = out(rows.offset[0]);
      double dot = 0;
      if (!is_dot_) begin_sum(to, own, 0);
      for (std::int64_t i = 0; i < per_row_; ++i, at.next()) {
        if (seen++ < last) {
          if (const std::int64_t l = label(next); names_class(l))
            expect(moved_, next.offset[0] + l * moved_.stride[by_.axis]);
          next.next();
        }
        const std::int64_t l = label(at);
        if (!names_class(l)) continue;
        const T* picked = row(moved_, at.offset[0] + l * moved_.stride[by_.axis], copy(own, 0));
        if (zero_stays_ && !row_is_finite(picked, length_))
          dot += add_where_not_zero(picked, at.offset[1], own);
        else if (is_dot_) dot += dot_rows(picked, row(other_, at.offset[1], copy(own, 1)), length_);
        else add_product(sum(own, 0).next(), picked, other_, at.offset[1], own);
      }
      if (is_dot_) *to = static_cast<T>(dot);
      else sum(own, 0).finish();
    }
  }
  /// The product with a picked row that is not finite, where a 0 of the other tensor stays 0: as a
  /// sum, or added to the row at work.
  double add_where_not_zero(const T* picked, std::int64_t offset, std::byte* own) const {
    if (!is_dot_ && other_.stride[row_] == 0) {
      if (number_at<T>(other_, offset) != T(0))
        add_product(sum(own, 0).next(), picked, other_, offset, own);
      return 0;
    }
    const T* factors = row(other_, offset, copy(own, 1));
    if (is_dot_) return dot_rows_where_not_zero(factors, picked, length_);
    add_row_product_where_not_zero(sum(own, 0).next(), factors, picked, length_);
    return 0;
  }
  /// to += picked * what another tensor has there, a row or a number.
  void add_product(T* to, const T* picked, const memory_view& v, std::int64_t offset,
                   std::byte* own) const {
    if (v.stride[row_] == 0) add_scaled_row(to, picked, number_at<T>(v, offset), length_);
    else add_row_product(to, picked, row(v, offset, copy(own, 1)), length_);
  }

  void add(std::byte* scratch) const {
    auto* end = reinterpret_cast<std::int64_t*>(scratch + threads() * thread_bytes());
    std::int64_t* sorted = end + parts_;
    if (parts_ > 1) sort_by_part(sorted, end);
    parallel_for(parts_, [&](std::int64_t part) {
      position_walk beside = beside_, to = to_;
      to.seek(0), beside.seek(0);
      for (std::int64_t b = beside.positions(); b > 0; --b, beside.next()) {
        const std::int64_t *next = sorted + (part == 0 ? 0 : end[part - 1]), *last = next;
        for (std::int64_t r = 1; r <= to.positions(); ++r, to.next()) {
          const auto add_each = [&](auto each) {
            add_part(part, beside, to.offset[0] + beside.offset[2], of_thread(scratch), each);
          };
          if (parts_ == 1) {
            add_each([&](auto visit) { each_in_order((r - 1) * per_row_, visit); });
            continue;
          }
          last = std::lower_bound<const std::int64_t*>(next, sorted + end[part], r * per_row_);
          add_each([&](auto visit) { each_of(next, last, beside, visit); });
          next = last;
        }
      }
    });
  }
  /// Calls visit(walk) at the positions of one row of labels that name a class.
  template <class Visit>
  void each_in_order(std::int64_t begin, Visit visit) const {
    position_walk at = walk_;
    at.seek(begin);
    for (std::int64_t i = 0; i < per_row_; ++i, at.next())
      if (names_class(label(at))) visit(at);
  }
  /// The same at sorted positions, whose rows are asked for ahead.
  template <class Visit>
  void each_of(const std::int64_t* next, const std::int64_t* last, const position_walk& beside,
               Visit visit) const {
    position_walk at = walk_, later = walk_;
    const int from = rows_side();
    for (; next != last; ++next) {
      if (last - next > ahead) {
        later.seek(next[ahead]);
        expect(from == 0 ? moved_ : other_, later.offset[from] + beside.offset[from]);
      }
      at.seek(*next);
      visit(at);
    }
  }
  /// Which of two tensors gives rows, and not factors of them.
  int rows_side() const { return other_.data == nullptr || moved_.stride[row_] != 0 ? 0 : 1; }
  std::int64_t part_of(std::int64_t label) const {  // 32 bits are divided faster
    return label <= UINT32_MAX
               ? static_cast<std::uint32_t>(label) / static_cast<std::uint32_t>(per_part_)
               : label / per_part_;
  }
  /// The positions of labels that name a class of each part, and where the part ends.
  void sort_by_part(std::int64_t* sorted, std::int64_t* end) const {
    position_walk at = walk_;
    const auto each = [&](auto visit) {
      at.seek(0);
      for (std::int64_t i = 0, n = at.positions(); i < n; ++i, at.next())
        if (const std::int64_t l = label(at); names_class(l)) visit(i, part_of(l));
    };
    std::fill_n(end, parts_, 0);
    each([&](std::int64_t, std::int64_t part) { ++end[part]; });
    for (std::int64_t part = 0, first = 0; part < parts_; ++part)
      first += std::exchange(end[part], first);
    each([&](std::int64_t i, std::int64_t part) { sorted[end[part]++] = i; });
  }
  /// Makes a part's rows of one position beside their classes, from each position of labels.
  template <class Each>
  void add_part(std::int64_t part, const position_walk& beside, std::int64_t to, std::byte* own,
                Each each) const {
    const std::int64_t first = part * per_part_,
                       count = std::min(per_part_, c_.extent[by_.axis] - first);
    for (std::int64_t k = 0; k < count; ++k)
      begin_sum(out(to + (first + k) * out_.stride[by_.axis]), own, k);
    const int from = rows_side();
    const memory_view &rows = from == 0 ? moved_ : other_, &factors = from == 0 ? other_ : moved_;
    each([&](const position_walk& at) {
      T* sum_of_class = sum(own, label(at) - first).next();
      const T* added = row(rows, at.offset[from] + beside.offset[from], copy(own, 0));
      if (factors.data == nullptr) add_scaled_row(sum_of_class, added, T(1), length_);
      else
        add_product(sum_of_class, added, factors, at.offset[1 - from] + beside.offset[1 - from],
                    own);
    });
    for (std::int64_t k = 0; k < count; ++k) sum(own, k).finish();
  }
};

}  // namespace kd::detail
