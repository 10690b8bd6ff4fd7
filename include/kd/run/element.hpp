// SPDX-License-Identifier: MIT
// The types that elements of bound tensors have: at compile time a type, at run time a code.
#pragma once
#include <cstdint>
#include <type_traits>

#include <kd/run/float16.hpp>

namespace kd {

/// Customization point: the type that kd reads and writes elements of type T as, of the same size
/// and bits: float, double, float16, bfloat16 or a standard integer. Absent: T itself.
template <class T>
struct element_type {
  using type = T;
};
template <>
struct element_type<bool> {  // false names class 0, true class 1
  using type = unsigned char;
};
template <>
struct element_type<char> {
  using type = std::conditional_t<std::is_signed_v<char>, signed char, unsigned char>;
};
#if defined(KD_FLOAT16)
template <>
struct element_type<KD_FLOAT16> {
  using type = float16;
};
#endif

namespace detail {

/// The code of an element's type. Integers are told apart by type, not by size: memory must be read
/// as what it was written as.
enum class element : std::uint8_t {
  f64,
  f32,
  f16,
  bf16,
  signed_char,
  unsigned_char,
  signed_short,
  unsigned_short,
  signed_int,
  unsigned_int,
  signed_long,
  unsigned_long,
  signed_long_long,
  unsigned_long_long,
  none
};

template <class T>
inline constexpr element element_code = element::none;
template <>
inline constexpr element element_code<double> = element::f64;
template <>
inline constexpr element element_code<float> = element::f32;
template <>
inline constexpr element element_code<float16> = element::f16;
template <>
inline constexpr element element_code<bfloat16> = element::bf16;
template <>
inline constexpr element element_code<signed char> = element::signed_char;
template <>
inline constexpr element element_code<unsigned char> = element::unsigned_char;
template <>
inline constexpr element element_code<short> = element::signed_short;
template <>
inline constexpr element element_code<unsigned short> = element::unsigned_short;
template <>
inline constexpr element element_code<int> = element::signed_int;
template <>
inline constexpr element element_code<unsigned> = element::unsigned_int;
template <>
inline constexpr element element_code<long> = element::signed_long;
template <>
inline constexpr element element_code<unsigned long> = element::unsigned_long;
template <>
inline constexpr element element_code<long long> = element::signed_long_long;
template <>
inline constexpr element element_code<unsigned long long> = element::unsigned_long_long;

/// The code of T, which may be const or another library's type.
template <class T>
constexpr element element_of() {
  using known = typename element_type<std::remove_const_t<T>>::type;
  if constexpr (element_code<known> != element::none)
    static_assert(sizeof(known) == sizeof(T), "kd: element_type must keep the size of its type");
  return element_code<known>;
}

constexpr bool is_integer(element e) { return e >= element::signed_char && e < element::none; }
constexpr bool is_unsigned_64(element e) {
  return e == element::unsigned_long || e == element::unsigned_long_long;
}
constexpr bool is_16_bit(element e) { return e == element::f16 || e == element::bf16; }

/// Half of what is between 1 and the next number of a floating-point type.
constexpr double unit_roundoff(element e) {
  return e == element::f64    ? 0x1p-53
         : e == element::f16  ? 0x1p-11
         : e == element::bf16 ? 0x1p-8
                              : 0x1p-24;
}

/// Calls visitor(pointer) with `data` as a pointer to its element type, a floating-point one.
template <class Visitor>
decltype(auto) visit_floating(element type, const void* data, Visitor visitor) {
  switch (type) {
    case element::f64: return visitor(static_cast<const double*>(data));
    case element::f16: return visitor(static_cast<const float16*>(data));
    case element::bf16: return visitor(static_cast<const bfloat16*>(data));
    default: return visitor(static_cast<const float*>(data));
  }
}
/// The same with an integer type.
template <class Visitor>
decltype(auto) visit_integer(element type, const void* data, Visitor visitor) {
  switch (type) {
    case element::signed_char: return visitor(static_cast<const signed char*>(data));
    case element::unsigned_char: return visitor(static_cast<const unsigned char*>(data));
    case element::signed_short: return visitor(static_cast<const short*>(data));
    case element::unsigned_short: return visitor(static_cast<const unsigned short*>(data));
    case element::unsigned_int: return visitor(static_cast<const unsigned*>(data));
    case element::signed_long: return visitor(static_cast<const long*>(data));
    case element::unsigned_long: return visitor(static_cast<const unsigned long*>(data));
    case element::signed_long_long: return visitor(static_cast<const long long*>(data));
    case element::unsigned_long_long: return visitor(static_cast<const unsigned long long*>(data));
    default: return visitor(static_cast<const int*>(data));
  }
}
/// The same with any type.
template <class Visitor>
decltype(auto) visit_element(element type, const void* data, Visitor visitor) {
  if (is_integer(type)) return visit_integer(type, data, visitor);
  return visit_floating(type, data, visitor);
}

}  // namespace detail
}  // namespace kd
