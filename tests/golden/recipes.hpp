// SPDX-License-Identifier: MIT
// How each golden recipe is written with kd: one function and one line in the table.
#pragma once
#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "golden/case.hpp"

namespace kd::golden {

using namespace kd::axes;

inline constexpr auto zs = student<"logits", batch, classes>;
inline constexpr auto zt = teacher<"logits", batch, classes>;
inline constexpr auto fs = student<"features", batch, feature>;
inline constexpr auto ft = teacher<"features", batch, feature>;
inline constexpr auto y = labels<"y", batch>;

/// Value and gradients of a result against the case's.
template <class T, class Result, class Input>
void check(golden_case<T>& c, const Result& result, const Input& input, const std::string& name) {
  c.value(result.value());
  const auto gradient = result.gradient(input);
  if constexpr (requires { gradient.extents; }) c.gradient(name, gradient);
  else c.gradient(name, kd::tensor(gradient.data(), {gradient.rows(), gradient.cols()}));
}

template <class T, class B>
void cross_entropy(golden_case<T>& c, B backend) {
  cross_entropy_options options{.label_smoothing = c.parameter("label_smoothing")};
  if (c.has("ignore_index")) options.ignore_index = c.parameter("ignore_index");
  check(c,
        evaluate(kd::cross_entropy(zs, y, options), backend, zs = c.tensor("student.logits"),
                 y = c.labels()),
        zs, "student.logits");
}
template <class T, class B>
void kl_divergence(golden_case<T>& c, B backend) {
  check(c,
        evaluate(kd::kl_divergence(zs, zt, {.temperature = c.parameter("temperature")}), backend,
                 zs = c.tensor("student.logits"), zt = c.tensor("teacher.logits")),
        zs, "student.logits");
}
template <class T, class B>
void soft_targets(golden_case<T>& c, B backend) {
  check(c,
        evaluate(kd::soft_targets(
                     zs, zt, y,
                     {.temperature = c.parameter("temperature"), .alpha = c.parameter("alpha")}),
                 backend, zs = c.tensor("student.logits"), zt = c.tensor("teacher.logits"),
                 y = c.labels()),
        zs, "student.logits");
}
template <class T, class B>
void logit_mse(golden_case<T>& c, B backend) {
  check(c,
        evaluate(kd::logit_mse(zs, zt), backend, zs = c.tensor("student.logits"),
                 zt = c.tensor("teacher.logits")),
        zs, "student.logits");
}
template <class T, class B>
void similarity_preserving(golden_case<T>& c, B backend) {
  check(c,
        evaluate(kd::similarity_preserving(fs, ft), backend, fs = c.tensor("student.features"),
                 ft = c.tensor("teacher.features")),
        fs, "student.features");
}

template <class T, class B>
void run_recipe(golden_case<T>& c, B backend) {
  using recipe = void (*)(golden_case<T>&, B);
  static const std::map<std::string, recipe> table = {
      {"cross_entropy", cross_entropy<T, B>},
      {"kl_divergence", kl_divergence<T, B>},
      {"logit_mse", logit_mse<T, B>},
      {"similarity_preserving", similarity_preserving<T, B>},
      {"soft_targets", soft_targets<T, B>},
  };
  const auto found = table.find(c.recipe());
  if (found == table.end()) throw std::runtime_error("the recipe is unknown");
  found->second(c, backend);
}

}  // namespace kd::golden
