// SPDX-License-Identifier: MIT
// Floating-point numbers of 16 bits, for memory only: they are computed with in float.
#pragma once
#include <bit>
#include <cstdint>
#include <type_traits>

#include <kd/config.hpp>

namespace kd {

namespace detail {

// Each conversion is one text for a number and for a vector of numbers; Bits are unsigned integers
// of 32 bits, and so is what stands for a number of 16.

/// IEEE's half precision.
struct half_format {
  /// The number nearest to x, ties to even; NaN stays NaN.
  template <class Bits, class Float>
  KD_INLINE static constexpr Bits to_bits(Float x) {
    const Bits bits = std::bit_cast<Bits>(x), size = bits & 0x7fffffffu;
    // Below 2^-14: the sum with 0.5 is rounded to a multiple of 2^-24, the least half.
    const Bits small = std::bit_cast<Bits>(std::bit_cast<Float>(size) + 0.5f) - 0x3f000000u;
    const Bits usual = (size - (112u << 23) + 0xfffu + (size >> 13 & 1u)) >> 13;
    const Bits large = size > 0x7f800000u ? Bits{} + 0x7e00u : Bits{} + 0x7c00u;
    return (bits >> 16 & 0x8000u) |
           (size >= 0x47800000u ? large : Bits(size < 0x38800000u ? small : usual));
  }
  template <class Float, class Bits>
  KD_INLINE static constexpr Float of_bits(Bits bits) {
    const Bits size = bits & 0x7fffu, usual = (size << 13) + (112u << 23);
    const Bits small = std::bit_cast<Bits>(std::bit_cast<Float>(size + 0x3f000000u) - 0.5f);
    const Bits exact =
        size >= 0x7c00u ? usual + (112u << 23) : Bits(size < 0x0400u ? small : usual);
    return std::bit_cast<Float>(((bits & 0x8000u) << 16) | exact);
  }
};
/// Float's upper half: 8 significant bits.
struct brain_format {
  template <class Bits, class Float>
  KD_INLINE static constexpr Bits to_bits(Float x) {
    const Bits bits = std::bit_cast<Bits>(x);
    const Bits rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
    return (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16 | 0x0040u) : rounded;
  }
  template <class Float, class Bits>
  KD_INLINE static constexpr Float of_bits(Bits bits) {
    return std::bit_cast<Float>(bits << 16);
  }
};

/// A number as it lies in memory; it may stand for another library's type of the same bits.
template <class Format>
struct [[gnu::may_alias]] stored16 : Format {
  std::uint16_t bits;
  stored16() = default;
  template <class T>
  requires std::is_arithmetic_v<T> KD_INLINE explicit constexpr stored16(T x)
      : bits(static_cast<std::uint16_t>(
            Format::template to_bits<std::uint32_t>(static_cast<float>(x)))) {}
  KD_INLINE constexpr operator float() const {
    return Format::template of_bits<float>(std::uint32_t{bits});
  }
};

}  // namespace detail

using float16 = detail::stored16<detail::half_format>;
using bfloat16 = detail::stored16<detail::brain_format>;

}  // namespace kd
