// SPDX-License-Identifier: MIT
// The checks of the table of losses.
#include "loss/table.hpp"

#include <limits>
#include <sstream>

namespace kd::test {

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// The largest |x|, infinite if one is not a number.
template <class Matrix>
double largest(const Matrix& m) {
  double most = 0;
  for (Eigen::Index i = 0; i < m.rows(); ++i)
    for (Eigen::Index j = 0; j < m.cols(); ++j) {
      const double x = std::abs(static_cast<double>(m(i, j)));
      if (std::isnan(x)) return inf;
      most = std::max(most, x);
    }
  return most;
}

template <class... Parts>
std::string say(const Parts&... parts) {
  std::ostringstream text;
  text.precision(17);
  (text << ... << parts);
  return text.str();
}

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
    const double error = largest(got.gradient - wanted.gradient);
    // One class has no gradient but that of rounding; its terms are of size 1 / batch.
    if (!(error <= tolerance * std::max(1e-2, largest(wanted.gradient))))
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
  const double sum = largest(plain.gradient.rowwise().sum());
  return sum <= 1e-13 ? "" : say("has gradients that sum to ", sum, " along a row");
}

template <class T>
std::string zero_in(const loss_row& row) {
  logits<T> d = random_logits<T>(6, 21, 5);
  d.t = d.s;
  const outcome<T> at = row(false, d);
  if (at.value != 0) return say("is ", at.value);
  const double g = largest(at.gradient);
  return g <= (sizeof(T) == 8 ? 1e-15 : 1e-7) ? "" : say("has the gradient ", g);
}
std::string zero_at_teacher(const loss_row& row) {
  const std::string in_double = zero_in<double>(row);
  return in_double.empty() ? zero_in<float>(row) : in_double;
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

std::string rows_apart(const loss_row& row) {
  for (const bool reference : {true, false}) {
    const logits<double> d = random_logits<double>(5, 9);
    logits<double> spoilt = d;
    spoilt.s(2, 4) = std::nan("");
    const outcome<double> clean = row(reference, d), got = row(reference, spoilt);
    if (!std::isnan(got.value)) return say("is ", got.value, " where a logit is not a number");
    if (row.holds.spoils_gradient && largest(got.gradient.row(2)) < inf)
      return "hides a logit that is not a number";
    for (const int r : {0, 1, 3, 4})
      if (largest(got.gradient.row(r) - clean.gradient.row(r)) != 0)
        return say("has another gradient in row ", r, " if row 2 is not a number");
    spoilt = d;
    spoilt.t(2, 4) = std::nan("");
    if (row(reference, spoilt).value != clean.value && !std::isnan(row(reference, spoilt).value))
      return "hides a teacher that is not a number";
  }
  return {};
}

std::string tempered(const loss_row& row) {
  const logits<double> d = random_logits<double>(4, 9);
  const matrix<double> warm = row(false, d, 1e3).gradient, hot = row(false, d, 1e4).gradient;
  const double change = largest(hot - warm);
  return change <= 1e-2 * largest(warm) ? "" : say("has gradients that change by ", change);
}

std::string masked(const loss_row& row) {
  for (const bool reference : {true, false}) {
    logits<double> d = random_logits<double>(3, 6);
    d.labels = {0, 5, 2};
    logits<double> absent{matrix<double>(3, 5), matrix<double>(3, 5), {0, 4, 2}};
    absent.s << d.s.leftCols(3), d.s.rightCols(2);
    absent.t << d.t.leftCols(3), d.t.rightCols(2);
    d.s.col(3).setConstant(-inf);
    d.t.col(3).setConstant(-inf);
    const outcome<double> got = row(reference, d), wanted = row(reference, absent);
    if (!close(got.value, wanted.value, 1e-13))
      return say("is ", got.value, ", without the class ", wanted.value);
    if (largest(got.gradient.col(3)) != 0) return "has a gradient at a masked class";
    if (!(largest(got.gradient.leftCols(3) - wanted.gradient.leftCols(3)) <= 1e-13) ||
        !(largest(got.gradient.rightCols(2) - wanted.gradient.rightCols(2)) <= 1e-13))
      return "has another gradient where a class is masked";
  }
  return {};
}

/// Batches at the edge of what logits may be.
template <class T>
std::vector<std::pair<const char*, logits<T>>> edges() {
  std::vector<std::pair<const char*, logits<T>>> all;
  const logits<T> plain = random_logits<T>(3, 6);
  all.emplace_back("ordinary logits", plain);
  logits<T> d = plain;
  d.s.row(0) << T(1e4), T(-1e4), 0, 0, T(1e4), T(1);
  d.t.row(0) << T(-1e4), T(1e4), 0, T(1e4), 0, T(2);
  all.emplace_back("logits of 1e4", d);
  std::swap(d.s, d.t);
  all.emplace_back("logits of 1e4, the other way", d);
  d = plain;
  for (Eigen::Index r = 0; r < 3; ++r)
    d.t.row(r).setZero(), d.t(r, d.labels[static_cast<std::size_t>(r)]) = T(1e4);
  all.emplace_back("a one-hot teacher that is right", d);
  d.labels = {1, 1, 1};
  d.t.setZero(), d.t.col(0).setConstant(T(1e4));
  all.emplace_back("a one-hot teacher that is wrong", d);
  std::swap(d.s, d.t);
  all.emplace_back("a one-hot student", d);
  d = plain;
  d.s.setConstant(T(3)), d.t.setConstant(T(-2));
  all.emplace_back("constant logits", d);
  all.emplace_back("one class", random_logits<T>(5, 1));
  all.emplace_back("one row", random_logits<T>(1, 6));
  return all;
}
template <class T>
std::string edges_in(const loss_row& row) {
  for (const auto& [what, d] : edges<T>())
    for (const double temperature : {1e-3, 1.0, 1e6}) {
      const outcome<T> got = row(false, d, temperature);
      if (!std::isfinite(got.value))
        return say("is ", got.value, " with ", what, " at temperature ", temperature);
      if (largest(got.gradient) == inf)
        return say("has an infinite gradient with ", what, " at temperature ", temperature);
      if constexpr (sizeof(T) == 8) {
        const double wanted = row(true, d, temperature).value;
        if (!close(got.value, wanted, 1e-8))
          return say("is ", got.value, " and ", wanted, " with ", what, " at temperature ",
                     temperature);
      }
    }
  return {};
}
std::string edges_stay_finite(const loss_row& row) {
  const std::string in_double = edges_in<double>(row);
  return in_double.empty() ? edges_in<float>(row) : "in double " + in_double;
}

struct check {
  const char* name;
  std::string (*run)(const loss_row&);
  bool laws::*applies = nullptr;  // to all losses, if none
};
constexpr check checks[] = {
    {"formula", formula},
    {"gradient", gradient, &laws::differentiated},
    {"backends", backends},
    {"edges", edges_stay_finite},
    {"shift_invariant", shift_invariant, &laws::shift_invariant},
    {"zero_at_teacher", zero_at_teacher, &laws::zero_at_teacher},
    {"not_negative", not_negative, &laws::not_negative},
    {"batch_mean", batch_mean, &laws::batch_mean},
    {"rows_apart", rows_apart, &laws::rows_apart},
    {"tempered", tempered, &laws::tempered},
    {"masked", masked, &laws::masked},
};

}  // namespace

std::vector<std::string> complaints(const loss_row& row) {
  std::vector<std::string> all;
  for (const check& c : checks) {
    if (c.applies != nullptr && !(row.holds.*c.applies)) continue;
    const std::string what = c.run(row);
    if (!what.empty()) all.push_back(std::string(c.name) + ": it " + what);
  }
  return all;
}
std::string complaint(const loss_row& row, const std::string& name) {
  for (const check& c : checks)
    if (c.name == name) return c.run(row);
  return "there is no check " + name;
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
  for (std::size_t i = 0; i < log_p.size(); ++i) sum += std::exp(log_p[i]) * (log_p[i] - log_q[i]);
  return sum;
}

}  // namespace kd::test
