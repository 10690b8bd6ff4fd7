// SPDX-License-Identifier: MIT
#include <kd/loss/label/multi_level_logit.hpp>
#include "loss/table.hpp"

using namespace kd::test;
using Catch::Contains;

namespace {
constexpr auto temperatures = kd::given<"temperatures", kd::axes::level>;

auto call(auto backend, const auto& d, const auto& at, const auto&... more) {
  return kd::evaluate(kd::multi_level_logit(zs, zt, temperatures), backend, zs = d.s, zt = d.t,
                      temperatures = at, more...);
}
matrix<double> probabilities(const matrix<double>& z, double temperature) {
  matrix<double> p(z.rows(), z.cols());
  for (Eigen::Index i = 0; i < z.rows(); ++i)
    for (Eigen::Index c = 0; c < z.cols(); ++c)
      p(i, c) = static_cast<double>(
          std::exp(log_probabilities(z, i, temperature)[static_cast<std::size_t>(c)]));
  return p;
}
}  // namespace

TEST_CASE("multi_level_logit: the table") {
  loss_row row =
      row_of_calls("multi_level_logit",
                   []<class T>(auto backend, const places<T>& p, double temperature) {
                     using number = typename places<T>::gradient_type;
                     const std::vector<number> at{number(temperature), number(2 * temperature)};
                     return call(backend, p, at, kd::gradient(zs) = p.gradient, p.policy);
                   },
                   {.zero_at_teacher = true,
                    .batch_mean = false,
                    .rows_apart = false,
                    .large = false,
                    .says_temperature = false,
                    .keeps_digits = false,
                    .large_tolerance = 1e-3,
                    .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double temperature) {
    double sum = 0;
    for (const double T : {temperature, 2 * temperature}) {
      sum += T * T * mean_over_rows(d, T, [](const auto& s, const auto& t, std::size_t) {
               return plain_kl(t, s);
             });
      const matrix<double> s = probabilities(d.s, T), t = probabilities(d.t, T);
      sum += (s * s.transpose() - t * t.transpose()).squaredNorm() / static_cast<double>(s.rows());
      sum += (s.transpose() * s - t.transpose() * t).squaredNorm() / static_cast<double>(s.cols());
    }
    return sum;
  };
  check_loss(row);
}
TEST_CASE("multi_level_logit: levels add up") {
  const logits<double> d = random_logits<double>(4, 5);
  CHECK(close(call(kd::eigen, d, std::vector{2.0, 3.0, 4.0, 5.0, 6.0}).value(),
              call(kd::eigen, d, std::vector{2.0, 5.0}).value() +
                  call(kd::eigen, d, std::vector{3.0, 4.0, 6.0}).value(),
              1e-13));
}
TEST_CASE("multi_level_logit: a temperature that is not positive is refused, with a sentence") {
  const logits<double> d = random_logits<double>(4, 5);
  CHECK(std::isnan(call(kd::eigen, d, std::vector{2.0, 0.0}).value()));
  CHECK_THROWS_WITH(call(kd::eigen, d, std::vector{2.0, 0.0}, kd::non_finite::check),
                    Contains("a temperature of multi_level_logit is not positive"));
}
