// SPDX-License-Identifier: MIT
// Numbers as text, the same in every locale.
#pragma once
#include <charconv>
#include <string>

namespace kd::detail {

/// The shortest text that reads back as the same double; NaN has no sign.
inline std::string shortest(double value) {
  if (value != value) return "nan";
  char text[32];  // the longest is -1.7976931348623157e+308
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

}  // namespace kd::detail
