// SPDX-License-Identifier: MIT
// The checks of the table of losses.
#include "loss/table_checks.hpp"

namespace kd::test {

namespace {

using sizes = std::vector<std::pair<int, int>>;

std::string formula(const loss_row& row) {
  if (!row.formula) return {};
  for (const auto& [rows, columns] : sizes{{1, 2}, {4, 7}, {3, 20}})
    for (const double temperature : {1.0, 3.0}) {
      const logits<double> d = random_logits<double>(rows, columns);
      const double got = row(false, d, temperature).value, wanted = row.formula(d, temperature);
      if (!close(got, wanted, 1e-11)) return say("is ", got, ", by its formula ", wanted);
    }
  return {};
}

std::string gradient(const loss_row& row) {
  for (const auto& [rows, columns] : sizes{{3, 5}, {4, 16}, {2, 19}})
    for (const bool reference : {true, false}) {
      const logits<double> d = random_logits<double>(rows, columns);
      const matrix<double> g = row(reference, d).gradient;
      const auto value = [&](const matrix<double>& s) {
        return row(reference, logits<double>{s, d.t, d.labels}).value;
      };
      const double error = gradient_error(d.s, g, value);
      if (!(error <= 1e-7)) return say("differs from central differences by ", error);
      if (!(gradient_error(d.s, matrix<double>(-g), value) > 0.1))
        return "cannot tell a gradient from its opposite";
    }
  return {};
}

template <class T>
std::string backends_in(const loss_row& row, double tolerance) {
  sizes all{{1, 2}, {5, 1}, {1, 1}, {3, 7}, {2, 16}, {2, 17}, {9, 33}};
  if (row.holds.large) all.insert(all.end(), {{70, 33}, {3, 300}});
  for (const auto& [rows, columns] : all) {
    const logits<T> d = random_logits<T>(rows, columns);
    const outcome<T> wanted = row(true, d), got = row(false, d);
    if (!close(got.value, wanted.value, tolerance))
      return say("is ", got.value, " and ", wanted.value, " at ", rows, " x ", columns);
    const double error = largest_of(got.gradient - wanted.gradient);
    // One class has no gradient but that of rounding; its terms are of size 1 / batch.
    if (!(error <= tolerance * std::max(1e-2, largest_of(wanted.gradient))))
      return say("has gradients that differ by ", error, " at ", rows, " x ", columns);
  }
  return {};
}
std::string backends(const loss_row& row) {
  const std::string in_double = backends_in<double>(row, 1e-11);
  return in_double.empty() ? backends_in<float>(row, row.holds.float_tolerance) : in_double;
}

std::string shift_invariant(const loss_row& row) {
  const logits<double> d = random_logits<double>(4, 9);
  logits<double> shifted = d;
  shifted.s.row(1).array() += 3.5;
  shifted.t.row(2).array() -= 1.25;
  const outcome<double> plain = row(false, d), moved = row(false, shifted);
  if (!close(moved.value, plain.value, 1e-12))
    return say("moves from ", plain.value, " to ", moved.value);
  const double sum = largest_of(plain.gradient.rowwise().sum());
  return sum <= 1e-13 ? "" : say("has gradients that sum to ", sum, " along a row");
}

template <class T>
std::string not_negative_in(const loss_row& row) {
  for (unsigned seed = 1; seed <= 10; ++seed)
    for (const double distance : {4.0, 1e-1, 1e-3, 1e-5}) {
      logits<T> d = random_logits<T>(5, 12, 4, seed);
      if (distance < 1) d.s = d.t + random_matrix<T>(5, 12, distance, seed + 50);
      const double value = row(false, d).value;
      if (!(value >= 0)) return say("is ", value, " at distance ", distance);
    }
  return {};
}
std::string not_negative(const loss_row& row) {
  const std::string in_double = not_negative_in<double>(row);
  return in_double.empty() ? not_negative_in<float>(row) : in_double;
}

std::string batch_mean(const loss_row& row) {
  const logits<double> d = random_logits<double>(3, 6);
  logits<double> twice{matrix<double>(6, 6), matrix<double>(6, 6), d.labels};
  twice.s << d.s, d.s;
  twice.t << d.t, d.t;
  twice.labels.insert(twice.labels.end(), d.labels.begin(), d.labels.end());
  const double once = row(false, d).value, both = row(false, twice).value;
  return close(both, once, 1e-13) ? "" : say("is ", once, " for a batch, ", both, " for it twice");
}

constexpr check checks[] = {
    {"formula", formula},
    {"gradient", gradient, &laws::differentiated},
    {"backends", backends},
    {"shift_invariant", shift_invariant, &laws::shift_invariant},
    {"not_negative", not_negative, &laws::not_negative},
    {"batch_mean", batch_mean, &laws::batch_mean},
};

}  // namespace

std::vector<std::string> complaints(const loss_row& row) {
  std::vector<std::string> all;
  for (const auto& list : {std::span<const check>(checks), value_checks(), scale_checks(),
                           memory_checks(), row_checks()})
    for (const check& c : list) {
      if (c.applies != nullptr && !(row.holds.*c.applies)) continue;
      std::string what;
      try {
        what = c.run(row);
      } catch (const std::exception& e) { what = say("throws ", e.what()); }
      if (!what.empty()) all.push_back(std::string(c.name) + ": it " + what);
    }
  return all;
}
std::string complaint(const loss_row& row, const std::string& word) {
  for (const auto& list : {std::span<const check>(checks), value_checks(), scale_checks(),
                           memory_checks(), row_checks()})
    for (const check& c : list)
      if (std::string(c.name).substr(0, std::string(c.name).find(' ')) == word) return c.run(row);
  return "has no check of this name";
}

std::vector<long double> log_probabilities(const matrix<double>& z, Eigen::Index row,
                                           long double temperature) {
  std::vector<long double> log_p;
  long double most = -inf, sum = 0;
  for (Eigen::Index i = 0; i < z.cols(); ++i) {
    log_p.push_back(static_cast<long double>(z(row, i)) / temperature);
    most = std::max(most, log_p.back());
  }
  for (const long double x : log_p) sum += std::exp(x - most);
  for (long double& x : log_p) x -= most + std::log(sum);
  return log_p;
}
long double plain_kl(const std::vector<long double>& log_p, const std::vector<long double>& log_q) {
  long double sum = 0;
  for (std::size_t i = 0; i < log_p.size(); ++i)
    if (std::exp(log_p[i]) > 0) sum += std::exp(log_p[i]) * (log_p[i] - log_q[i]);
  return sum;
}

}  // namespace kd::test
