// SPDX-License-Identifier: MIT
// Adaptive average pooling against plain loops, also to more positions than there are.
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;

namespace {

inline constexpr struct cell : kd::axis<"cell"> {
} cell;
inline constexpr struct column : kd::axis<"column"> {
} column;
constexpr auto fs = kd::student<"map", batch, height>;
constexpr auto ft = kd::teacher<"map", batch, cell>;
const auto objective =
    kd::mean<batch, cell>(kd::square(kd::adaptive_average_pool<height, cell>(fs) - ft));

std::vector<double> numbers(std::int64_t n, double seed) {
  std::vector<double> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::sin(seed * static_cast<double>(i + 1));
  return v;
}

/// Windows as PyTorch defines them.
double pooled(const double* x, std::int64_t from, std::int64_t to, std::int64_t p) {
  const std::int64_t begin = p * from / to, end = ((p + 1) * from + to - 1) / to;
  double sum = 0;
  for (std::int64_t i = begin; i < end; ++i) sum += x[i];
  return sum / static_cast<double>(end - begin);
}

double expected(const std::vector<double>& s, const std::vector<double>& t, std::int64_t rows,
                std::int64_t from, std::int64_t to) {
  double sum = 0;
  for (std::int64_t b = 0; b < rows; ++b)
    for (std::int64_t p = 0; p < to; ++p) {
      const double d =
          pooled(s.data() + b * from, from, to, p) - t[static_cast<std::size_t>(b * to + p)];
      sum += d * d;
    }
  return sum / static_cast<double>(rows * to);
}

}  // namespace

TEST_CASE("adaptive average pooling: value and gradient, fewer and more positions") {
  for (std::int64_t from : {1, 2, 7, 12})
    for (std::int64_t to : {1, 3, 4, 7, 17}) {
      INFO(from << " to " << to);
      const std::int64_t rows = 3;
      std::vector<double> s = numbers(rows * from, 1.3), t = numbers(rows * to, 0.7);
      const auto S = kd::tensor(s.data(), {rows, from});
      const auto Z = kd::tensor(t.data(), {rows, to});
      const auto got = kd::evaluate(objective, kd::eigen, fs = S, ft = Z);
      CHECK(got.value() == Approx(expected(s, t, rows, from, to)).epsilon(1e-13));
      CHECK(kd::evaluate(objective, kd::reference, fs = S, ft = Z).value() ==
            Approx(got.value()).epsilon(1e-13));
      kd::test::largest error;
      for (std::size_t i = 0; i < s.size(); ++i) {
        const double before = s[i], h = 1e-5;
        s[i] = before + h;
        const double above = expected(s, t, rows, from, to);
        s[i] = before - h;
        const double below = expected(s, t, rows, from, to);
        s[i] = before;
        const auto row = static_cast<Eigen::Index>(i) / from,
                   at = static_cast<Eigen::Index>(i) % from;
        error(got.gradient(fs)(row, at) - (above - below) / (2 * h));
      }
      CHECK(error.value() < 1e-8);
    }
}

TEST_CASE("a teacher's map is pooled to the student's size") {
  constexpr auto student_map = kd::student<"conv", batch, height, width>;
  constexpr auto teacher_map = kd::teacher<"conv", batch, cell, column>;
  const auto smaller = kd::adaptive_average_pool<cell, height>(
      kd::adaptive_average_pool<column, width>(teacher_map));
  const auto hint = kd::mean<batch, height, width>(kd::square(student_map - smaller));
  const std::vector<double> s = numbers(2 * 3 * 2, 0.3), t = numbers(2 * 7 * 5, 0.9);
  const auto S = kd::tensor(s.data(), {2, 3, 2});
  const auto Z = kd::tensor(t.data(), {2, 7, 5});
  double sum = 0;
  for (std::int64_t b = 0; b < 2; ++b)
    for (std::int64_t h = 0; h < 3; ++h)
      for (std::int64_t w = 0; w < 2; ++w) {
        double lines[7];
        for (std::int64_t i = 0; i < 7; ++i) lines[i] = pooled(t.data() + (b * 7 + i) * 5, 5, 2, w);
        const double d = s[static_cast<std::size_t>((b * 3 + h) * 2 + w)] - pooled(lines, 7, 3, h);
        sum += d * d;
      }
  CHECK(kd::evaluate(hint, student_map = S, teacher_map = Z).value() ==
        Approx(sum / 12).epsilon(1e-13));
}
