// SPDX-License-Identifier: MIT
// Schedules: scalars that move with training progress p in [0, 1]. A schedule is a value of one
// type, a small tree in an array, so that options and weights take a number or any schedule. Each
// kind has a file: its formula is a rule.
#pragma once
#include <type_traits>

#include <kd/error.hpp>

namespace kd {

class schedule {
 public:
  /// How a node computes its value at progress p; `self` is the node's number.
  using rule = double (*)(const schedule& s, int self, double p);

  constexpr schedule() : schedule(0) {}
  /// A schedule that is constant; a number is one implicitly.
  template <class Number>
  requires std::is_arithmetic_v<Number>
  constexpr schedule(Number value)
      : schedule([](const schedule& s, int self, double) { return s.first(self); },
                 static_cast<double>(value)) {}

  /// A leaf with two parameters, for the files beside this one.
  constexpr schedule(rule r, double first, double second = 0) {
    nodes_[size_++] = {r, first, second, -1, -1};
  }

  /// The value at progress p, which is taken as 0 below 0 and as 1 above 1.
  constexpr double operator()(double p) const {
    return value(size_ - 1, p < 0 ? 0 : p > 1 ? 1 : p);
  }

  constexpr double value(int node, double p) const { return nodes_[node].compute(*this, node, p); }
  constexpr double first(int node) const { return nodes_[node].first; }
  constexpr double second(int node) const { return nodes_[node].second; }
  constexpr int left(int node) const { return nodes_[node].left; }
  constexpr int right(int node) const { return nodes_[node].right; }

  /// A node over one or two schedules. Throws value_error when there are more than 16 parts.
  static constexpr schedule over(rule r, const schedule& a, double first = 0) {
    schedule s = a;
    s.append({r, first, 0, s.size_ - 1, -1});
    return s;
  }
  static constexpr schedule over(rule r, const schedule& a, const schedule& b) {
    schedule s = a;
    const int left = s.size_ - 1;
    for (int i = 0; i < b.size_; ++i) {
      part n = b.nodes_[i];
      if (n.left >= 0) n.left += left + 1;
      if (n.right >= 0) n.right += left + 1;
      s.append(n);
    }
    s.append({r, 0, 0, left, s.size_ - 1});
    return s;
  }

  friend constexpr schedule operator+(const schedule& a, const schedule& b) {
    return over([](const schedule& s, int n,
                   double p) { return s.value(s.left(n), p) + s.value(s.right(n), p); },
                a, b);
  }
  friend constexpr schedule operator-(const schedule& a, const schedule& b) {
    return over([](const schedule& s, int n,
                   double p) { return s.value(s.left(n), p) - s.value(s.right(n), p); },
                a, b);
  }
  friend constexpr schedule operator*(const schedule& a, const schedule& b) {
    return over([](const schedule& s, int n,
                   double p) { return s.value(s.left(n), p) * s.value(s.right(n), p); },
                a, b);
  }
  friend constexpr schedule operator/(const schedule& a, const schedule& b) {
    return over([](const schedule& s, int n,
                   double p) { return s.value(s.left(n), p) / s.value(s.right(n), p); },
                a, b);
  }
  friend constexpr schedule operator-(const schedule& a) { return schedule(0) - a; }

 private:
  static constexpr int capacity = 16;
  struct part {
    rule compute = nullptr;
    double first = 0, second = 0;
    int left = -1, right = -1;
  };
  part nodes_[capacity]{};
  int size_ = 0;

  constexpr void append(const part& n) {
    if (size_ == capacity)
      throw value_error(
          "kd: a schedule may have at most 16 parts; compute some of them beforehand");
    nodes_[size_++] = n;
  }
};

}  // namespace kd
