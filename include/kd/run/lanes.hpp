// SPDX-License-Identifier: MIT
// A group of lanes walks along one row together. The row kernel is written against this interface
// once;
// a CPU thread with SIMD lanes, a single scalar lane, and the threads of a CUDA block implement it.
//   pack                          one value per lane, with arithmetic, comparison, select, exp, ...
//   row                           a value of the whole row, known to every lane
//   spread(row)                   the same as a pack
//   each(n, body)                 calls body(at) until every position in [0, n) was visited;
//                                 `at` may be partial at the end
//   load(source, at)              a value along the row; unspecified beyond a partial end
//   store(target, at, pack)
//   reload(kept, at)              the same in scratch memory, where whole packs may be touched
//   keep(kept, at, pack)
//   only(at, pack, identity)      replaces lanes beyond a partial end
//   positions(at)                 the positions themselves
//   index, row_index              an integer per lane, and one of the whole row, for labels and
//                                 positions; a comparison of them gives what `select` takes
//   spread(row_index)             the same as an index
//   load_index(source, at)        labels along the row: integers of as many bytes as a scalar
//   position_index(at)            the positions themselves
//   all<Code>(pack)               joins the lanes of every participant with a reduction
//   each(n, body, between)        the same walk in blocks (`block_of`); between() is called after
//                                 each but the last; returns, the same to every participant, if
//                                 there may be more than one
//   sums                          sums of packs in double, lane by lane; 0 when made
//   add(sums, pack)
//   all(sums)                     joins the lanes of every participant
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>

#include <kd/graph/operations.hpp>
#include <kd/run/index.hpp>
#include <kd/run/scalar.hpp>

namespace kd::detail {

/// Of how many steps along a row a sum is made before it goes on in double. 64 equal numbers lose
/// at most 17 roundings; the end of a block costs what a few steps do, so a short row is one block.
KD_HD constexpr std::int64_t block_of(std::int64_t steps) { return steps <= 128 ? 128 : 64; }

template <class L>
concept Lanes = requires(const L lanes, typename L::pack pack, typename L::row row,
                         typename L::row_index row_index, typename L::scalar* memory,
                         typename L::sums sums) {
  { lanes.spread(row) } -> std::same_as<typename L::pack>;
  { lanes.only(typename L::whole{0}, pack, 0.0) } -> std::same_as<typename L::pack>;
  { lanes.positions(typename L::whole{0}) } -> std::same_as<typename L::pack>;
  { lanes.spread(row_index) } -> std::same_as<typename L::index>;
  { lanes.load_index(memory, typename L::whole{0}) } -> std::same_as<typename L::index>;
  { lanes.position_index(typename L::whole{0}) } -> std::same_as<typename L::index>;
  { lanes.load(memory, typename L::whole{0}) } -> std::same_as<typename L::pack>;
  { lanes.reload(memory, typename L::whole{0}) } -> std::same_as<typename L::pack>;
  lanes.store(memory, typename L::whole{0}, pack);
  lanes.keep(memory, typename L::whole{0}, pack);
  { lanes.template all<op::sum>(pack) } -> std::same_as<typename L::row>;
  lanes.add(sums, pack);
  { lanes.all(sums) } -> std::same_as<typename L::row>;
};

/// One lane: the specification of the interface.
template <class T>
struct scalar_lanes {
  using scalar = T;
  using pack = scalar_value<T>;
  using row = scalar_value<T>;
  using index = scalar_value<index_of<T>>;
  using row_index = index;
  using sums = double;
  struct whole {
    std::int64_t index;
  };

  KD_HD pack spread(row r) const { return r; }
  KD_HD index spread(row_index r) const { return r; }
  template <class Body>
  KD_HD void each(std::int64_t n, Body body) const {
    for (std::int64_t i = 0; i < n; ++i) body(whole{i});
  }
  template <class Body, class Between>
  KD_HD bool each(std::int64_t n, Body body, Between between) const {
    const std::int64_t block = block_of(n);
    for (std::int64_t i = 0; i < n; ++i) {
      if (i != 0 && i % block == 0) between();
      body(whole{i});
    }
    return n > block;
  }
  KD_HD pack load(const T* source, whole at) const { return pack::of(source[at.index]); }
  KD_HD void store(T* target, whole at, pack p) const { target[at.index] = p.v; }
  KD_HD pack reload(const T* kept, whole at) const { return load(kept, at); }
  KD_HD void keep(T* kept, whole at, pack p) const { store(kept, at, p); }
  KD_HD pack only(whole, pack p, double) const { return p; }
  KD_HD pack positions(whole at) const { return pack(static_cast<double>(at.index)); }
  KD_HD index load_index(const T* source, whole at) const {
    index i;
    std::memcpy(&i.v, source + at.index, sizeof(i.v));
    return i;
  }
  KD_HD index position_index(whole at) const {
    return index::of(static_cast<index_of<T>>(at.index));
  }
  template <op Code>
  KD_HD row all(pack p) const {
    return p;
  }
  KD_HD void add(sums& s, pack p) const { s += static_cast<double>(p.v); }
  KD_HD row all(sums s) const { return row(s); }
};

static_assert(Lanes<scalar_lanes<float>> && Lanes<scalar_lanes<double>>);

}  // namespace kd::detail
