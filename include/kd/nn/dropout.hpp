// SPDX-License-Identifier: MIT
// In training y = x / (1 - rate) with probability 1 - rate, else 0;  in evaluation y = x.
// Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov. Dropout. JMLR 15, 2014; scaled in
// training rather than in evaluation.
#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include <kd/nn/layer.hpp>
#include <kd/nn/random.hpp>

namespace kd::nn {
namespace detail {

/// A share in [0, 1) as a template argument: clang 14 has none of floating point.
struct share {
  std::uint64_t parts;  // of 2^32; above 2^32 for a number that is no share

  template <class Number>
  requires std::is_arithmetic_v<Number>
  constexpr share(Number number)  // implicit on purpose: users write numbers
      : parts(number >= 0 && number < 1
                  ? static_cast<std::uint64_t>(static_cast<double>(number) * 4294967296.0)
                  : std::uint64_t{1} << 33) {}
};

/// Writes `from`, scaled or zero. A number has 32 random bits: two words' halves side by side.
template <class T>
void drop(const layer_plan& p, const layer_work<T>& work, const T* from, T* to) {
  const std::int64_t size = p.input.size();
  if (!work.numbers) {
    if (from != to) std::copy_n(from, work.samples * size, to);
    return;
  }
  const T scale = static_cast<T>(4294967296.0 / (4294967296.0 - static_cast<double>(p.drop)));
  for (std::int64_t sample = 0; sample < work.samples; ++sample, from += size, to += size) {
    const std::uint64_t number = static_cast<std::uint64_t>(work.numbers[sample]);
    const auto keep = [&](std::int64_t i, std::uint64_t bits) {
      to[i] = bits >= p.drop ? scale * from[i] : T(0);
    };
    for (std::int64_t i = 0; i + 1 < size; i += 2) {
      const std::uint64_t bits = random_bits(work.key, number, static_cast<std::uint64_t>(i));
      keep(i, bits >> 32);
      keep(i + 1, bits & 0xffffffffu);
    }
    if (size % 2 == 1)
      keep(size - 1, random_bits(work.key, number, static_cast<std::uint64_t>(size - 1)) >> 32);
  }
}

template <class T>
void dropout_forward(const layer_plan& p, const layer_work<T>& work) {
  drop<T>(p, work, work.input, work.output);
}
template <class T>
void dropout_backward(const layer_plan& p, const layer_work<T>& work) {
  drop<T>(p, work, work.output_gradient, work.input_gradient);
}

}  // namespace detail

/// Drops a share of the numbers in training: `dropout<0.1>`. Which, follows from seed, epoch,
/// sample and layer.
template <detail::share Rate>
struct dropout {
  static constexpr layer_plan plan(shape input) {
    return {.kind = "dropout",
            .input = input,
            .output = input,
            .problem = Rate.parts >> 32 == 0 ? misfit::none : misfit::bad_rate,
            .drop = Rate.parts,
            .in_place = true,
            .flops = 0};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::dropout_forward<T>, .backward = &detail::dropout_backward<T>};
  }
};

}  // namespace kd::nn
