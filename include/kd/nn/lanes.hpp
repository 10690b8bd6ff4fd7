// SPDX-License-Identifier: MIT
// The machine's vectors, as the compilers' vector extension: g++ 12 alone would use 256 bits where
// 512 exist.
#pragma once
#include <cstdint>

namespace kd::nn::detail {

#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
inline constexpr int vector_registers = 32;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
inline constexpr int vector_registers = 16;
#else
inline constexpr int vector_bytes = 16;
inline constexpr int vector_registers = 16;
#endif

/// The number of Ts in one of the machine's vectors.
template <class T>
inline constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

/// A vector of Ts; arithmetic works on all lanes at once.
template <class T, int Lanes>
struct vector_of {
  typedef T type __attribute__((vector_size(Lanes * sizeof(T))));
};
template <class T, int Lanes>
using vector = typename vector_of<T, Lanes>::type;

/// Calls body.operator()<Lanes>(channel) for vectors that cover all channels.
template <class T, int Lanes, class Body>
void for_each_vector(std::int64_t channels, const Body& body, std::int64_t first = 0) {
  for (; first + Lanes <= channels; first += Lanes) body.template operator()<Lanes>(first);
  if constexpr (Lanes > 1) for_each_vector<T, Lanes / 2>(channels, body, first);
}

/// Lanes elements, as a vector of another type.
template <class To, int Lanes, class T>
vector<To, Lanes> load_as(const T* from) {
  vector<T, Lanes> elements;
  __builtin_memcpy(&elements, from, sizeof elements);
  return __builtin_convertvector(elements, vector<To, Lanes>);
}

}  // namespace kd::nn::detail
