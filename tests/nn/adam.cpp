// SPDX-License-Identifier: MIT
#include <kd/nn/adam.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <kd/error.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

std::vector<double> three_steps(nn::adam_options options) {
  nn::adam<double> optimiser(options);
  std::vector<double> w{1.0, -2.0};
  for (double gradient : {0.5, -0.25, 1.5}) {
    const std::vector<double> g{gradient, 2 * gradient};
    optimiser.step(0.01, w, g);
  }
  return w;
}

// The paper's algorithm line by line.
std::vector<double> by_the_paper(nn::adam_options o) {
  std::vector<double> w{1.0, -2.0}, m(2), v(2);
  const double gradients[] = {0.5, -0.25, 1.5};
  for (int t = 1; t <= 3; ++t)
    for (std::size_t i = 0; i < 2; ++i) {
      double g = gradients[t - 1] * (i == 0 ? 1 : 2);
      if (!o.decoupled) g += o.weight_decay * w[i];
      m[i] = o.beta1 * m[i] + (1 - o.beta1) * g;
      v[i] = o.beta2 * v[i] + (1 - o.beta2) * g * g;
      const double mean = m[i] / (1 - std::pow(o.beta1, t)),
                   square = v[i] / (1 - std::pow(o.beta2, t));
      if (o.decoupled) w[i] -= 0.01 * o.weight_decay * w[i];
      w[i] -= 0.01 * mean / (std::sqrt(square) + o.epsilon);
    }
  return w;
}

}  // namespace

TEST_CASE("adam: the first step is the rate, whatever the gradient's size", "[nn]") {
  nn::adam<double> optimiser;
  std::vector<double> w{1.0, 1.0};
  const std::vector<double> g{1e-3, -50.0};
  optimiser.step(0.1, w, g);
  CHECK(numbers::near(w[0], 0.9, 1e-5));
  CHECK(numbers::near(w[1], 1.1, 1e-5));
}

TEST_CASE("adam: equals the paper's algorithm", "[nn]") {
  for (const nn::adam_options& options :
       {nn::adam_options{}, nn::adam_options{.weight_decay = 0.3},
        nn::adam_options{.weight_decay = 0.3, .decoupled = true},
        nn::adam_options{.beta1 = 0.5, .beta2 = 0.9, .epsilon = 0.1}}) {
    const auto found = three_steps(options), expected = by_the_paper(options);
    CHECK(numbers::near(found[0], expected[0], 1e-12));
    CHECK(numbers::near(found[1], expected[1], 1e-12));
  }
}

TEST_CASE("adam: refuses counts that do not fit", "[nn]") {
  nn::adam<float> optimiser;
  std::vector<float> three(3), four(4);
  CHECK_THROWS_AS(optimiser.step(0.1, three, four), kd::shape_error);
  optimiser.step(0.1, three, three);
  CHECK_THROWS_AS(optimiser.step(0.1, four, four), kd::shape_error);
}

TEST_CASE("adam: refuses settings outside their range, by name and value", "[nn]") {
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  for (double beta : {1.0, 2.0, -0.1, nan}) {
    CHECK_THROWS_AS(nn::adam<float>({.beta1 = beta}), kd::value_error);
    CHECK_THROWS_AS(nn::adam<float>({.beta2 = beta}), kd::value_error);
  }
  CHECK_THROWS_WITH(nn::adam<float>({.beta2 = 1}),
                    "kd: adam's beta2 is 1; it must be at least 0 and below 1");
  for (double epsilon : {0.0, -1e-8, infinity, nan})
    CHECK_THROWS_AS(nn::adam<float>({.epsilon = epsilon}), kd::value_error);
  for (double decay : {-0.5, infinity, nan})
    CHECK_THROWS_AS(nn::adam<float>({.weight_decay = decay}), kd::value_error);

  nn::adam<double> optimiser, untouched;
  std::vector<double> w{1, 2}, expected = w;
  const std::vector<double> g{1, 1};
  for (double rate : {-1.0, infinity, nan})
    CHECK_THROWS_AS(optimiser.step(rate, w, g), kd::value_error);
  CHECK_THROWS_WITH(optimiser.step(-1, w, g),
                    "kd: adam's rate is -1; it must be at least 0 and finite");
  optimiser.step(0.1, w, g);  // a refused step is no step
  untouched.step(0.1, expected, g);
  CHECK(w == expected);
}

TEST_CASE("adam: its state can be read and written, before the first step too", "[nn]") {
  nn::adam<double> one, other;
  std::vector<double> w{1, 2};
  const std::vector<double> g{0.5, -0.25};
  one.step(0.1, w, g);
  std::vector<double> v = w, saved;
  struct {
    std::vector<double>& to;
    void operator()(const char*, std::span<double> part) {
      to.insert(to.end(), part.begin(), part.end());
    }
    void operator()(const char*, double& number) { to.push_back(number); }
  } save{saved};
  one.visit_state(save);
  CHECK(saved.size() == 6);
  struct {
    const double* from;
    void operator()(const char*, std::span<double> part) {
      for (double& x : part) x = *from++;
    }
    void operator()(const char*, double& number) { number = *from++; }
  } load{saved.data()};
  other.start(2);
  other.visit_state(load);
  CHECK(load.from == saved.data() + saved.size());
  one.step(0.1, w, g);
  other.step(0.1, v, g);
  CHECK(v == w);
  CHECK_THROWS_AS(other.start(3), kd::shape_error);
}
