// SPDX-License-Identifier: MIT
// Losses of logits that read more than logits, against the reference.
#include <algorithm>
#include <cmath>

#include "objective_check.hpp"

namespace objective_check {
namespace {

using namespace kd::axes;
using example::objective, example::zs, example::zt;
constexpr auto a = kd::learnable<"temperature">;
constexpr auto temperatures = kd::given<"temperatures", level>;
constexpr auto indices = kd::labels<"indices", batch, top>;
constexpr auto log_p = kd::teacher<"log_p", batch, top>;

/// Logits in double, and a place for the student's gradient.
struct logits {
  std::vector<double> s, t, g;
  kd::tensor_view<double> S, T, G;

  explicit logits(models& m)
      : s(numbers(m.student.output("logits"))), t(numbers(m.teacher.output("logits"))), g(s) {
    S = kd::tensor(s.data(), {samples, 4}), T = kd::tensor(t.data(), {samples, 4});
    G = kd::tensor(g.data(), {samples, 4});
  }
};

/// Compares an objective at progress 0.25 with what `expected(logits)` gives: a value, and the
/// gradient in its place.
template <class Expected>
void check(objective& o, models& m, const std::string& name, const Expected& expected,
           std::set<std::string>& seen) {
  INFO(name);
  const outcome got = run(o, m, 0.25, "logits");
  logits l(m);
  const double value = expected(l);
  CHECK(got.value == Approx(value).epsilon(2e-5));
  check_close(got.gradient, l.g);
  CHECK(o.terms()[0].name == name);
  CHECK(o.terms()[0].value == Approx(value).epsilon(2e-5));
  CHECK(o.teacher_layers() == std::vector<std::string>{"logits"});
  seen.insert(name);
}

void check_levels(const std::string& text, const std::vector<double>& at,
                  std::set<std::string>& seen) {
  models m;
  objective o(text);
  o.prepare(m.student, m.teacher);
  check(
      o, m, "multi_level_logit",
      [&](logits& l) {
        return kd::evaluate(kd::multi_level_logit(zs, zt, temperatures), kd::reference, zs = l.S,
                            zt = l.T, temperatures = at, kd::gradient(zs) = l.G)
            .value();
      },
      seen);
}

void check_topk(const std::string& text, std::int64_t k, double temperature,
                std::set<std::string>& seen) {
  models m;
  objective o(text);
  o.prepare(m.student, m.teacher);
  const auto expected = [&](logits& l) {
    std::vector<int> chosen;
    std::vector<double> stored;
    for (std::size_t row = 0; row < samples; ++row) {
      const double* const z = l.t.data() + 4 * row;
      double sum = 0;
      for (int c = 0; c < 4; ++c) sum += std::exp(z[c] / temperature);
      for (int c = 0; c < 4; ++c) {
        if (std::count_if(z, z + 4, [&](double other) { return other > z[c]; }) >= k) continue;
        chosen.push_back(c);
        stored.push_back(z[c] / temperature - std::log(sum));
      }
    }
    REQUIRE(chosen.size() == static_cast<std::size_t>(k * samples));
    return kd::evaluate(kd::topk_kl_divergence(zs, indices, log_p, {temperature}), kd::reference,
                        zs = l.S, indices = kd::tensor(chosen.data(), {samples, k}),
                        log_p = kd::tensor(stored.data(), {samples, k}), kd::gradient(zs) = l.G)
        .value();
  };
  check(o, m, "topk_kl_divergence", expected, seen);
}

void check_curriculum(const std::string& text, double start, double range, double lambda,
                      std::set<std::string>& seen) {
  models m;
  objective o(text);
  o.prepare(m.student, m.teacher);
  REQUIRE(o.parameters().size() == 1);
  CHECK(o.parameters()[0] == 1);
  o.parameters()[0] = 0.5f;
  const double here = 0.5;
  double slope = 0;
  const auto loss = kd::curriculum_temperature(zs, zt, a, {start, range, lambda});
  check(
      o, m, "curriculum_temperature",
      [&](logits& l) {
        return kd::evaluate(loss, kd::reference, zs = l.S, zt = l.T, a = kd::tensor(&here, {}),
                            kd::gradient(zs) = l.G, kd::gradient(a) = kd::tensor(&slope, {}))
            .value();
      },
      seen);
  CHECK(static_cast<double>(o.gradients()[0]) == Approx(slope).epsilon(1e-4));
  if (lambda == 0) return;
  // One step down the gradient that the trainer sees raises the loss.
  const double before = o(0.25, m.student, m.teacher, m.labels);
  o.parameters()[0] -= 0.5f * o.gradients()[0] / std::abs(o.gradients()[0]);
  CHECK(o(0.25, m.student, m.teacher, m.labels) > before);
}

}  // namespace

void check_special_losses(std::set<std::string>& seen) {
  check_levels("multi_level_logit", {2, 3, 4, 5, 6}, seen);
  check_levels("multi_level_logit(from = linear(1, 5), to = 3, levels = 2)", {2, 3}, seen);
  check_levels("multi_level_logit(from = 3, levels = 1)", {3}, seen);
  check_topk("topk_kl_divergence(k = 2)", 2, 1, seen);
  check_topk("topk_kl_divergence(k = 3, T = linear(1, 5))", 3, 2, seen);
  check_topk("topk_kl_divergence(k = 4, T = 2)", 4, 2, seen);
  check_curriculum("curriculum_temperature", 1, 20, 1, seen);
  check_curriculum("curriculum_temperature(start = 2, range = 3, lambda = linear(0, 2))", 2, 3, 0.5,
                   seen);
}

}  // namespace objective_check

using namespace objective_check;

TEST_CASE("objective: more classes than there are cannot be kept") {
  models m;
  example::objective o("cross_entropy + topk_kl_divergence");
  CHECK_THROWS_WITH(o.prepare(m.student, m.teacher),
                    Catch::Contains("at character 17 of the objective: option 'k' of "
                                    "topk_kl_divergence is 5, and there are 4 classes; it must be "
                                    "at most as many"));
}

TEST_CASE("objective: a learnt temperature is saved under the term's name") {
  models m;
  example::objective o("hint(conv1) + curriculum_temperature");
  o.prepare(m.student, m.teacher, 3);
  std::vector<std::string> names;
  o.visit_state([&](const std::string& name, std::span<float> values) {
    names.push_back(name + " " + std::to_string(values.size()));
  });
  CHECK(names == std::vector<std::string>{"hint.conv1 12", "curriculum_temperature 1"});
}
