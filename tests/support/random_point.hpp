// SPDX-License-Identifier: MIT
// Random numbers that a seed determines, and the tensors of a random objective: their extents and
// what they hold. Every number is a float, so that all types read the same.
#pragma once
#include <bit>
#include <initializer_list>

#include "support/interpret.hpp"

namespace kd::test {

constexpr std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

class random_bits {
 public:
  explicit random_bits(std::uint64_t seed) : state_(mixed(seed)) {}
  std::uint64_t operator()() { return mixed(state_ += 0x9E3779B97F4A7C15u); }
  int below(int n) { return static_cast<int>((*this)() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }
  double uniform() { return static_cast<double>((*this)() >> 11) * 0x1p-53; }
  double between(double a, double b) { return a + (b - a) * uniform(); }
  template <class T>
  T among(std::initializer_list<T> choices) {
    return choices.begin()[below(static_cast<int>(choices.size()))];
  }

 private:
  std::uint64_t state_;
};

/// The axes that objectives are made of, by fixed numbers: a graph may number them otherwise.
/// `other` is batch renamed.
enum : int { batch, classes, feature, token, other, model_axes };
inline constexpr std::string_view axis_names[model_axes] = {"batch", "classes", "feature", "token",
                                                            "other"};

/// How the numbers of a tensor are chosen.
enum class numbers {
  normal,
  ties,
  offset,
  tiny,
  wide,
  masked,
  special,
  mask,
  label,
  ignored_label
};

/// A tensor of the objective, before a graph has a number for it.
struct model_input {
  kd::role role;
  std::string_view model, name;
  int rank;
  int axis[3];
  numbers kind = numbers::normal;
  int repeated = -1;  // the values are the same along this axis
};

inline float normal(random_bits& r) {
  const double u = r.uniform() + 0x1p-54, v = r.uniform();
  return static_cast<float>(std::sqrt(-2 * std::log(u)) * std::cos(6.283185307179586 * v));
}
inline float number(numbers kind, random_bits& r, std::int64_t class_count) {
  const float x = normal(r);
  switch (kind) {
    case numbers::ties: return static_cast<float>(r.below(5) - 2);
    case numbers::offset: return 1e8f + std::round(16 * x) * 8;
    case numbers::tiny: return 1e-30f * x;
    case numbers::wide:
      return std::copysign(static_cast<float>(std::pow(10.0, r.between(-30, 30))), x);
    case numbers::masked: return r.one_in(4) ? -INFINITY : x;
    case numbers::special: return r.one_in(12) ? r.among({NAN, INFINITY, -INFINITY}) : x;
    case numbers::mask: return static_cast<float>(r.below(2));
    case numbers::ignored_label:
      if (class_count == 0 || r.one_in(4)) return -1;
      [[fallthrough]];
    case numbers::label: return static_cast<float>(r.below(static_cast<int>(class_count)));
    default: return x;
  }
}

/// Extents of few positions in all, of every size that lanes and tiles tell apart.
inline void choose_extents(random_bits& r, std::int64_t (&extent)[model_axes]) {
  const int large = r.below(4);
  for (int axis = 0; axis < other; ++axis)
    extent[axis] = axis == large ? r.among({17, 33}) : r.one_in(40) ? 0 : r.among({1, 2, 3, 3});
  extent[other] = extent[batch];
}

/// The values of a tensor, a function of the seed and of the positions along the axes it declares.
inline long double value_of(const model_input& m, std::uint64_t seed, int number_of_input,
                            const std::int64_t* index, std::int64_t class_count) {
  std::uint64_t h = seed + static_cast<std::uint64_t>(number_of_input) * 1000003;
  for (int k = 0; k < m.rank; ++k)
    if (m.axis[k] != m.repeated) h = mixed(h + static_cast<std::uint64_t>(index[m.axis[k]])) + 7;
  random_bits r(h);
  return static_cast<long double>(number(m.kind, r, class_count));
}

}  // namespace kd::test
