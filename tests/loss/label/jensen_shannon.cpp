// SPDX-License-Identifier: MIT
#include <kd/loss/label/jensen_shannon.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
loss_row row(double beta) {
  loss_row r = loss_row_of("jensen_shannon",
                           [beta](auto in, double temperature) {
                             return kd::jensen_shannon(in.s, in.t,
                                                       {.beta = beta, .temperature = temperature});
                           },
                           {.zero_at_teacher = true,
                            .tempered = true,
                            .masked = true,
                            .one_hot = beta == 0,
                            .limit = beta == 0 || beta == 1 ? 1 : beta * (1 - beta),
                            .of_teacher = beta == 1 ? mask::broken : mask::low,
                            .of_student = beta == 0 ? mask::infinite : mask::low});
  r.formula = [beta = static_cast<long double>(beta)](const logits<double>& d, double T) {
    return T * T * mean_over_rows(d, T, [&](const auto& log_s, const auto& log_t, std::size_t) {
             if (beta == 0) return plain_kl(log_t, log_s);
             if (beta == 1) return plain_kl(log_s, log_t);
             auto log_m = log_s;
             for (std::size_t c = 0; c < log_m.size(); ++c)
               log_m[c] = std::log(beta * std::exp(log_t[c]) + (1 - beta) * std::exp(log_s[c]));
             return beta * plain_kl(log_t, log_m) + (1 - beta) * plain_kl(log_s, log_m);
           });
  };
  return r;
}
}  // namespace

TEST_CASE("jensen_shannon: the table") {
  for (const double beta : {0.0, 0.3, 0.5, 1.0}) check_loss(row(beta));
}
TEST_CASE("jensen_shannon: is at most log 2, and finite where only one side masks a class") {
  logits<double> d = random_logits<double>(3, 6, 30);
  d.s(0, 1) = d.t(1, 2) = -std::numeric_limits<double>::infinity();
  for_each_backend([&](auto backend) {
    const auto r = run(kd::jensen_shannon(zs, zt), backend, d);
    CHECK(r.value() <= std::log(2));
    CHECK(r.value() > 0);
    CHECK(gradient_matrix(r, zs).allFinite());
  });
}
