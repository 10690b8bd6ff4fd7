// SPDX-License-Identifier: MIT
// Random schedules of every kind that text can name.
#pragma once
#include <bit>
#include <cstdint>
#include <random>

#include <kd/schedule/kinds.hpp>

namespace kd::test {

class random_schedule {
 public:
  explicit random_schedule(unsigned seed) : random_(seed) {}

  /// A tree of at most this depth; smaller than asked for where it would have too many parts.
  schedule operator()(int depth) {
    const schedule a = depth > 0 ? (*this)(depth - 1) : schedule(number());
    if (depth == 0) return a;
    try {
      switch (below(8)) {
        case 0: return a + (*this)(depth - 1);
        case 1: return a - (*this)(depth - 1);
        case 2: return a * (*this)(depth - 1);
        case 3: return a / (*this)(depth - 1);
        case 4: return -a;
        default: return of_kind(*detail::schedule_kinds[below(kinds)], a, (*this)(depth - 1));
      }
    } catch (const value_error&) { return a; }
  }

  schedule of_kind(const detail::schedule_kind& kind, const schedule& a, const schedule& b) {
    std::array<double, 3> numbers{};
    for (int k = 0; k < kind.numbers(); ++k)
      numbers[static_cast<unsigned>(k)] = number_in(*kind.parameters[k].range);
    if (kind.form == detail::notation::breakpoints) {
      schedule s(kind, numbers);
      for (double p = numbers[0]; (p += 0.1 + 0.3 * uniform()) <= 1;)
        s = detail::with_breakpoint(s, kind, p, number());
      return s;
    }
    switch (kind.count() - kind.numbers()) {
      case 0: return {kind, numbers};
      case 1: return {kind, numbers, a};
      default: return {kind, numbers, a, b};
    }
  }

  int below(std::size_t n) { return static_cast<int>(random_() % n); }

  static constexpr std::size_t kinds = std::size(detail::schedule_kinds);

 private:
  std::mt19937_64 random_;

  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  /// Small and round, or any double at all.
  double number() {
    if (below(2) == 0) return below(21) - 10;
    for (;;) {
      const auto x = std::bit_cast<double>(random_());
      if (x - x == 0) return x;
    }
  }
  double number_in(const detail::parameter_range& range) {
    for (;;) {
      const double x = below(2) == 0 ? uniform() : number();
      if (range.holds(x)) return x;
    }
  }
};

/// The same bits everywhere; not a number equals itself.
inline bool same(const schedule& a, const schedule& b) {
  for (int i = 0; i <= 20; ++i) {
    const double x = a(i / 20.0), y = b(i / 20.0);
    if (std::bit_cast<std::uint64_t>(x) != std::bit_cast<std::uint64_t>(y) && (x == x || y == y))
      return false;
  }
  return true;
}

}  // namespace kd::test
