// SPDX-License-Identifier: MIT
// What the checks of the table are made of. A check gives a complaint, or nothing.
#pragma once
#include <limits>
#include <span>
#include <sstream>

#include "loss/table.hpp"

namespace kd::test {

struct check {
  const char* name;
  std::string (*run)(const loss_row&);
  bool laws::*applies = nullptr;  // to all losses, if none
};
std::span<const check> value_checks();  // V1 to V15: table_values.cpp, table_scales.cpp
std::span<const check> scale_checks();
std::span<const check> memory_checks();  // S1 to S8: table_memory.cpp
std::span<const check> row_checks();     // R1 to R3: table_padded.cpp

inline constexpr double inf = std::numeric_limits<double>::infinity();

template <class... Parts>
std::string say(const Parts&... parts) {
  std::ostringstream text;
  text.precision(17);
  (text << ... << parts);
  return text.str();
}
inline const char* title(bool reference) { return reference ? " (reference)" : " (eigen)"; }

/// The same to the bit, or both not a number.
template <class A, class B>
bool same(const A& a, const B& b) {
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < a.cols(); ++j)
      if (a(i, j) != b(i, j) && !(std::isnan(a(i, j)) && std::isnan(b(i, j)))) return false;
  return true;
}

/// The complaint of f<double>, or of f<float>.
template <class F>
std::string in_both(F f) {
  const std::string in_double = f.template operator()<double>();
  if (!in_double.empty()) return "in double " + in_double;
  const std::string in_float = f.template operator()<float>();
  return in_float.empty() ? "" : "in float " + in_float;
}

/// The complaint of f(reference) for a backend.
template <class F>
std::string on_both(F f) {
  for (const bool reference : {true, false}) {
    const std::string what = f(reference);
    if (!what.empty()) return what + title(reference);
  }
  return {};
}

/// Whether the teacher, or the labels, are looked at.
inline bool reads_teacher(const loss_row& row) {
  const logits<double> d = random_logits<double>(4, 6), other = random_logits<double>(4, 6, 2, 9);
  return row(false, d).value != row(false, logits<double>{d.s, other.t, d.labels}).value;
}
inline bool reads_labels(const loss_row& row) {
  const logits<double> d = random_logits<double>(4, 6);
  return row(false, d).value != row(false, logits<double>{d.s, d.t, {5, 5, 5, 5}}).value;
}

}  // namespace kd::test
