// SPDX-License-Identifier: MIT
// Objectives of many shapes: the fast backend against the specification, and that against central differences.
#include <random>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;

namespace {

constexpr auto fs = kd::student<"f", batch, channel, height>;
constexpr auto ft = kd::teacher<"f", batch, teacher_channel, height>;
constexpr auto w = kd::learnable<"w", teacher_channel, channel>;
constexpr auto g = kd::student<"g", batch, channel, height>;

std::vector<double> normal(std::size_t size, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> distribution;
  std::vector<double> values(size);
  for (double& v : values) v = distribution(generator);
  return values;
}
std::vector<double> f_values = normal(30, 1), g_values = normal(30, 2), t_values = normal(40, 3),
                    w_values = normal(12, 4);
const auto F = kd::tensor(f_values.data(), {2, 3, 5});
const auto G = kd::tensor(g_values.data(), {2, 3, 5});
const auto Z = kd::tensor(t_values.data(), {2, 4, 5});
const auto W = kd::tensor(w_values.data(), {4, 3});

/// The first element of a gradient, whatever the backend gives.
template <class Gradient>
const double* elements(const Gradient& gradient) {
  if constexpr (requires { gradient.extents; }) return gradient.data;
  else return gradient.data();
}

/// Value and gradient with respect to `input`, whose memory is `values`.
template <class Input, class Objective, class... Bindings>
void check_input(const Input& input, std::vector<double>& values, const Objective& objective,
                 const Bindings&... bindings) {
  const auto fast = kd::evaluate(objective, kd::eigen, bindings...);
  const auto exact = kd::evaluate(objective, kd::reference, bindings...);
  CHECK(fast.value() == Approx(exact.value()).epsilon(1e-12).margin(1e-14));
  const auto fast_gradient = fast.gradient(input);
  const double* gradient = elements(exact.gradient(input));
  kd::test::largest difference, error;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = [&](double at) {
      const double before = values[i];
      values[i] = at;
      const double v = kd::evaluate(objective, kd::reference, bindings...).value();
      values[i] = before;
      return v;
    };
    const double slope = (value(values[i] + 1e-5) - value(values[i] - 1e-5)) / 2e-5;
    error(slope - gradient[i]);
    difference(elements(fast_gradient)[i] - gradient[i]);
  }
  CHECK(error.value() < 1e-8);
  CHECK(difference.value() < 1e-13);
}
template <class Objective, class... Bindings>
void check(const Objective& objective, const Bindings&... bindings) {
  check_input(fs, f_values, objective, bindings...);
}

}  // namespace

TEST_CASE("contractions: a projection that is learnt, batched, over two axes") {
  const auto hint =
      kd::mean<batch, teacher_channel, height>(kd::square(kd::dot<channel>(w, fs) - ft));
  check(hint, fs = F, ft = Z, w = W);
  check_input(w, w_values, hint, fs = F, ft = Z, w = W);
  check(
      kd::mean<batch, channel, other>(kd::square(kd::dot<height>(fs, kd::as<channel, other>(fs)))),
      fs = F);
  check(kd::sum<batch>(kd::square(kd::dot<channel, height>(fs, g))), fs = F, g = G);
}
TEST_CASE("reductions over several axes, over outer axes, one after another") {
  check(kd::mean<batch, channel, height>(kd::square(kd::log_softmax<channel, height>(fs))), fs = F);
  check(kd::mean<batch, height>(kd::square(kd::max<channel>(fs) - kd::mean<channel>(fs))), fs = F);
  check(kd::log(kd::sum<batch, channel, height>(kd::exp(fs))), fs = F);
  const auto centred = fs - kd::mean<batch, height>(fs);
  check(kd::mean<batch, channel, height>(
            kd::tanh(centred / kd::sqrt(kd::mean<batch, height>(kd::square(centred)) + 0.1))),
        fs = F);
}
TEST_CASE("elementwise functions and choices") {
  check(kd::sum<batch, channel, height>(
            kd::where(kd::greater(fs, 0.1), kd::softplus(fs), kd::sigmoid(fs) * kd::abs(fs))),
        fs = F);
  check(kd::mean<batch, channel, height>(kd::min(fs, g) * kd::max(fs, g) + kd::relu(fs)), fs = F,
        g = G);
  check(kd::mean<batch, channel, height>(kd::log1p(kd::square(fs)) / (2.0 + kd::tanh(fs))), fs = F);
}
TEST_CASE("powers, erf, expm1, huber") {
  check(kd::mean<batch, channel, height>(kd::expm1(fs) * kd::erf(g)), fs = F, g = G);
  check(kd::mean<batch, channel, height>(kd::erf(fs) + kd::pow(kd::abs(fs) + 0.1, 1.7)), fs = F);
  check(kd::mean<batch, channel, height>(kd::pow(fs, 3) + kd::pow(2.0, fs)), fs = F);
  check(kd::mean<batch, channel, height>(kd::pow(1.0 + kd::square(fs), fs)), fs = F);
  check(kd::mean<batch, channel, height>(kd::huber(fs - g, kd::constant_of<1, 2>)), fs = F, g = G);
}
TEST_CASE("comparisons choose") {
  check(kd::mean<batch, channel, height>(kd::where(kd::less(fs, g), kd::square(fs), fs)), fs = F,
        g = G);
  check(kd::mean<batch, channel, height>(kd::where(kd::less_equal(0.3, fs), 3 * fs, fs)), fs = F);
  check(kd::mean<batch, channel, height>(kd::square(fs) * (1.0 - kd::equal(fs, g))), fs = F, g = G);
}
TEST_CASE("minimum, norm, moments, similarity") {
  check(kd::mean<batch, height>(kd::square(kd::min<channel>(fs))), fs = F);
  check(kd::mean<batch>(kd::norm<channel, height>(fs)), fs = F);
  check(kd::mean<batch>(kd::variance<channel, height>(fs)), fs = F);
  check(kd::mean<batch, height>(kd::sqrt(kd::sample_variance<channel>(fs))), fs = F);
  check(kd::mean<batch, channel, height>(kd::square(kd::standardize<channel>(fs) - g)), fs = F,
        g = G);
  check(kd::mean<batch>(kd::cosine_similarity<channel, height>(fs, g)), fs = F, g = G);
  check(kd::mean<channel, height>(kd::pearson<batch>(fs, g)), fs = F, g = G);
  check(kd::mean<batch, other>(
            kd::distances<channel, height>(fs, 0.5 * kd::as<batch, other>(fs) + 0.2)),
        fs = F);
}
TEST_CASE("gradients that are constant, and functions of totals") {
  check(kd::sum<batch, channel, height>(fs), fs = F);
  check(3.0 * kd::square(kd::mean<batch, channel, height>(fs)), fs = F);
  check(kd::sum<batch, channel, height>(kd::square(fs)) /
            kd::sqrt(kd::sum<batch, channel, height>(kd::square(g))),
        fs = F, g = G);
}
TEST_CASE("pairs and angles") {
  check(kd::mean<batch>(1.0 - kd::sum<channel, height>(kd::normalize<channel, height>(fs) *
                                                       kd::normalize<channel, height>(g))),
        fs = F, g = G);
  check(kd::mean<batch, other>(
            kd::sqrt(kd::sum<channel, height>(kd::square(fs - kd::as<batch, other>(fs))) + 0.01)),
        fs = F);
}
