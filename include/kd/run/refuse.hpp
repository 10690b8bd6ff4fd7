// SPDX-License-Identifier: MIT
// How checks throw: sentences are put together in one place that is compiled once, not in each
// check, where that would be most of the code.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <kd/config.hpp>
#include <kd/error.hpp>

namespace kd::detail {

/// A part of a sentence: text, or a number.
class sentence_part {
 public:
  constexpr sentence_part(std::string_view text) : text_(text) {}
  constexpr sentence_part(const char* text) : text_(text) {}
  sentence_part(const std::string& text) : text_(text) {}
  constexpr sentence_part(std::integral auto number)
      : number_(static_cast<std::int64_t>(number)), is_number_(true) {}

  void add_to(std::string& sentence) const {
    if (is_number_) sentence += std::to_string(number_);
    else sentence += text_;
  }

 private:
  std::string_view text_;
  std::int64_t number_ = 0;
  bool is_number_ = false;
};

KD_COLD inline std::string sentence(std::initializer_list<sentence_part> parts) {
  std::string all = "kd: ";
  for (const sentence_part& part : parts) part.add_to(all);
  return all;
}

/// Throws an error whose sentence is "kd: " and these parts.
template <class Error>
[[noreturn]] KD_COLD void refuse(std::initializer_list<sentence_part> parts) {
  throw Error(sentence(parts));
}

}  // namespace kd::detail
