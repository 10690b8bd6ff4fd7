// SPDX-License-Identifier: MIT
#include <kd/loss/label/curriculum_temperature.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
constexpr auto a = kd::learnable<"temperature">;

// start + range sigmoid(0) is the table's temperature.
const auto of = [](auto in, double temperature) {
  return kd::curriculum_temperature(in.s, in.t, a,
                                    {.start = temperature / 2, .range = temperature});
};
template <class T>
auto call(auto backend, const places<T>& p, double temperature) {
  typename places<T>::gradient_type zero = 0;
  return kd::evaluate(of(flat, temperature), backend, zs = p.s, zt = p.t, a = kd::tensor(&zero, {}),
                      kd::gradient(zs) = p.gradient, p.policy);
}
}  // namespace

TEST_CASE("curriculum_temperature: the table") {
  loss_row row = row_of_calls(
      "curriculum_temperature",
      [](auto backend, const auto& p, double temperature) { return call(backend, p, temperature); },
      {.zero_at_teacher = true,
       .tempered = true,
       .masked = true,
       .one_hot = true,
       .limit = 1,
       .keeps_digits = false,
       .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    return T * T * mean_over_rows(d, T, [](const auto& s, const auto& t, std::size_t) {
             return plain_kl(t, s);
           });
  };
  const double zero = 0;
  check_loss(with_rows(row, of, a = kd::tensor(&zero, {})));
}
TEST_CASE("curriculum_temperature: the temperature's gradient is turned and scaled by lambda") {
  const logits<double> d = random_logits<double>(4, 7);
  const auto loss = kd::curriculum_temperature(zs, zt, a, {.lambda = 0.3});
  for_each_backend([&](auto backend) {
    const auto at = [&](double x) {
      return kd::evaluate(loss, backend, zs = d.s, zt = d.t, a = kd::tensor(&x, {}));
    };
    double slot = 0, here = 0.4;
    kd::evaluate(loss, backend, zs = d.s, zt = d.t, a = kd::tensor(&here, {}),
                 kd::gradient(a) = kd::tensor(&slot, {}));
    const double derivative = (at(0.4 + 1e-5).value() - at(0.4 - 1e-5).value()) / 2e-5;
    CHECK(std::abs(derivative) > 1e-4);
    CHECK(close(slot, -0.3 * derivative, 1e-8));
  });
}
TEST_CASE("curriculum_temperature: a temperature per row") {
  constexpr auto per_row = kd::learnable<"temperature", batch>;
  const logits<double> d = random_logits<double>(3, 7);
  const std::vector<double> at{-1, 0, 2};
  const auto loss = kd::curriculum_temperature(zs, zt, per_row);
  double mean = 0;
  for (Eigen::Index i = 0; i < 3; ++i) {
    const double T = 1 + 20 / (1 + std::exp(-at[static_cast<std::size_t>(i)]));
    mean +=
        T * T / 3 *
        static_cast<double>(plain_kl(log_probabilities(d.t, i, T), log_probabilities(d.s, i, T)));
  }
  for_each_backend([&](auto backend) {
    CHECK(
        close(kd::evaluate(loss, backend, zs = d.s, zt = d.t, per_row = at).value(), mean, 1e-13));
  });
  std::vector<double> slope(3), wanted(3);
  kd::evaluate(loss, kd::eigen, zs = d.s, zt = d.t, per_row = at, kd::gradient(per_row) = slope);
  kd::evaluate(loss, kd::reference, zs = d.s, zt = d.t, per_row = at,
               kd::gradient(per_row) = wanted);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(wanted[i] != 0);
    CHECK(close(slope[i], wanted[i], 1e-13));
  }
}
