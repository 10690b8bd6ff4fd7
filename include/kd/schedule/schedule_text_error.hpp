// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

namespace kd::detail {

/// One sentence about the character at `at` (counted from 0; said from 1), then the text around it
/// with a caret below. Bytes that are not printable ASCII are shown as '?'.
inline std::string schedule_text_error(std::string_view text, std::size_t at,
                                       const std::string& what) {
  constexpr std::size_t around = 60;  // characters that are shown before and after
  const std::size_t begin = at > around ? at - around : 0;
  std::string shown = begin > 0 ? "..." : "";
  const std::size_t caret = shown.size() + at - begin;
  for (const char c : text.substr(begin, at - begin + around))
    shown += c >= ' ' && c <= '~' ? c : c == '\t' || c == '\n' || c == '\r' ? ' ' : '?';
  if (text.size() > at + around) shown += "...";
  const std::string end = at == text.size() ? ", where the text ends" : "";
  return "kd: at character " + std::to_string(at + 1) + " of the schedule" + end + ": " + what +
         "\n  " + shown + "\n  " + std::string(caret, ' ') + "^";
}

}  // namespace kd::detail
