// SPDX-License-Identifier: MIT
// Lanes across rows: short rows, and rows side by side in memory, agree with the reference backend
// for every number of rows and classes, layout and destination.
#include <vector>

#include <kd/backend/reference.hpp>
#include <kd/kd.hpp>
#include <kd/run/transpose.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

struct layout {
  const char* name;
  std::int64_t row, along;  // strides
  std::int64_t first;       // offset of the first element
};

/// Logits of some layout in memory of their own.
template <class T>
struct logits {
  std::vector<T> memory;
  layout at;
  std::int64_t rows, columns;

  logits(layout l, std::int64_t b, std::int64_t c, double seed)
      : memory(static_cast<std::size_t>(2 * b * c + 2), T(-99)), at(l), rows(b), columns(c) {
    for (std::int64_t i = 0; i < b; ++i)
      for (std::int64_t j = 0; j < c; ++j)
        (*this)(i, j) = static_cast<T>(3 * std::sin(seed * static_cast<double>(7 * i + j + 1)));
  }
  T& operator()(std::int64_t i, std::int64_t j) {
    return memory[static_cast<std::size_t>(at.first + i * at.row + j * at.along)];
  }
  kd::tensor_view<T> view() {
    return kd::tensor(memory.data() + at.first, {rows, columns}, {at.row, at.along});
  }
};

std::vector<layout> layouts(std::int64_t b, std::int64_t c) {
  return {{"row-major", c, 1, 0},
          {"column-major", 1, b, 0},
          {"rows apart", 2 * c, 1, 0},
          {"every other class", 2 * c, 2, 0},
          {"last row first", -c, 1, (b - 1) * c}};
}

template <class T>
void check(std::int64_t b, std::int64_t c, double tolerance) {
  const auto objective =
      0.7 * kd::soft_targets(zs, zt, {.temperature = 3}) +
      0.3 * kd::cross_entropy(zs, y, {.ignore_index = -1}) +
      kd::mean<batch, classes>(kd::square(kd::softmax<classes>(zs) - kd::one_hot<classes>(y, -1)));
  std::vector<int> labels(static_cast<std::size_t>(b));
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels[i] = i % 5 == 3 ? -1 : static_cast<int>(i * 7 % static_cast<std::size_t>(c));
  for (const layout& l : layouts(b, c)) {
    INFO(l.name << ", " << b << " x " << c);
    logits<T> s(l, b, c, 0.9), t(l, b, c, 0.7), g(l, b, c, 0.5), sum = g;
    auto sv = s.view(), tv = t.view(), gv = g.view(), sumv = sum.view();
    const auto expected = kd::evaluate(objective, kd::reference, zs = sv, zt = tv, y = labels);
    const auto got = kd::evaluate(objective, zs = sv, zt = tv, y = labels, kd::gradient(zs) = gv);
    CHECK(got.value() == Approx(expected.value()).epsilon(tolerance).margin(tolerance));
    kd::evaluate(objective, zs = sv, zt = tv, y = labels, kd::gradient(zs) += sumv);
    logits<T> start(l, b, c, 0.5), in_place = s;
    auto same = in_place.view();
    kd::evaluate(objective, zs = same, zt = tv, y = labels, kd::gradient(zs) = same);
    const auto gradient = expected.gradient(zs);
    kd::test::largest alone, added, over;
    for (std::int64_t i = 0; i < b; ++i)
      for (std::int64_t j = 0; j < c; ++j) {
        const double wanted = gradient.data[i * gradient.strides[0] + j * gradient.strides[1]];
        alone(static_cast<double>(g(i, j)) - wanted);
        added(static_cast<double>(sum(i, j)) - static_cast<double>(start(i, j)) - wanted);
        over(static_cast<double>(in_place(i, j)) - static_cast<double>(g(i, j)));
      }
    CHECK(alone.value() < tolerance);
    CHECK(added.value() < 4 * tolerance);
    CHECK(over.value() == 0);
    std::size_t untouched = 0;  // elements between the rows and behind them
    for (T x : g.memory) untouched += x == T(-99) ? 1u : 0u;
    CHECK(untouched == g.memory.size() - static_cast<std::size_t>(b * c));
  }
}

}  // namespace

TEST_CASE("rows across lanes agree with the reference, whatever rows, classes and layout") {
  for (std::int64_t b : {1, 3, 15, 16, 17, 33})
    for (std::int64_t c : {1, 2, 10, 16, 31, 129}) {
      check<float>(b, c, 2e-6);
      check<double>(b, c, 1e-13);
    }
}

TEST_CASE("rows side by side in memory are read where they are, also long ones") {
  check<float>(32, 400, 2e-6);
  check<double>(16, 200, 1e-13);
}

TEST_CASE("a result has the same bits whatever the other rows of its tile are") {
  const std::int64_t c = 10;
  logits<float> s({"", c, 1, 0}, 21, c, 0.9), t({"", c, 1, 0}, 21, c, 0.7), g = s, others = s;
  auto sv = s.view(), tv = t.view(), gv = g.view();
  const auto objective =
      kd::sum<batch>(kd::kl<classes>(kd::log_softmax<classes>(zt), kd::log_softmax<classes>(zs)));
  kd::evaluate(objective, zs = sv, zt = tv, kd::gradient(zs) = gv);
  for (std::int64_t i = 0; i < 21; ++i)
    if (i != 17)
      for (std::int64_t j = 0; j < c; ++j) s(i, j) = -s(i, j) * 50;
  auto ov = others.view();
  kd::evaluate(objective, zs = sv, zt = tv, kd::gradient(zs) = ov);
  for (std::int64_t j = 0; j < c; ++j) CHECK(others(17, j) == g(17, j));
}

TEST_CASE("transposing registers") {
  constexpr int W = kd::detail::native_width<float>;
  kd::detail::simd<float, W> packs[W];
  for (int i = 0; i < W; ++i)
    for (int j = 0; j < W; ++j) packs[i].v[j] = static_cast<float>(100 * i + j);
  kd::detail::transpose(packs);
  for (int i = 0; i < W; ++i)
    for (int j = 0; j < W; ++j) CHECK(packs[i].v[j] == static_cast<float>(100 * j + i));
}
