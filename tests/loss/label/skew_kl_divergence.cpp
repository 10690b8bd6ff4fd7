// SPDX-License-Identifier: MIT
#include <kd/loss/label/skew_kl_divergence.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto forward = [](double lambda) {
  return [lambda](auto in, double temperature) {
    return kd::skew_kl_divergence(in.s, in.t, {.lambda = lambda, .temperature = temperature});
  };
};
const auto reverse = [](double lambda) {
  return [lambda](auto in, double temperature) {
    return kd::reverse_skew_kl_divergence(in.s, in.t,
                                          {.lambda = lambda, .temperature = temperature});
  };
};
}  // namespace

TEST_CASE("skew_kl_divergence: the table") {
  for (const double lambda : {0.0, 0.1, 0.7}) {
    laws hold{.zero_at_teacher = true,
              .tempered = true,
              .masked = true,
              .limit = (1 - lambda) * (1 - lambda)};
    hold.of_student = lambda > 0 ? mask::low : mask::infinite;
    check_loss(loss_row_of("skew_kl_divergence", forward(lambda), hold));
    hold.of_student = mask::low;
    hold.of_teacher = lambda > 0 ? mask::low : mask::broken;
    loss_row r = loss_row_of("reverse_skew_kl_divergence", reverse(lambda), hold);
    r.formula = [lambda = static_cast<long double>(lambda)](const logits<double>& d, double T) {
      return T * T * mean_over_rows(d, T, [&](const auto& log_s, const auto& log_t, std::size_t) {
               auto log_m = log_s;
               for (std::size_t c = 0; c < log_m.size(); ++c)
                 log_m[c] =
                     std::log(lambda * std::exp(log_s[c]) + (1 - lambda) * std::exp(log_t[c]));
               return plain_kl(log_s, log_m);
             });
    };
    check_loss(r);
  }
}
TEST_CASE("skew_kl_divergence: is 0 at lambda = 1, and bounded where the student masks a class") {
  logits<double> d = random_logits<double>(3, 6, 5);
  CHECK(run(forward(1)(flat, 1), kd::eigen, d).value() == 0);
  CHECK(run(reverse(1)(flat, 1), kd::eigen, d).value() == 0);
  d.s(0, 1) = -std::numeric_limits<double>::infinity();
  for_each_backend([&](auto backend) {
    const auto r = run(forward(0.1)(flat, 1), backend, d);
    CHECK(r.value() <= -std::log(0.1));
    CHECK(gradient_matrix(r, zs).allFinite());
  });
}
