// SPDX-License-Identifier: MIT
// Loops over elements a pack at a time: a compiler that cannot know whether two arrays are the same
// takes single elements where they are.
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/run/simd.hpp>

namespace kd::nn::detail {

/// y = f(x, y) for all elements, a pack at a time.
template <class T, class Function>
void change_packs(const T* x, T* y, std::int64_t count, Function f) {
  constexpr int width = kd::detail::native_width<T>;
  using pack = kd::detail::simd<T, width>;
  std::int64_t i = 0;
  for (; i + width <= count; i += width)
    kd::detail::store(y + i,
                      f(kd::detail::load<T, width>(x + i), kd::detail::load<T, width>(y + i)));
  const int left = static_cast<int>(count - i);
  if (left == 0) return;
  const pack result =
      f(kd::detail::load_first(x + i, left, pack()), kd::detail::load_first(y + i, left, pack()));
  kd::detail::store_first(y + i, left, result);
}

template <class T>
void copy_unless_same(const T* from, std::int64_t count, T* to) {
  if (from != to) std::copy_n(from, count, to);
}

}  // namespace kd::nn::detail
