// SPDX-License-Identifier: MIT
// Rows of a tensor to and from contiguous memory of the kernel's type.
#pragma once
#include <cstring>

#include <kd/run/numbers.hpp>
#include <kd/run/simd.hpp>

namespace kd::detail {

using floats = simd<float, native_width<float>>;
template <class T>
using as_floats [[gnu::vector_size(floats::width * sizeof(T))]] = T;

/// Whole packs of numbers from memory of float, float16 or bfloat16, and to it.
KD_INLINE floats load_floats(const float* from) { return load<float, floats::width>(from); }
template <class T>
KD_INLINE floats load_floats(const T* from) {
  as_floats<std::uint16_t> bits;
  std::memcpy(&bits, from, sizeof(bits));
  return floats::of(
      T::template of_bits<floats::vector>(__builtin_convertvector(bits, as_floats<std::uint32_t>)));
}
KD_INLINE void store_floats(float* to, floats x) { store(to, x); }
template <class T>
KD_INLINE void store_floats(T* to, floats x) {
  const auto bits = __builtin_convertvector(T::template to_bits<as_floats<std::uint32_t>>(x.v),
                                            as_floats<std::uint16_t>);
  std::memcpy(to, &bits, sizeof(bits));
}
template <class T>
inline constexpr bool is_like_float =
    std::is_same_v<T, float> || std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>;

/// to[i] = from[i] in contiguous memory.
template <class T, class To, class From>
void convert(To* to, const From* from, std::int64_t n) {
  std::int64_t i = 0;
  if constexpr (std::is_same_v<T, float> && is_like_float<To> && is_like_float<From>)
    for (; i + floats::width <= n; i += floats::width) store_floats(to + i, load_floats(from + i));
  for (; i < n; ++i) to[i] = static_cast<To>(static_cast<T>(from[i]));
}

/// Copies the n positions of a tensor that start at `offset` to `to`.
template <class T>
KD_NOINLINE void copy_row_in(T* to, const memory_view& v, std::int64_t offset,
                             const odometer& positions, std::int64_t n) {
  if (!is_integer(v.type) && positions.contiguous(v.stride))
    return visit_floating(v.type, v.data,
                          [&](const auto* data) { convert<T>(to, data + offset, n); });
  for (std::int64_t i = 0; i < n; ++i)
    to[i] = number_at<T>(v, offset + positions.offset(i, v.stride));
}

/// The same for labels, as indices in memory of T.
template <class T>
KD_NOINLINE void copy_labels_in(T* to, const memory_view& v, std::int64_t offset,
                                const odometer& positions, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const auto index = to_index<index_of<T>>(label_at(v, offset + positions.offset(i, v.stride)));
    std::memcpy(to + i, &index, sizeof(index));
  }
}

/// Copies `from` to the n positions of a tensor that start at `offset`, or adds it to them.
template <class T>
KD_NOINLINE void copy_row_out(const memory_view& v, std::int64_t offset, const odometer& positions,
                              std::int64_t n, const T* from) {
  if (!v.accumulate && positions.contiguous(v.stride))
    return visit_floating(v.type, v.data, [&](const auto* data) {
      convert<T>(const_cast<std::remove_cvref_t<decltype(*data)>*>(data) + offset, from, n);
    });
  for (std::int64_t i = 0; i < n; ++i)
    put_number<T>(v, offset + positions.offset(i, v.stride), from[i]);
}

}  // namespace kd::detail
