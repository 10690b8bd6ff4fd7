// SPDX-License-Identifier: MIT
// The table of label losses: a row says how a loss is called and which laws hold; every row passes the
// same checks, which are compiled once (table.cpp). A check gives a complaint, empty if the loss passes,
// so that negative_controls.cpp can see wrong losses fail. Golden values are checked by kd_golden.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "loss/checks.hpp"

namespace kd::test {

/// What a loss gives for one batch.
template <class T>
struct outcome {
  double value;
  matrix<T> gradient;  // of the student's logits
};
template <class T>
using evaluation = std::function<outcome<T>(bool reference, const logits<T>&, double temperature)>;

/// What holds for a loss. Losses without a temperature ignore the one they are given.
struct laws {
  bool shift_invariant = true;   // adding a constant to a row of logits changes nothing
  bool zero_at_teacher = false;  // value and gradient are 0 where student and teacher are equal
  bool not_negative = true;
  bool batch_mean = true;       // a batch twice over has the same value
  bool rows_apart = true;       // a row that is not a number spoils its own gradient only
  bool spoils_gradient = true;  // which is then not a number in that row
  bool tempered = false;        // T^2: gradients settle as the temperature grows
  bool masked = false;          // a class masked by -inf in both counts as absent
  bool differentiated = true;   // its gradient is the derivative of its value
  bool large = true;            // is not too slow for the reference at 300 classes
  double float_tolerance = 2e-5;
};

struct loss_row {
  std::string name;
  evaluation<double> in_double;
  evaluation<float> in_float;
  laws holds;
  std::function<double(const logits<double>&, double temperature)> formula;  // plain loops, or none

  template <class T>
  outcome<T> operator()(bool reference, const logits<T>& d, double temperature = 2.5) const {
    if constexpr (sizeof(T) == 8) return in_double(reference, d, temperature);
    else return in_float(reference, d, temperature);
  }
};

/// A row from call(backend, logits, temperature), which evaluates the loss.
template <class Call>
loss_row row_of_calls(const char* name, Call call, laws holds) {
  const auto run = [call]<class T>(bool reference, const logits<T>& d, double temperature) {
    const auto take = [](const auto& r) { return outcome<T>{r.value(), gradient_matrix(r, zs)}; };
    return reference ? take(call(kd::reference, d, temperature))
                     : take(call(kd::eigen, d, temperature));
  };
  return {name, run, run, holds, nullptr};
}
/// A row from make(temperature), an objective of zs and of zt and y if it reads them.
template <class Make>
loss_row row_of(const char* name, Make make, laws holds) {
  return row_of_calls(
      name,
      [make](auto backend, const auto& d, double temperature) {
        return kd::test::run(make(temperature), backend, d);
      },
      holds);
}

/// What is wrong with a loss, one line each; nothing if it passes.
std::vector<std::string> complaints(const loss_row& row);
/// The same for the check of this name: formula, gradient, backends, shift_invariant, ...
std::string complaint(const loss_row& row, const std::string& check);

/// Every check of the table, as assertions.
inline void check_loss(const loss_row& row) {
  for (const std::string& what : complaints(row)) FAIL_CHECK(row.name + ": " + what);
  SUCCEED();
}

/// log softmax(z / T) of a row in long double.
std::vector<long double> log_probabilities(const matrix<double>& z, Eigen::Index row,
                                           long double temperature);
/// The mean over the batch of f(log p_s, log p_t, label) at a temperature, by plain loops.
template <class F>
double mean_over_rows(const logits<double>& d, double temperature, F f) {
  long double sum = 0;
  for (Eigen::Index i = 0; i < d.s.rows(); ++i)
    sum += f(log_probabilities(d.s, i, temperature), log_probabilities(d.t, i, temperature),
             static_cast<std::size_t>(d.labels[static_cast<std::size_t>(i)]));
  return static_cast<double>(sum / static_cast<long double>(d.s.rows()));
}
/// KL(p || q) from logarithms, by its definition.
long double plain_kl(const std::vector<long double>& log_p, const std::vector<long double>& log_q);

}  // namespace kd::test
