// SPDX-License-Identifier: MIT
// Single numbers of a tensor, of whatever type. Functions that look at the type at run time stay
// out of line: inlined into every instruction they would be most of a program's code.
#pragma once
#include <cmath>

#include <kd/run/call.hpp>

namespace kd::detail {

template <class T>
KD_NOINLINE T converted_number(const memory_view& v, std::int64_t offset) {
  return visit_element(v.type, v.data, [&](auto* data) { return static_cast<T>(data[offset]); });
}
/// The element at `offset`, as T.
template <class T>
T number_at(const memory_view& v, std::int64_t offset) {
  if (v.type == element_of<T>()) return static_cast<const T*>(v.data)[offset];
  return converted_number<T>(v, offset);
}

KD_NOINLINE inline std::int64_t converted_label(const memory_view& v, std::int64_t offset) {
  return visit_element(v.type, v.data,
                       [&](auto* data) { return static_cast<std::int64_t>(data[offset]); });
}
inline std::int64_t label_at(const memory_view& v, std::int64_t offset) {
  if (v.type == element::signed_int) return static_cast<const int*>(v.data)[offset];
  return converted_label(v, offset);
}

template <class T>
KD_NOINLINE void put_converted(const memory_view& v, std::int64_t offset, T value) {
  visit_floating(v.type, v.data, [&](const auto* data) {
    using stored = std::remove_cvref_t<decltype(*data)>;
    stored& target = const_cast<stored*>(data)[offset];
    target = static_cast<stored>(v.accumulate ? static_cast<T>(target) + value : value);
  });
}
/// Writes the element at `offset`, or adds to it where the tensor accumulates.
template <class T>
void put_number(const memory_view& v, std::int64_t offset, T value) {
  if (v.type != element_of<T>()) return put_converted(v, offset, value);
  T& target = static_cast<T*>(const_cast<void*>(v.data))[offset];
  target = v.accumulate ? target + value : value;
}

}  // namespace kd::detail
