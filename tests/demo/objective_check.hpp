// SPDX-License-Identifier: MIT
// Small networks, a batch, and what objectives on them should give: the reference's in double.
#pragma once
#include <set>
#include <string>
#include <vector>

#include <kd/nn/any_model.hpp>
#include <kd/reference.hpp>

#include "label_loss.hpp"
#include "objective.hpp"
#include "support/catch.hpp"
#include "support/differences.hpp"

namespace objective_check {

constexpr std::int64_t samples = 7;

/// Small networks of convolutions, after a forward of the same images: student conv1 (3, 6, 8),
/// conv2 (2, 3, 4), hidden (5), logits (4); teacher conv1 (4, 6, 8), conv2 (5, 3, 4), hidden (7),
/// logits (4).
struct models {
  kd::nn::any_model<float> student, teacher;
  std::vector<int> labels;
  std::vector<float> images;

  models();
  void forward() {
    student.forward(images.data(), samples);
    teacher.forward(images.data(), samples);
  }
};

/// A layer's values in double, (batch, height, width, channel) as they lie.
template <class T>
std::vector<double> numbers(const kd::tensor_view<T>& v) {
  std::int64_t size = 1;
  for (int axis = 0; axis < v.rank; ++axis) size *= v.extents[axis];
  return {v.data, v.data + size};
}

void check_close(const std::vector<double>& got, const std::vector<double>& expected);

/// What an objective gave: its value, and its gradient of a student's layer.
struct outcome {
  double value;
  std::vector<double> gradient;
};
outcome run(example::objective& o, models& m, double progress, std::string_view layer);

/// An objective of logits, as text at progress 0.25, against the reference on `expression`, whose
/// weight is given.
template <kd::fixed_string Name, example::reads Reads, class Expression>
void check_label_loss(const std::string& text, double weight, const Expression& expression,
                      std::set<std::string>& seen) {
  using example::reads, example::y, example::zs, example::zt;
  INFO(text);
  models m;
  example::objective o(text);
  o.prepare(m.student, m.teacher);
  const outcome got = run(o, m, 0.25, "logits");

  const std::vector<double> s = numbers(m.student.output("logits")),
                            t = numbers(m.teacher.output("logits"));
  const auto S = kd::tensor(s.data(), {samples, 4}), Z = kd::tensor(t.data(), {samples, 4});
  std::vector<double> g(s.size());
  auto G = kd::tensor(g.data(), {samples, 4});
  const auto expected = [&] {
    if constexpr (Reads == reads::labels)
      return kd::evaluate(expression, kd::reference, zs = S, y = m.labels, kd::gradient(zs) = G);
    else if constexpr (Reads == reads::teacher)
      return kd::evaluate(expression, kd::reference, zs = S, zt = Z, kd::gradient(zs) = G);
    else
      return kd::evaluate(expression, kd::reference, zs = S, zt = Z, y = m.labels,
                          kd::gradient(zs) = G);
  }();
  CHECK(got.value == Approx(weight * expected.value()).epsilon(2e-5));
  REQUIRE(o.terms().size() == 1);
  CHECK(o.terms()[0].name == Name.view());
  CHECK(o.terms()[0].value == Approx(expected.value()).epsilon(2e-5));
  CHECK(o.terms()[0].weight == Approx(weight));
  CHECK(o.needs_teacher() == (Reads != reads::labels));
  for (double& x : g) x *= weight;
  check_close(got.gradient, g);
  seen.insert(std::string(Name.view()));
}

// Each adds the losses that it looked at.
void check_divergences(std::set<std::string>& seen);
void check_skewed_divergences(std::set<std::string>& seen);
void check_logit_losses(std::set<std::string>& seen);
void check_label_losses(std::set<std::string>& seen);
void check_ranking_losses(std::set<std::string>& seen);
void check_special_losses(std::set<std::string>& seen);
void check_feature_losses(std::set<std::string>& seen);

}  // namespace objective_check
