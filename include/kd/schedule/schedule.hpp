// SPDX-License-Identifier: MIT
// Schedules: scalars that move with training progress p in [0, 1]. A schedule is a value of one
// type, a small tree in an array, so that options and weights take a number or any schedule. Each
// kind has a file, which holds its name, its parameters and its formula; kinds.hpp lists them all.
#pragma once
#include <array>
#include <concepts>
#include <type_traits>

#include <kd/schedule/kind.hpp>

namespace kd {

struct expression_base;  // of dsl
namespace detail {
template <bool IsSchedule, class Expression>
constexpr double scalar_is_schedule() {
  static_assert(
      IsSchedule,
      "kd: an option or parameter is a number or a schedule, and an expression was given; "
      "its type stands in 'scalar_is_schedule<...>'; write the formula out with the "
      "expression, as in  log_softmax<classes>(zs / tau)");
  return 1;
}
}  // namespace detail

class schedule {
 public:
  constexpr schedule() : schedule(0) {}
  /// A schedule that is constant; a number is one implicitly. Throws value_error unless it is
  /// finite.
  template <class Number>
  requires std::is_arithmetic_v<Number>
  constexpr schedule(Number value) : schedule(constant_kind(), {static_cast<double>(value)}) {}

  template <class Expression>
  requires std::is_base_of_v<expression_base, Expression>
  constexpr schedule(const Expression&)
      : schedule(detail::scalar_is_schedule<false, Expression>()) {}

  /// A part of this kind, over the schedules among its parameters; for the files beside this one.
  /// Throws value_error if a number is out of range or there are more than 16 parts.
  constexpr schedule(const detail::schedule_kind& kind, std::array<double, 3> numbers) {
    append({&kind, numbers});
  }
  constexpr schedule(const detail::schedule_kind& kind, std::array<double, 3> numbers,
                     const schedule& left)
      : schedule(left) {
    append({&kind, numbers, nullptr, size_ - 1});
  }
  constexpr schedule(const detail::schedule_kind& kind, std::array<double, 3> numbers,
                     const schedule& left, const schedule& right)
      : schedule(left) {
    const int root = size_ - 1;
    for (int i = 0; i < right.size_; ++i) {
      node n = right.nodes_[i];
      if (n.left >= 0) n.left += root + 1;
      if (n.right >= 0) n.right += root + 1;
      append(n);
    }
    append({&kind, numbers, nullptr, root, size_ - 1});
  }
  /// A part that reads a variable; for watch.hpp.
  constexpr schedule(const detail::schedule_kind& kind, const double* source) {
    append({&kind, {}, source});
  }

  /// The value at progress p, which is taken as 0 below 0 and as 1 above 1. Throws value_error if p
  /// is not a number. A quotient may give infinity or NaN, which objectives refuse.
  constexpr double operator()(double p) const {
    if (p != p)
      throw value_error(
          "kd: a schedule was given a progress that is not a number; give one in "
          "[0, 1]");
    return root()(p < 0 ? 0 : p > 1 ? 1 : p);
  }

  /// The part that everything else hangs below.
  constexpr detail::schedule_part root() const { return {*this, size_ - 1}; }

 private:
  friend detail::schedule_part;
  static constexpr int capacity = 16;
  struct node {
    const detail::schedule_kind* kind = nullptr;
    std::array<double, 3> number{};
    const double* source = nullptr;
    int left = -1, right = -1;
  };
  node nodes_[capacity]{};
  int size_ = 0;

  static constexpr const detail::schedule_kind& constant_kind();

  constexpr void append(const node& n) {
    for (int k = 0; k < n.kind->numbers(); ++k)
      if (const double x = n.number[static_cast<unsigned>(k)];
          !n.kind->parameters[k].range->holds(x))
        throw value_error(detail::out_of_range(x, *n.kind, k));
    if (size_ == capacity)
      throw value_error(
          "kd: a schedule may have at most 16 parts; compute some of them beforehand");
    nodes_[size_++] = n;
  }
};

namespace detail {

template <bool HasTwo>
constexpr schedule schedule_has_two_ends(double only) {
  static_assert(HasTwo,
                "kd: a schedule goes from one value to another, and one was given; say both, as in "
                "kd::linear(8, 1); a value that stays is a number");
  return only;
}

constexpr const schedule_kind& schedule_part::kind() const { return *tree_.nodes_[node_].kind; }
constexpr double schedule_part::operator()(double p) const { return kind().value(*this, p); }
constexpr double schedule_part::operator[](int k) const {
  return tree_.nodes_[node_].number[static_cast<unsigned>(k)];
}
constexpr double schedule_part::source() const { return *tree_.nodes_[node_].source; }
constexpr schedule_part schedule_part::left() const { return {tree_, tree_.nodes_[node_].left}; }
constexpr schedule_part schedule_part::right() const { return {tree_, tree_.nodes_[node_].right}; }

inline constexpr schedule_kind constant_kind{"constant",
                                             {{"value", &in::finite}},
                                             [](schedule_part s, double) { return s[0]; },
                                             notation::number};

inline constexpr schedule_kind sum_kind{
    "+",
    {{"a", &in::any_schedule}, {"b", &in::any_schedule}},
    [](schedule_part s, double p) { return s.left()(p) + s.right()(p); },
    notation::sum};
inline constexpr schedule_kind difference_kind{
    "-",
    {{"a", &in::any_schedule}, {"b", &in::any_schedule}},
    [](schedule_part s, double p) { return s.left()(p) - s.right()(p); },
    notation::sum};
inline constexpr schedule_kind product_kind{
    "*",
    {{"a", &in::any_schedule}, {"b", &in::any_schedule}},
    [](schedule_part s, double p) { return s.left()(p) * s.right()(p); },
    notation::product};
inline constexpr schedule_kind quotient_kind{
    "/",
    {{"a", &in::any_schedule}, {"b", &in::any_schedule}},
    [](schedule_part s, double p) { return s.left()(p) / s.right()(p); },
    notation::product};
inline constexpr schedule_kind negative_kind{"-",
                                             {{"a", &in::any_schedule}},
                                             [](schedule_part s, double p) { return -s.left()(p); },
                                             notation::sign};

}  // namespace detail

constexpr const detail::schedule_kind& schedule::constant_kind() { return detail::constant_kind; }

constexpr schedule operator+(const schedule& a, const schedule& b) {
  return {detail::sum_kind, {}, a, b};
}
constexpr schedule operator-(const schedule& a, const schedule& b) {
  return {detail::difference_kind, {}, a, b};
}
constexpr schedule operator*(const schedule& a, const schedule& b) {
  return {detail::product_kind, {}, a, b};
}
constexpr schedule operator/(const schedule& a, const schedule& b) {
  return {detail::quotient_kind, {}, a, b};
}
constexpr schedule operator-(const schedule& a) { return {detail::negative_kind, {}, a}; }

}  // namespace kd
