// SPDX-License-Identifier: MIT
// One array of a file of arrays.
#pragma once
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kd/error.hpp>
#include <kd/io/dtype.hpp>

namespace kd::io {

/// What a file says about itself, in words.
using text_metadata = std::map<std::string, std::string>;

/// An array with a name, row-major. The bytes belong to someone else and need not be aligned.
struct tensor_entry {
  std::string name;
  dtype type = dtype::f32;
  std::vector<std::int64_t> extents;  // none: one number
  std::span<const std::byte> bytes;
};

namespace detail {

/// A name from anywhere, for a message: in quotes, not endless, without control characters.
inline std::string shown(const std::string& name) {
  std::string text = "'";
  for (const char c : name.substr(0, 80))
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return text + (name.size() > 80 ? "...'" : "'");
}

/// The bytes of an array, or false if there are 2^63 or more.
inline bool count_bytes(dtype type, std::span<const std::int64_t> extents, std::int64_t& bytes) {
  bytes = static_cast<std::int64_t>(size_of(type));
  bool fits = true;
  for (const std::int64_t extent : extents)
    fits = fits && extent >= 0 && !__builtin_mul_overflow(bytes, extent, &bytes);
  return fits;
}

}  // namespace detail

/// An entry for these values; without extents they have one axis.
template <Storable T>
tensor_entry entry_of(std::string name, std::span<const T> values,
                      std::vector<std::int64_t> extents) {
  return {std::move(name), dtype_of<T>, std::move(extents), std::as_bytes(values)};
}
template <Storable T>
tensor_entry entry_of(std::string name, std::span<const T> values) {
  return entry_of(std::move(name), values, {static_cast<std::int64_t>(values.size())});
}

/// Copies an entry's values. Throws value_error for another type than the entry's, shape_error for
/// another number of values.
template <Storable T>
void copy_values(const tensor_entry& from, std::span<T> to) {
  if (from.type != dtype_of<T>)
    throw value_error("kd: " + detail::shown(from.name) + " holds " +
                      std::string(name_of(from.type)) + ", not " +
                      std::string(name_of(dtype_of<T>)) + "; read it as what it holds");
  if (from.bytes.size() != to.size_bytes())
    throw shape_error("kd: " + detail::shown(from.name) + " holds " +
                      std::to_string(from.bytes.size() / sizeof(T)) + " values, not " +
                      std::to_string(to.size()) + "; make room for as many");
  if constexpr (std::same_as<T, bool>) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from.bytes[i] != std::byte{0};
  } else if (!to.empty()) {
    std::memcpy(to.data(), from.bytes.data(), to.size_bytes());
  }
}

}  // namespace kd::io
