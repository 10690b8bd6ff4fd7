// SPDX-License-Identifier: MIT
// Sets of axes. Inside one graph an axis is a small number and a set of axes is the bits of a word.
#pragma once
#include <cstdint>
#include <string_view>

namespace kd::detail {

/// The largest number of different axes in one objective.
inline constexpr int max_axes = 32;

using axis_set = std::uint32_t;

constexpr axis_set single(int axis) { return axis_set{1} << axis; }
constexpr bool contains(axis_set set, axis_set part) { return (set & part) == part; }
constexpr bool overlap(axis_set a, axis_set b) { return (a & b) != 0; }

/// The axis of a set of one.
constexpr int axis_of(axis_set one) {
  int axis = 0;
  while (single(axis) != one) ++axis;
  return axis;
}

constexpr int count(axis_set set) {
  int n = 0;
  for (; set != 0; set &= set - 1) ++n;
  return n;
}

/// Axis names in order, for the checks that happen while an expression is written.
struct axis_list {
  std::string_view name[max_axes]{};
  int size = 0;

  constexpr bool has(std::string_view axis) const {
    for (int i = 0; i < size; ++i)
      if (name[i] == axis) return true;
    return false;
  }
  constexpr void add(std::string_view axis) {
    if (!has(axis) && size < max_axes) name[size++] = axis;  // graphs say that there are more
  }
};

constexpr axis_list join(axis_list a, const axis_list& b) {
  for (int i = 0; i < b.size; ++i) a.add(b.name[i]);
  return a;
}

constexpr axis_list without(const axis_list& a, const axis_list& b) {
  axis_list rest;
  for (int i = 0; i < a.size; ++i)
    if (!b.has(a.name[i])) rest.add(a.name[i]);
  return rest;
}

}  // namespace kd::detail
