// SPDX-License-Identifier: MIT
// The laws of a group of lanes, for every width; and the row kernel on lanes that kd does not ship.
#include <cmath>
#include <numeric>
#include <vector>

#include <kd/kd.hpp>
#include "support/catch.hpp"

#if __has_include(<xsimd/xsimd.hpp>)
#include <xsimd/xsimd.hpp>
#define KD_TEST_XSIMD 1
#endif

using namespace kd::detail;
using namespace kd::axes;

namespace {

/// Sum, maximum and a copy of 1, 2, ..., n by a group of lanes.
template <class L>
void check_lanes(std::int64_t n) {
  using T = typename L::scalar;
  using pack = typename L::pack;
  std::vector<T> source(static_cast<std::size_t>(n)),
      target(static_cast<std::size_t>(n) + 1, T(-7));
  std::iota(source.begin(), source.end(), T(1));
  const L lanes;
  pack sum(0), largest(-1e30), positions(0);
  lanes.each(n, [&](auto at) {
    const pack x = lanes.load(source.data(), at);
    sum = sum + lanes.only(at, x, 0);
    largest = maximum(largest, lanes.only(at, x, -1e30));
    positions = positions + lanes.only(at, lanes.positions(at), 0);
    lanes.store(target.data(), at, x);
  });
  CHECK(get_lane(lanes.template all<op::sum>(sum), 0) == static_cast<T>(n * (n + 1) / 2));
  CHECK(get_lane(lanes.template all<op::sum>(positions), 0) == static_cast<T>(n * (n - 1) / 2));
  CHECK(get_lane(lanes.template all<op::max>(largest), 0) ==
        static_cast<T>(n == 0 ? -1e30 : static_cast<double>(n)));
  CHECK(std::equal(source.begin(), source.end(), target.begin()));
  CHECK(target.back() == -7);  // nothing beyond the end is written
}

/// The sum of n threes by blocks, which are as long as they should be.
template <class L>
void check_blocks(std::int64_t n) {
  using T = typename L::scalar;
  const std::vector<T> source(static_cast<std::size_t>(n), T(3));
  const L lanes;
  typename L::pack block(0);
  typename L::sums sums{};
  std::int64_t steps = 0, longest = 0, blocks = 1;
  const bool is_long = lanes.each(
      n,
      [&](auto at) {
        block = block + lanes.only(at, lanes.load(source.data(), at), 0);
        longest = std::max(longest, ++steps);
      },
      [&] {
        lanes.add(sums, block);
        block = typename L::pack(0);
        steps = 0;
        ++blocks;
      });
  CHECK(is_long == (blocks > 1));
  lanes.add(sums, block);
  CHECK(get_lane(lanes.all(sums), 0) == static_cast<T>(3 * n));
  CHECK(longest <= block_of(n / L::pack::width) + 1);  // and what is left at the end
}

/// Lanes of plain floats in an array: the least that a pack must do.
template <int W>
struct array_pack {
  using scalar = float;
  float v[W];
  array_pack() = default;
  explicit array_pack(double x) {
    for (float& e : v) e = static_cast<float>(x);
  }
  template <class F>
  static array_pack map(F f) {
    array_pack p;
    for (int i = 0; i < W; ++i) p.v[i] = f(i);
    return p;
  }
  struct mask {
    bool v[W];
  };
  template <class F>
  static mask test(F f) {
    mask m;
    for (int i = 0; i < W; ++i) m.v[i] = f(i);
    return m;
  }
  friend array_pack operator+(array_pack a, array_pack b) {
    return map([&](int i) { return a.v[i] + b.v[i]; });
  }
  friend array_pack operator-(array_pack a, array_pack b) {
    return map([&](int i) { return a.v[i] - b.v[i]; });
  }
  friend array_pack operator*(array_pack a, array_pack b) {
    return map([&](int i) { return a.v[i] * b.v[i]; });
  }
  friend array_pack operator/(array_pack a, array_pack b) {
    return map([&](int i) { return a.v[i] / b.v[i]; });
  }
  friend array_pack operator-(array_pack a) {
    return map([&](int i) { return -a.v[i]; });
  }
  friend mask operator==(array_pack a, array_pack b) {
    return test([&](int i) { return a.v[i] == b.v[i]; });
  }
  friend mask operator!=(array_pack a, array_pack b) {
    return test([&](int i) { return a.v[i] != b.v[i]; });
  }
  friend mask operator>(array_pack a, array_pack b) {
    return test([&](int i) { return a.v[i] > b.v[i]; });
  }
  friend array_pack abs(array_pack a) {
    return map([&](int i) { return std::fabs(a.v[i]); });
  }
  friend array_pack select(mask m, array_pack a, array_pack b) {
    return map([&](int i) { return m.v[i] ? a.v[i] : b.v[i]; });
  }
  friend array_pack maximum(array_pack a, array_pack b) { return larger(a, b); }
  friend array_pack larger(array_pack a, array_pack b) {
    return map([&](int i) { return a.v[i] > b.v[i] ? a.v[i] : b.v[i]; });
  }
  friend array_pack exp(array_pack a) {
    return map([&](int i) { return std::exp(a.v[i]); });
  }
};

#ifdef KD_TEST_XSIMD
struct xsimd_pack {
  using scalar = float;
  using batch_type = xsimd::batch<float>;
  batch_type v;
  xsimd_pack() = default;
  explicit xsimd_pack(double x) : v(static_cast<float>(x)) {}
  static xsimd_pack of(batch_type b) {
    xsimd_pack p;
    p.v = b;
    return p;
  }
  friend xsimd_pack operator+(xsimd_pack a, xsimd_pack b) { return of(a.v + b.v); }
  friend xsimd_pack operator-(xsimd_pack a, xsimd_pack b) { return of(a.v - b.v); }
  friend xsimd_pack operator*(xsimd_pack a, xsimd_pack b) { return of(a.v * b.v); }
  [[maybe_unused]] friend xsimd_pack operator/(xsimd_pack a, xsimd_pack b) { return of(a.v / b.v); }
  [[maybe_unused]] friend xsimd_pack operator-(xsimd_pack a) { return of(-a.v); }
  [[maybe_unused]] friend auto operator==(xsimd_pack a, xsimd_pack b) { return a.v == b.v; }
  friend auto operator!=(xsimd_pack a, xsimd_pack b) { return a.v != b.v; }
  friend auto operator>(xsimd_pack a, xsimd_pack b) { return a.v > b.v; }
  friend xsimd_pack abs(xsimd_pack a) { return of(xsimd::abs(a.v)); }
  template <class Mask>
  friend xsimd_pack select(Mask m, xsimd_pack a, xsimd_pack b) {
    return of(xsimd::select(m, a.v, b.v));
  }
  [[maybe_unused]] friend xsimd_pack maximum(xsimd_pack a, xsimd_pack b) {
    return of(xsimd::max(a.v, b.v));
  }
  friend xsimd_pack larger(xsimd_pack a, xsimd_pack b) { return of(xsimd::max(a.v, b.v)); }
  friend xsimd_pack exp(xsimd_pack a) { return of(xsimd::exp(a.v)); }
};
#endif

/// Indices beside a pack of floats; a comparison of them is one of floats 1 and 0.
template <class Pack>
struct index_pack {
  static constexpr int width = sizeof(Pack) / sizeof(float);
  std::int32_t v[width];
  template <class F>
  static auto test(F f) {
    alignas(64) float holds[width];
    for (int i = 0; i < width; ++i) holds[i] = f(i) ? 1.0f : 0.0f;
    Pack p;
    std::memcpy(&p, holds, sizeof holds);
    return p != Pack(0);
  }
  friend auto operator==(const index_pack& a, const index_pack& b) {
    return test([&](int i) { return a.v[i] == b.v[i]; });
  }
};

/// Lanes over any pack that can be read and written as an array of floats.
template <class Pack>
struct foreign_lanes {
  using scalar = float;
  using pack = Pack;
  using row = scalar_value<float>;
  static constexpr int width = sizeof(Pack) / sizeof(float);
  using index = index_pack<Pack>;
  using row_index = scalar_value<std::int32_t>;
  struct sums {
    double lane[width]{};
  };
  struct whole {
    std::int64_t index;
  };
  struct part {
    std::int64_t index;
    int count;
  };

