// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {

/// Breakpoints in order: `0: 1, 0.5: 0.1`.
inline std::string describe_breakpoints(schedule_part last) {
  const std::string before =
      last.left().exists() ? describe_breakpoints(last.left()) + ", " : std::string();
  return before + shortest(last[0]) + ": " + shortest(last[1]);
}

/// A part, in parentheses if it binds less tightly than `least`.
inline std::string describe(schedule_part s, notation least) {
  const schedule_kind& k = s.kind();
  const std::string name = k.name;
  std::string text;
  switch (k.form) {
    case notation::number: return shortest(s[0]);
    case notation::breakpoints: return name + "(" + describe_breakpoints(s) + ")";
    case notation::call:
      for (int i = 0; i < k.count(); ++i)
        text +=
            (i == 0 ? "" : ", ") +
            (i < k.numbers() ? shortest(s[i])
                             : describe(i == k.numbers() ? s.left() : s.right(), notation::sum));
      return name + "(" + text + ")";
    case notation::sign: text = name + describe(s.left(), notation::sign); break;
    default: {  // on the right of a sum a sum keeps its parentheses: a + (b + c) rounds differently
      const auto tighter = k.form == notation::sum ? notation::product : notation::sign;
      text = describe(s.left(), k.form) + " " + name + " " + describe(s.right(), tighter);
    }
  }
  return k.form < least ? "(" + text + ")" : text;
}

}  // namespace detail

/// The schedule as text that parse_schedule reads back to the same function, to the bit:
/// "0.5 * cosine(8, 2) + 1". What watches a variable reads "watch()", which text cannot name.
inline std::string describe(const schedule& s) {
  return detail::describe(s.root(), detail::notation::sum);
}

}  // namespace kd
