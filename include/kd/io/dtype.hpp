// SPDX-License-Identifier: MIT
// Types of numbers in files.
#pragma once
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace kd::io {

enum class dtype : std::uint8_t { f64, f32, f16, bf16, i64, u64, i32, u8, boolean };

namespace detail {

struct dtype_row {
  dtype type;
  std::string_view name;
  std::size_t size;
};
inline constexpr std::array<dtype_row, 9> dtypes{{{dtype::f64, "F64", 8},
                                                  {dtype::f32, "F32", 4},
                                                  {dtype::f16, "F16", 2},
                                                  {dtype::bf16, "BF16", 2},
                                                  {dtype::i64, "I64", 8},
                                                  {dtype::u64, "U64", 8},
                                                  {dtype::i32, "I32", 4},
                                                  {dtype::u8, "U8", 1},
                                                  {dtype::boolean, "BOOL", 1}}};

constexpr const dtype_row& row_of(dtype type) { return dtypes[static_cast<std::size_t>(type)]; }

}  // namespace detail

/// "F32", as safetensors spells it.
constexpr std::string_view name_of(dtype type) { return detail::row_of(type).name; }

/// Bytes of one number.
constexpr std::size_t size_of(dtype type) { return detail::row_of(type).size; }

constexpr std::optional<dtype> parse_dtype(std::string_view name) {
  for (const auto& row : detail::dtypes)
    if (row.name == name) return row.type;
  return std::nullopt;
}

/// What C++ has a type for; F16 and BF16 are bytes to their user.
template <class T>
concept Storable = std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, bool> ||
    (std::integral<T> && (sizeof(T) == 8 || (sizeof(T) == 4 && std::signed_integral<T>) ||
                          std::same_as<T, std::uint8_t>));

/// The dtype of a type's own memory.
template <Storable T>
inline constexpr dtype dtype_of = [] {
  if constexpr (std::same_as<T, double>) return dtype::f64;
  else if constexpr (std::same_as<T, float>) return dtype::f32;
  else if constexpr (std::same_as<T, bool>) return dtype::boolean;
  else if constexpr (sizeof(T) == 4) return dtype::i32;
  else if constexpr (sizeof(T) == 1) return dtype::u8;
  else return std::signed_integral<T> ? dtype::i64 : dtype::u64;
}();

}  // namespace kd::io
