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

/// An objective of the student's and the teacher's logits.
template <class T, class B, class Objective>
void on_logits(golden_case<T>& c, B backend, const Objective& objective) {
  check(c,
        evaluate(objective, backend, zs = c.tensor("student.logits"),
                 zt = c.tensor("teacher.logits")),
        zs, "student.logits");
}
/// An objective of both logits and labels.
template <class T, class B, class Objective>
void on_labelled_logits(golden_case<T>& c, B backend, const Objective& objective) {
  check(c,
        evaluate(objective, backend, zs = c.tensor("student.logits"),
                 zt = c.tensor("teacher.logits"), y = c.labels()),
        zs, "student.logits");
}

template <class T, class B>
void binary_cross_entropy(golden_case<T>& c, B backend) {
  on_logits(c, backend, kd::binary_cross_entropy(zs, zt));
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
void decoupled(golden_case<T>& c, B backend) {
  on_labelled_logits(c, backend,
                     kd::decoupled(zs, zt, y,
                                   {.alpha = c.parameter("alpha"),
                                    .beta = c.parameter("beta"),
                                    .temperature = c.parameter("temperature")}));
}
template <class T, class B>
void dist(golden_case<T>& c, B backend) {
  on_logits(c, backend,
            kd::dist(zs, zt,
                     {.beta = c.parameter("beta"),
                      .gamma = c.parameter("gamma"),
                      .temperature = c.parameter("temperature")}));
}
template <class T, class B>
void jensen_shannon(golden_case<T>& c, B backend) {
  on_logits(c, backend, kd::jensen_shannon(zs, zt, {.beta = c.parameter("beta")}));
}
template <class T, class B>
void kl_divergence(golden_case<T>& c, B backend) {
  on_logits(c, backend, kd::kl_divergence(zs, zt, {.temperature = c.parameter("temperature")}));
}
template <class T, class B>
void logit_mse(golden_case<T>& c, B backend) {
  on_logits(c, backend, kd::logit_mse(zs, zt));
}
template <class T, class B>
void logit_standardization(golden_case<T>& c, B backend) {
  on_logits(
      c, backend,
      kd::logit_standardization(
          zs, zt, {.temperature = c.parameter("temperature"), .epsilon = c.parameter("eps")}));
}
template <class T, class B>
void normalized(golden_case<T>& c, B backend) {
  on_labelled_logits(
      c, backend,
      kd::normalized(zs, zt, y,
                     {.gamma = c.parameter("gamma"), .temperature = c.parameter("temperature")}));
}
template <class T, class B>
void reverse_kl_divergence(golden_case<T>& c, B backend) {
  on_logits(c, backend,
            kd::reverse_kl_divergence(zs, zt, {.temperature = c.parameter("temperature")}));
}
template <class T, class B>
void skew_kl_divergence(golden_case<T>& c, B backend) {
  on_logits(c, backend, kd::skew_kl_divergence(zs, zt, {.lambda = c.parameter("lambda")}));
}
template <class T, class B>
void soft_cross_entropy(golden_case<T>& c, B backend) {
  on_logits(c, backend,
            kd::soft_cross_entropy(zs, zt, {.temperature = c.parameter("temperature")}));
}
template <class T, class B>
void soft_targets(golden_case<T>& c, B backend) {
  on_labelled_logits(
      c, backend,
      kd::soft_targets(zs, zt, y,
                       {.temperature = c.parameter("temperature"), .alpha = c.parameter("alpha")}));
}
template <class T, class B>
void total_variation(golden_case<T>& c, B backend) {
  on_logits(c, backend, kd::total_variation(zs, zt, {.temperature = c.parameter("temperature")}));
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
      {"binary_cross_entropy", binary_cross_entropy<T, B>},
      {"cross_entropy", cross_entropy<T, B>},
      {"decoupled", decoupled<T, B>},
      {"dist", dist<T, B>},
      {"jensen_shannon", jensen_shannon<T, B>},
      {"kl_divergence", kl_divergence<T, B>},
      {"logit_mse", logit_mse<T, B>},
      {"logit_standardization", logit_standardization<T, B>},
      {"normalized", normalized<T, B>},
      {"reverse_kl_divergence", reverse_kl_divergence<T, B>},
      {"similarity_preserving", similarity_preserving<T, B>},
      {"skew_kl_divergence", skew_kl_divergence<T, B>},
      {"soft_cross_entropy", soft_cross_entropy<T, B>},
      {"soft_targets", soft_targets<T, B>},
      {"total_variation", total_variation<T, B>},
  };
  const auto found = table.find(c.recipe());
  if (found == table.end()) throw std::runtime_error("the recipe is unknown");
  found->second(c, backend);
}

}  // namespace kd::golden
