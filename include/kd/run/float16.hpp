// SPDX-License-Identifier: MIT
// Floating-point numbers of 16 bits, for memory only: they are computed with in float. Conversions
// are written without branches, so that loops over them become vector instructions.
#pragma once
#include <bit>
#include <cstdint>
#include <type_traits>

#include <kd/config.hpp>

namespace kd {

namespace detail {

/// The bits of the number nearest to x in IEEE's half precision, ties to even; NaN stays NaN.
KD_INLINE constexpr std::uint16_t float16_bits(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x), size = bits & 0x7fffffffu;
  // Below 2^-14: the sum with 0.5 is rounded to a multiple of 2^-24, the least half.
  const auto small = std::bit_cast<std::uint32_t>(std::bit_cast<float>(size) + 0.5f) - 0x3f000000u;
  const auto usual = (size - (112u << 23) + 0xfffu + (size >> 13 & 1)) >> 13;
  const auto large = size > 0x7f800000u ? 0x7e00u : 0x7c00u;
  const auto rounded = size >= 0x47800000u ? large : size < 0x38800000u ? small : usual;
  return static_cast<std::uint16_t>((bits >> 16 & 0x8000u) | rounded);
}
KD_INLINE constexpr float float_of_float16(std::uint16_t bits) {
  const std::uint32_t size = bits & 0x7fffu, usual = (size << 13) + (112u << 23);
  const float least = static_cast<float>(static_cast<std::int32_t>(size)) * 0x1p-24f;
  const auto exact = size >= 0x7c00u  ? usual + (112u << 23)
                     : size < 0x0400u ? std::bit_cast<std::uint32_t>(least)
                                      : usual;
  return std::bit_cast<float>((bits & 0x8000u) << 16 | exact);
}
/// The same for float's upper half.
KD_INLINE constexpr std::uint16_t bfloat16_bits(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto rounded = (bits + 0x7fffu + (bits >> 16 & 1)) >> 16;
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return static_cast<std::uint16_t>(is_nan ? bits >> 16 | 0x0040u : rounded);
}
KD_INLINE constexpr float float_of_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

}  // namespace detail

/// IEEE's half precision as it lies in memory. It may stand for another library's type of these
/// bits.
struct [[gnu::may_alias]] float16 {
  std::uint16_t bits;
  float16() = default;
  template <class T>
  requires std::is_arithmetic_v<T> KD_INLINE explicit constexpr float16(T x)
      : bits(detail::float16_bits(static_cast<float>(x))) {}
  KD_INLINE constexpr operator float() const { return detail::float_of_float16(bits); }
};

/// bfloat16 as it lies in memory: float with 8 significant bits.
struct [[gnu::may_alias]] bfloat16 {
  std::uint16_t bits;
  bfloat16() = default;
  template <class T>
  requires std::is_arithmetic_v<T> KD_INLINE explicit constexpr bfloat16(T x)
      : bits(detail::bfloat16_bits(static_cast<float>(x))) {}
  KD_INLINE constexpr operator float() const { return detail::float_of_bfloat16(bits); }
};

}  // namespace kd
