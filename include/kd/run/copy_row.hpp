// SPDX-License-Identifier: MIT
// Rows of a tensor to and from contiguous memory of the kernel's type.
#pragma once
#include <cstring>

#include <kd/run/call.hpp>

namespace kd::detail {

/// to[i] = what join(to[i], from[i]) gives, for contiguous memory: a fixed number at a time, which
/// compilers turn into vector instructions whatever the types.
template <class To, class From, class Join>
void convert(To* to, const From* from, std::int64_t n, Join join) {
  constexpr int block = 16;
  std::int64_t i = 0;
  for (; i + block <= n; i += block) {
    To old[block];
    From added[block];
    std::memcpy(old, to + i, sizeof(old));
    std::memcpy(added, from + i, sizeof(added));
    for (int j = 0; j < block; ++j) old[j] = join(old[j], added[j]);
    std::memcpy(to + i, old, sizeof(old));
  }
  for (; i < n; ++i) to[i] = join(to[i], from[i]);
}

/// Copies the n positions of a tensor that start at `offset` to `to`.
template <class T>
void copy_in(T* to, const memory_view& v, std::int64_t offset, const odometer& positions,
             std::int64_t n) {
  visit_element(v.type, v.data, [&](auto* data) {
    using stored = std::remove_cvref_t<decltype(*data)>;
    data += offset;
    if (positions.contiguous(v.stride))
      convert(to, data, n, [](T, stored x) { return static_cast<T>(x); });
    else
      for (std::int64_t i = 0; i < n; ++i)
        to[i] = static_cast<T>(data[positions.offset(i, v.stride)]);
  });
}

/// Copies `from` to the n positions of a tensor that start at `offset`, or adds it to what is there.
template <class T>
void copy_out(const memory_view& v, std::int64_t offset, const odometer& positions, std::int64_t n,
              const T* from) {
  visit_floating(v.type, v.data, [&](const auto* data) {
    using stored = std::remove_cvref_t<decltype(*data)>;
    stored* to = const_cast<stored*>(data) + offset;
    const auto copy = [&](auto join) {
      if (positions.contiguous(v.stride)) return convert(to, from, n, join);
      for (std::int64_t i = 0; i < n; ++i) {
        stored& target = to[positions.offset(i, v.stride)];
        target = join(target, from[i]);
      }
    };
    if (v.accumulate)
      copy([](stored old, T x) { return static_cast<stored>(static_cast<T>(old) + x); });
    else copy([](stored, T x) { return static_cast<stored>(x); });
  });
}

}  // namespace kd::detail
