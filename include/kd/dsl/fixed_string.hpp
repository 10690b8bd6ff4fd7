// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string_view>

namespace kd {

/// A string literal as a template argument: `student<"logits", batch, classes>`.
template <std::size_t N>
struct fixed_string {
  char text[N]{};

  constexpr fixed_string(const char (&literal)[N]) {  // implicit on purpose: users write literals
    for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
  }
  /// The first N - 1 characters of a text that is known at compile time.
  constexpr explicit fixed_string(std::string_view text_of_length) {
    for (std::size_t i = 0; i + 1 < N; ++i) text[i] = text_of_length[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

template <std::size_t N, std::size_t M>
constexpr bool operator==(const fixed_string<N>& a, const fixed_string<M>& b) {
  return a.view() == b.view();
}

}  // namespace kd
