// SPDX-License-Identifier: MIT
// Numbers and names as a page shows them, the same in every locale.
#pragma once
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace kd::train::detail {

/// Text in which nothing is markup; control characters, which no page may hold, are replaced.
inline std::string escaped(std::string_view text) {
  std::string out;
  for (char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '&') out += "&amp;";
    else if (letter == '<') out += "&lt;";
    else if (letter == '>') out += "&gt;";
    else if (letter == '"') out += "&quot;";
    else if (letter == '\'') out += "&#39;";
    else if ((code < 32 && letter != '\n' && letter != '\t') || code == 127) out += "\xef\xbf\xbd";
    else out += letter;
  }
  return out;
}

/// With this many digits behind the point; a number that is not finite is a dash.
inline std::string fixed(double number, int digits) {
  if (!std::isfinite(number)) return "\xe2\x80\x93";
  char text[400];
  const auto end =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, digits);
  std::string out(text, end.ptr);
  if (out[0] == '-' && out.find_first_not_of("-0.") == std::string::npos) out.erase(0, 1);
  return out;
}
/// With its sign, a real minus.
inline std::string with_sign(double number, int digits) {
  std::string text = fixed(std::abs(number), digits);
  if (text.find_first_not_of("0.") == std::string::npos || !std::isfinite(number)) return text;
  return (number < 0 ? "\xe2\x88\x92" : "+") + text;
}
/// A fraction as "93.42 %".
inline std::string percent(double fraction, int digits = 2) {
  return fixed(100 * fraction, digits) + "\xc2\xa0%";
}
/// 1234567 as "1 234 567", with spaces at which no line breaks.
inline std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = text[0] == '-' ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3; at -= 3) text.insert(at - 3, "\xe2\x80\xaf");
  return text;
}
/// Three digits that count, and the rest as a letter: "1.23 M", "45.6 k", "789".
inline std::string rounded(double number) {
  if (!std::isfinite(number)) return "\xe2\x80\x93";
  static constexpr const char* letters[] = {"", "k", "M", "G", "T"};
  std::size_t thousands = 0;
  double size = std::abs(number);
  while (size >= 999.5 && thousands < 4) size /= 1000, ++thousands;
  const int digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  std::string text = fixed(number < 0 ? -size : size, digits);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return thousands == 0 ? text : text + "\xc2\xa0" + letters[thousands];
}
/// Four digits that count, as short as that: 0.1, 2.5e-05.
inline std::string compact(double number) {
  if (!std::isfinite(number)) return "\xe2\x80\x93";
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, number, std::chars_format::general, 4).ptr};
}

}  // namespace kd::train::detail
