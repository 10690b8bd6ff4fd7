// SPDX-License-Identifier: MIT
#include <kd/loss/label/normalized.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

TEST_CASE("normalized: the table") {
  loss_row row =
      loss_row_of("normalized",
                  [](auto in, double temperature) {
                    return kd::normalized(in.s, in.t, in.y, {.temperature = temperature});
                  },
                  {.tempered = true,
                   .masked = true,
                   .rounds_up = false,
                   .large_tolerance = 1e-3,
                   .of_student = mask::infinite});
  row.formula = [](const logits<double>& d, double T) {
    const double label = mean_over_rows(
        d, 1, [](const auto& s, const auto& t, std::size_t y) { return -std::exp(t[y]) * s[y]; });
    const double others = mean_over_rows(d, T, [](const auto& s, const auto& t, std::size_t y) {
      long double sum = 0;
      const long double rest_s = std::log1p(-std::exp(s[y])), rest_t = std::log1p(-std::exp(t[y]));
      for (std::size_t c = 0; c < s.size(); ++c)
        if (c != y) sum -= std::exp(t[c] - rest_t) * (s[c] - rest_s);
      return sum;
    });
    return label + 1.5 * T * T * others;
  };
  check_loss(row);
}
