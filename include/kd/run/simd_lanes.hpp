// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <bit>

#include <kd/run/lane_sums.hpp>
#include <kd/run/lanes.hpp>
#include <kd/run/simd_math.hpp>

namespace kd::detail {

/// SIMD lanes of one CPU thread: along a contiguous row, or across the rows of a transposed tile,
/// where a step of W elements leads to the next position. A value of the row has a lane per row of
/// the tile; along a row all lanes are the same.
template <class T, int W = native_width<T>>
struct simd_lanes {
  using scalar = T;
  using pack = simd<T, W>;
  using row = simd<T, W>;
  using index = simd<index_of<T>, W>;
  using row_index = index;
  using sums = lane_sums<T, W>;
  struct whole {
    std::int64_t index;
  };
  struct part {  // the end of the row: `count` lanes are inside
    std::int64_t index;
    int count;
  };

  KD_INLINE explicit simd_lanes(bool rows_in_lanes = false)
      : across_(rows_in_lanes),
        first_(rows_in_lanes ? pack(0) : iota<T, W>()),
        step_(rows_in_lanes ? 1.0 / W : 1.0),
        first_index_(rows_in_lanes ? index(0) : iota<index_of<T>, W>()),
        shift_(rows_in_lanes ? std::countr_zero(static_cast<unsigned>(W)) : 0) {}

  KD_INLINE pack spread(row r) const { return r; }
  KD_INLINE index spread(row_index r) const { return r; }
  template <class Body>
  KD_INLINE void each(std::int64_t n, Body body) const {
    std::int64_t i = 0;
    for (; i + W <= n; i += W) body(whole{i});
    if (i < n) body(part{i, static_cast<int>(n - i)});
  }
  template <class Body, class Between>
  KD_INLINE bool each(std::int64_t n, Body body, Between between) const {
    const std::int64_t whole_end = n / W * W, block = block_of(n / W) * W;
    std::int64_t i = 0;
    for (;; between()) {
      for (const std::int64_t end = std::min(whole_end, i + block); i < end; i += W) body(whole{i});
      if (i == whole_end) break;
    }
    if (i < n) body(part{i, static_cast<int>(n - i)});
    return whole_end > block;
  }
  KD_INLINE pack load(const T* source, whole at) const {
    return detail::load<T, W>(source + at.index);
  }
  KD_INLINE pack load(const T* source, part at) const {
    return load_first(source + at.index, at.count, pack());
  }
  KD_INLINE void store(T* target, whole at, pack p) const {
    detail::store<T, W>(target + at.index, p);
  }
  KD_INLINE void store(T* target, part at, pack p) const {
    store_first(target + at.index, at.count, p);
  }
  template <class At>
  KD_INLINE pack reload(const T* kept, At at) const {
    return detail::load<T, W>(kept + at.index);
  }
  template <class At>
  KD_INLINE void keep(T* kept, At at, pack p) const {
    detail::store<T, W>(kept + at.index, p);
  }
  KD_INLINE pack only(whole, pack p, double) const { return p; }
  KD_INLINE pack only(part at, pack p, double identity) const {
    return select(iota<T, W>() < pack(at.count), p, pack(identity));
  }
  template <class At>
  KD_INLINE pack positions(At at) const {
    return first_ + pack(static_cast<double>(at.index)) * step_;
  }
  template <class At>
  KD_INLINE index load_index(const T* source, At at) const {
    return index::of(reinterpret_cast<typename index::vector>(load(source, at).v));
  }
  template <class At>
  KD_INLINE index position_index(At at) const {
    return first_index_ + index::broadcast(static_cast<index_of<T>>(at.index >> shift_));
  }
  template <op Code>
  KD_INLINE row all(pack p) const {
    if (across_) return p;
    return row(static_cast<double>(
        fold_lanes(p, [](auto a, auto b) { return operation<Code>::value(a, b); })));
  }
  KD_INLINE void add(sums& s, pack p) const { s.add(p); }
  KD_INLINE row all(const sums& s) const { return across_ ? s.lanes() : row(s.total()); }

 private:
  bool across_;
  pack first_, step_;  // positions are first_ + step_ * index
  index first_index_;  // as indices, first_index_ + (index >> shift_)
  int shift_;
};

static_assert(Lanes<simd_lanes<float>> && Lanes<simd_lanes<double>>);

}  // namespace kd::detail
