// SPDX-License-Identifier: MIT
// What a text that is read says about a mistake in it, and where.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include <kd/error.hpp>

namespace kd {
namespace detail {

/// One sentence about the character at `at` (counted from 0; said from 1), then the text around it
/// with a caret below. Bytes that are not printable ASCII are shown as '?'.
inline std::string point_at(std::string_view text, std::size_t at, const std::string& what,
                            const std::string& kind) {
  constexpr std::size_t around = 60;  // characters that are shown before and after
  const std::size_t begin = at > around ? at - around : 0;
  std::string shown = begin > 0 ? "..." : "";
  const std::size_t caret = shown.size() + at - begin;
  for (const char c : text.substr(begin, at - begin + around))
    shown += c >= ' ' && c <= '~' ? c : c == '\t' || c == '\n' || c == '\r' ? ' ' : '?';
  if (text.size() > at + around) shown += "...";
  const std::string end = at == text.size() ? ", where the text ends" : "";
  return "kd: at character " + std::to_string(at + 1) + " of the " + kind + end + ": " + what +
         "\n  " + shown + "\n  " + std::string(caret, ' ') + "^";
}

}  // namespace detail

/// A mistake in a text: a sentence that points at the character where it went wrong. Whoever reads
/// a text that holds another one throws it again, with the whole text and the place in that.
class text_error : public value_error {
 public:
  /// `at` is counted from 0, at most the text's size; `kind` is what the text is: "schedule".
  text_error(std::string_view text, std::size_t at, const std::string& what,
             const std::string& kind)
      : value_error(detail::point_at(text, at, what, kind)), at_(at), what_(what) {}
  std::size_t at() const { return at_; }
  /// What is wrong, without the place.
  const std::string& problem() const { return what_; }

 private:
  std::size_t at_;
  std::string what_;
};

}  // namespace kd
