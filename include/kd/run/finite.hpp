// SPDX-License-Identifier: MIT
// Whether a number is one, asked of its bits: flags such as -ffinite-math-only let compilers assume
// that every number is, and drop every other question.
#pragma once
#include <bit>
#include <cstdint>

namespace kd::detail {

constexpr bool is_finite(double x) {
  constexpr std::uint64_t exponent = std::uint64_t{0x7ff} << 52;
  return (std::bit_cast<std::uint64_t>(x) & exponent) != exponent;
}
constexpr bool is_finite(float x) {
  constexpr std::uint32_t exponent = 0xffu << 23;
  return (std::bit_cast<std::uint32_t>(x) & exponent) != exponent;
}
/// -inf counts as a number here: it masks a class.
constexpr bool is_finite_or_mask(double x) {
  return is_finite(x) || std::bit_cast<std::uint64_t>(x) == std::uint64_t{0xfff} << 52;
}

}  // namespace kd::detail
