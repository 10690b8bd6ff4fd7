// SPDX-License-Identifier: MIT
// Rows of any outer axes, for every loss of the table that has them: against the same rows as a
// batch, with masks, weights, ignored labels, and anything at all in what does not count.
#include "loss/table_checks.hpp"

namespace kd::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr int columns = 37;  // rows are longer than lanes, in a batch of any size

/// Rows of logits and where they stand in a padded tensor.
struct rows_apart {
  logits<double> d;
  std::vector<std::size_t> at;
  std::vector<double> weights;
};

/// Twelve rows, of which some are padding: by a mask, by an ignored label, or both.
std::pair<padded_rows, rows_apart> padded(bool reads_labels, bool weighted, double junk) {
  padded_rows p{3, 4, columns, {}, {}, {}, {}};
  const logits<double> d = random_logits<double>(12, columns);
  rows_apart kept{{matrix<double>(0, columns), matrix<double>(0, columns), {}}, {}, {}};
  for (Eigen::Index r = 0; r < 12; ++r) {
    const auto i = static_cast<std::size_t>(r);
    const bool ignored = r == 5 || r == 11, counts = !ignored && r != 2 && r != 6;
    for (Eigen::Index c = 0; c < columns; ++c) {
      const bool spoils = !counts && (c % 3 == 1 || r == 6);
      p.s.push_back(spoils ? junk : d.s(r, c));
      p.t.push_back(spoils && r != 11 ? junk : d.t(r, c));
    }
    p.labels.push_back(ignored ? -100 : d.labels[i]);
    const double weight = weighted ? 0.5 * static_cast<double>(1 + r % 3) : 1;
    p.weights.push_back(counts || (r == 5 && reads_labels) ? weight : 0);
    if (!counts) continue;
    const Eigen::Index n = kept.d.s.rows();
    kept.d.s.conservativeResize(n + 1, Eigen::NoChange);
    kept.d.t.conservativeResize(n + 1, Eigen::NoChange);
    kept.d.s.row(n) = d.s.row(r), kept.d.t.row(n) = d.t.row(r);
    kept.d.labels.push_back(d.labels[i]);
    kept.at.push_back(i), kept.weights.push_back(weight);
  }
  return {p, kept};
}

/// Units in the last place: factors of a row are multiplied in another order if a weight is one.
constexpr double ulps(double n) { return n * std::numeric_limits<double>::epsilon(); }

/// The gradient of every row that counts is `wanted` there, and 0 elsewhere.
std::string gradients(const std::vector<double>& got, const rows_apart& kept,
                      const matrix<double>& wanted, double digits) {
  matrix<double> all = matrix<double>::Zero(12, columns);
  for (std::size_t k = 0; k < kept.at.size(); ++k)
    all.row(static_cast<Eigen::Index>(kept.at[k])) = wanted.row(static_cast<Eigen::Index>(k));
  for (Eigen::Index r = 0; r < 12; ++r)
    for (Eigen::Index c = 0; c < columns; ++c) {
      const double g = got[static_cast<std::size_t>(r * columns + c)];
      if (!(std::abs(g - all(r, c)) <= digits * largest_of(all.row(r))))
        return say("has the gradient ", g, " and not ", all(r, c), " in row ", r, ", column ", c);
    }
  return {};
}
bool near(double got, double wanted, double digits) {
  return std::abs(got - wanted) <= digits * std::abs(wanted);
}

std::string masked_rows(const loss_row& row) {
  if (!row.weighted) return {};
  for (const double junk : {nan, -inf, inf}) {
    const auto [p, kept] = padded(reads_labels(row), false, junk);
    const padded_outcome got = row.weighted(p);
    const outcome<double> wanted = row(false, kept.d, rows_temperature);
    const double digits = row.holds.rows_apart ? ulps(2) : 1e-13;  // else sums over rows come in
    if (!near(got.value, wanted.value, digits))
      return say("is ", got.value, " and as a batch ", wanted.value, " with ", junk, " in padding");
    const std::string what = gradients(got.gradient, kept, wanted.gradient, digits);
    if (!what.empty()) return what + say(" with ", junk, " in padding");
  }
  return {};
}

/// Each row alone is a batch of one.
std::string each_row(const loss_row& row) {
  if (!row.per_row) return {};
  for (const double junk : {nan, -inf}) {
    const auto [p, kept] = padded(reads_labels(row), false, junk);
    const padded_outcome got = row.per_row(p);
    matrix<double> wanted(kept.d.s.rows(), columns);
    for (Eigen::Index k = 0; k < wanted.rows(); ++k) {
      const auto i = static_cast<std::size_t>(k);
      const outcome<double> one =
          row(false, logits<double>{kept.d.s.row(k), kept.d.t.row(k), {kept.d.labels[i]}},
              rows_temperature);
      wanted.row(k) = one.gradient;
      if (!near(got.of_weights[kept.at[i]], one.value, ulps(2)))
        return say("is ", got.of_weights[kept.at[i]], " in row ", kept.at[i], ", alone ",
                   one.value);
    }
    const std::string what = gradients(got.gradient, kept, wanted, ulps(2));
    if (!what.empty()) return what + say(" with ", junk, " in padding");
  }
  return {};
}

std::string weighted_rows(const loss_row& row) {
  if (!row.weighted || !row.per_row) return {};
  const auto [p, kept] = padded(reads_labels(row), true, nan);
  const padded_outcome got = row.weighted(p), rows = row.per_row(p);
  double sum = 0, weights = 0;
  for (std::size_t k = 0; k < kept.at.size(); ++k) {
    sum += kept.weights[k] * rows.of_weights[kept.at[k]];
    weights += kept.weights[k];
  }
  if (!close(got.value, sum / weights, 1e-14))
    return say("is ", got.value, " and by its rows ", sum / weights);
  for (std::size_t i = 0; i < got.gradient.size(); ++i)
    if (!(std::abs(got.gradient[i] - rows.gradient[i] / weights) <= 1e-14))
      return say("has the weighted gradient ", got.gradient[i], " and by its rows ",
                 rows.gradient[i] / weights);
  padded_rows none = p;
  none.weights.assign(none.weights.size(), 0);
  const padded_outcome nothing = row.weighted(none);
  const auto is_zero = [](double g) { return g == 0; };
  if (nothing.value != 0 || !std::all_of(nothing.gradient.begin(), nothing.gradient.end(), is_zero))
    return say("is ", nothing.value, " of no rows, or has a gradient");
  return {};
}

constexpr check checks[] = {
    {"R1 padded rows that are masked or ignored", masked_rows},
    {"R2 each row alone", each_row},
    {"R3 weights, and none", weighted_rows},
};

}  // namespace

std::span<const check> row_checks() { return checks; }

}  // namespace kd::test
