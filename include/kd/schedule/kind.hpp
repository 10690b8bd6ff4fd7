// SPDX-License-Identifier: MIT
// What a kind of schedule is: one constant holds its name, its parameters with their ranges, and
// its formula. Evaluation, describe, parse_schedule and their messages read nothing else.
#pragma once
#include <string>

#include <kd/schedule/range.hpp>

namespace kd {
class schedule;
}

namespace kd::detail {

struct schedule_kind;

/// One part of a schedule, as formulas see it.
class schedule_part {
 public:
  constexpr schedule_part(const schedule& tree, int node) : tree_(tree), node_(node) {}
  constexpr const schedule_kind& kind() const;
  /// The value at progress p.
  constexpr double operator()(double p) const;
  /// The number among its parameters that stands at k.
  constexpr double operator[](int k) const;
  /// The variable that it reads.
  constexpr double source() const;
  /// The schedules among its parameters; of a breakpoint, left() is the one before.
  constexpr schedule_part left() const;
  constexpr schedule_part right() const;
  /// False for what left() gives where there is nothing.
  constexpr bool exists() const { return node_ >= 0; }

 private:
  const schedule& tree_;
  int node_;
};

struct schedule_parameter {
  const char* name = nullptr;
  const parameter_range* range = nullptr;
};

/// How a kind is written, from what binds least to what binds most.
enum class notation {
  sum,          // a + b
  product,      // a * b
  sign,         // -a
  call,         // cosine(8, 2)
  breakpoints,  // step(0: 1, 0.5: 0.1):  the parameters are those of one breakpoint
  number        // 0.5
};

struct schedule_kind {
  const char* name;
  schedule_parameter parameters[3];  // numbers, then schedules
  double (*value)(schedule_part s, double p);
  notation form = notation::call;

  constexpr int count() const {
    int n = 0;
    while (n < 3 && parameters[n].name != nullptr) ++n;
    return n;
  }
  constexpr int numbers() const {
    int n = 0;
    while (n < count() && parameters[n].range->holds != nullptr) ++n;
    return n;
  }
};

/// How messages write a kind: `warmup(fraction, then)`.
inline std::string signature(const schedule_kind& k) {
  std::string s = k.name + std::string("(");
  for (int i = 0; i < k.count(); ++i)
    s += (i == 0                            ? ""
          : k.form == notation::breakpoints ? ": "
                                            : ", ") +
         std::string(k.parameters[i].name);
  return s + (k.form == notation::breakpoints ? ", ...)" : ")");
}

inline std::string out_of_range(double value, const schedule_kind& k, int parameter) {
  return out_of_range(value, k.parameters[parameter].name, signature(k),
                      *k.parameters[parameter].range);
}

}  // namespace kd::detail
