// SPDX-License-Identifier: MIT
// Random numbers from a counter: a number is a function of (seed, stream, counter), so any thread
// can draw any of them, and made of integers: its bits are the same on every machine.
#pragma once
#include <cstdint>

namespace kd::nn {

/// 64 random bits: number `counter` of a stream.
constexpr std::uint64_t random_bits(std::uint64_t seed, std::uint64_t stream,
                                    std::uint64_t counter) {
  constexpr auto mix = [](std::uint64_t x) {  // splitmix64's: Steele, Lea, Flood 2014
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  };
  constexpr std::uint64_t step = 0x9e3779b97f4a7c15u;
  return mix(mix(mix(seed + step) ^ (stream + 1) * step) + (counter + 1) * step);
}

/// A number in [0, 1).
constexpr double random_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  return static_cast<double>(random_bits(seed, stream, counter) >> 11) / 9007199254740992.0;
}

/// A number of mean 0 and variance 1, bell-shaped within -6 .. 6: the sum of twelve uniform ones,
/// the stream's words 6 * counter to 6 * counter + 5. A true normal needs log and cos, whose last
/// bits differ between machines.
constexpr double random_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  std::int64_t sum = -(std::int64_t{6} << 32);
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::uint64_t bits = random_bits(seed, stream, 6 * counter + i);
    sum += static_cast<std::int64_t>(bits >> 32) + static_cast<std::int64_t>(bits & 0xffffffffu);
  }
  return static_cast<double>(sum) / 4294967296.0;
}

}  // namespace kd::nn
