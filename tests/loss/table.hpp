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
/// What a loss is called with, wherever it lies, and where the gradient goes; half storage has one
/// in float.
template <class T>
struct places {
  using gradient_type = std::conditional_t<sizeof(T) == 2, float, T>;
  tensor_view<const T> s, t;
  tensor_view<const int> labels;
  tensor_view<gradient_type> gradient;
  non_finite policy = non_finite::propagate;
};
template <class M>
auto place_of(M& m) {
  return tensor(m.data(), {m.rows(), m.cols()});
}
template <class T>
places<T> places_of(const logits<T>& d, matrix<typename places<T>::gradient_type>& gradient) {
  gradient.resize(d.s.rows(), d.s.cols());
  return {place_of(d.s), place_of(d.t),
          tensor(d.labels.data(), {static_cast<std::int64_t>(d.labels.size())}),
          place_of(gradient)};
}
/// Gives the value and writes the gradient.
template <class T>
using evaluation = std::function<double(bool reference, const places<T>&, double temperature)>;

/// What a class does that one side alone masks by -inf.
enum class mask {
  low,       // the same as a logit that is so low that its probability is 0
  absent,    // value and gradient are finite, and 0 at the class
  infinite,  // the value is +inf; the gradient is 0 at the class and finite elsewhere
  broken,    // value or gradient is not finite
};

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
  bool one_hot = false;           // at T = 1 a one-hot teacher's is the cross-entropy to its class
  double limit = 0;               // of large T at 8 classes: so often |cs - ct|^2 / (2 C); 0: none
  bool says_temperature = true;   // one out of range is refused
  bool stored_teacher = false;    // the call rounds the teacher to probabilities, copies labels
  bool reaches_3e38 = true;       // in float; else sums or ratios of logits overflow
  bool keeps_digits = true;       // near the teacher, in float; else it has those of the logits
  bool warms_in_float = true;     // else T^2 times rounding shows in float at 1e4 and more
  bool rounds_up = true;          // else classes that it masks are not: e^-inf is rounded up from 0
  double large_tolerance = 1e-6;  // in float, of large logits
  mask of_teacher = mask::low, of_student = mask::low;
};

/// Rows of logits (batch, token, classes), of which some do not count.
struct padded_rows {
  std::int64_t samples, tokens, columns;
  std::vector<double> s, t;
  std::vector<int> labels;
  std::vector<double> weights;
};
struct padded_outcome {
  double value = 0;
  std::vector<double> gradient, of_weights;
};
using padded_evaluation = std::function<padded_outcome(const padded_rows&)>;
inline constexpr double rows_temperature = 2.5;

struct loss_row {
  std::string name;
  evaluation<double> in_double;
  evaluation<float> in_float;
  evaluation<Eigen::half> in_half;
  laws holds;
  std::function<double(const logits<double>&, double temperature)> formula;  // plain loops, or none
  padded_evaluation weighted = nullptr;  // the weighted loss, and its rows summed by weight, if it
  padded_evaluation per_row = nullptr;   // is one of the library: table_rows.hpp

  template <class T>
  double at(bool reference, const places<T>& p, double temperature) const {
    if constexpr (sizeof(T) == 8) return in_double(reference, p, temperature);
    else if constexpr (sizeof(T) == 4) return in_float(reference, p, temperature);
    else return in_half(reference, p, temperature);
  }
  template <class T>
  auto operator()(bool reference, const logits<T>& d, double temperature = 2.5) const {
    outcome<typename places<T>::gradient_type> o;
    const places<T> p = places_of(d, o.gradient);
    o.value = at(reference, p, temperature);
    return o;
  }
};

/// A row from call(backend, places, temperature), which evaluates the loss.
template <class Call>
loss_row row_of_calls(const char* name, Call call, laws holds) {
  const auto run = [call](bool reference, const auto& p, double temperature) {
    return reference ? call(kd::reference, p, temperature).value()
                     : call(kd::eigen, p, temperature).value();
  };
  return {name, run, run, run, holds, nullptr, nullptr, nullptr};
}
/// A row from make(temperature), an objective of zs and of zt and y if it reads them.
template <class Make>
loss_row row_of(const char* name, Make make, laws holds) {
  return row_of_calls(
      name,
      [make](auto backend, const auto& p, double temperature) {
        return kd::test::run(make(temperature), backend, p, gradient(zs) = p.gradient, p.policy);
      },
      holds);
}

/// What is wrong with a loss, one line each; nothing if it passes.
std::vector<std::string> complaints(const loss_row& row);
/// The same for the check whose name begins with this word: formula, gradient, V3, S8, ...
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