  pack spread(row r) const { return pack(static_cast<double>(r.v)); }
  template <class Body>
  void each(std::int64_t n, Body body) const {
    std::int64_t i = 0;
    for (; i + width <= n; i += width) body(whole{i});
    if (i < n) body(part{i, static_cast<int>(n - i)});
  }
  template <class Body, class Between>
  bool each(std::int64_t n, Body body, Between between) const {
    const std::int64_t block = block_of(n / width) * width;
    each(n, [&](auto at) {
      if (at.index != 0 && at.index % block == 0) between();
      body(at);
    });
    return n > block;
  }
  void add(sums& s, const pack& p) const {
    alignas(64) float v[width];
    std::memcpy(v, &p, sizeof v);
    for (int i = 0; i < width; ++i) s.lane[i] += static_cast<double>(v[i]);
  }
  row all(const sums& s) const { return row(std::accumulate(s.lane, s.lane + width, 0.0)); }
  static pack gather(const float* from, int count, float rest) {
    alignas(64) float v[width];
    for (int i = 0; i < width; ++i) v[i] = i < count ? from[i] : rest;
    pack p;
    std::memcpy(&p, v, sizeof v);
    return p;
  }
  static void scatter(float* to, int count, const pack& p) {
    alignas(64) float v[width];
    std::memcpy(v, &p, sizeof v);
    for (int i = 0; i < count; ++i) to[i] = v[i];
  }
  pack load(const float* s, whole at) const { return gather(s + at.index, width, 0); }
  pack load(const float* s, part at) const { return gather(s + at.index, at.count, 0); }
  void store(float* t, whole at, const pack& p) const { scatter(t + at.index, width, p); }
  void store(float* t, part at, const pack& p) const { scatter(t + at.index, at.count, p); }
  template <class At>
  pack reload(const float* s, At at) const {
    return load(s, at);
  }
  template <class At>
  void keep(float* t, At at, const pack& p) const {
    store(t, at, p);
  }
  pack only(whole, const pack& p, double) const { return p; }
  pack only(part at, const pack& p, double identity) const {
    alignas(64) float v[width];
    std::memcpy(v, &p, sizeof v);
    return gather(v, at.count, static_cast<float>(identity));
  }
  template <class At>
  pack positions(At at) const {
    alignas(64) float v[width];
    for (int i = 0; i < width; ++i) v[i] = static_cast<float>(at.index + i);
    return gather(v, width, 0);
  }
  index spread(row_index r) const {
    index i;
    for (std::int32_t& lane : i.v) lane = r.v;
    return i;
  }
  template <class At>
  index load_index(const float* s, At at) const {
    index i;
    std::memcpy(&i, s + at.index, sizeof i);  // rows of scratch memory are padded
    return i;
  }
  template <class At>
  index position_index(At at) const {
    index i;
    std::iota(i.v, i.v + width, static_cast<std::int32_t>(at.index));
    return i;
  }
  template <op Code>
  row all(const pack& p) const {
    alignas(64) float v[width];
    std::memcpy(v, &p, sizeof v);
    row r = row::of(v[0]);
    for (int i = 1; i < width; ++i) r = operation<Code>::value(r, row::of(v[i]));
    return r;
  }
};

template <class Pack>
struct foreign_backend {
  template <class T>
  using lanes = std::conditional_t<std::is_same_v<T, float>, foreign_lanes<Pack>, scalar_lanes<T>>;
  template <class T>
  static void product(matrix_view<const T>, matrix_view<const T>, matrix_view<T>) {}
};

template <class B>
void check_objective(B backend) {
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto zt = kd::teacher<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  Eigen::ArrayXXf S = Eigen::ArrayXXf::Zero(3, 21), Z = S;
  for (Eigen::Index i = 0; i < S.size(); ++i) {
    S(i) = 3 * std::sin(static_cast<float>(i));
    Z(i) = 3 * std::cos(static_cast<float>(2 * i));
  }
  const std::vector<int> labels{0, 20, 7};
  const auto objective = kd::soft_targets(zs, zt, y, {.temperature = 3});
  const auto expected = kd::evaluate(objective, zs = S, zt = Z, y = labels);
  const auto got = kd::evaluate(objective, backend, zs = S, zt = Z, y = labels);
  CHECK(got.value() == Approx(expected.value()).epsilon(1e-5));
  const auto g = got.gradient(zs);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 21; ++j)
      CHECK(g.data[i * g.strides[0] + j * g.strides[1]] ==
            Approx(expected.gradient(zs)(i, j)).margin(1e-6));
}

}  // namespace

TEST_CASE("lanes visit every position once, whatever the width") {
  for (std::int64_t n : {0, 1, 3, 4, 7, 8, 15, 16, 17, 33, 64}) {
    check_lanes<scalar_lanes<float>>(n);
    check_lanes<simd_lanes<float, 4>>(n);
    check_lanes<simd_lanes<float>>(n);
    check_lanes<simd_lanes<double>>(n);
  }
}

TEST_CASE("a long walk goes in blocks, whatever the width") {
  for (std::int64_t n : {0, 3, 16, 127, 128, 129, 160, 1024, 1025, 3000, 5000}) {
    check_blocks<scalar_lanes<float>>(n);
    check_blocks<simd_lanes<float, 4>>(n);
    check_blocks<simd_lanes<float>>(n);
    check_blocks<simd_lanes<double>>(n);
  }
}

TEST_CASE("the row kernel runs on lanes of plain floats") {
  check_objective(foreign_backend<array_pack<8>>{});
}

#ifdef KD_TEST_XSIMD
TEST_CASE("the row kernel runs on lanes of xsimd") {
  check_objective(foreign_backend<xsimd_pack>{});
}
#endif
