// SPDX-License-Identifier: MIT
// Large logits, small and large temperatures, rows near the teacher's and modes of the processor,
// for every loss of the table.
#include "loss/table_checks.hpp"
#include "support/floating_point_mode.hpp"

namespace kd::test {

namespace {

template <class A, class B>
logits<A> as(const logits<B>& d) {
  return {d.s.template cast<A>(), d.t.template cast<A>(), d.labels};
}

/// In float or in half storage against the same numbers in double, relative to `digits`.
template <class T>
std::string like_double(const loss_row& row, const logits<T>& d, double temperature, double digits,
                        double gradient_digits) {
  const auto got = row(false, d, temperature);
  const outcome<double> wanted = row(false, as<double>(d), temperature);
  if (!close(got.value, wanted.value, digits))
    return say("is ", got.value, " and in double ", wanted.value);
  const double error = largest_difference(got.gradient, wanted.gradient);
  const double size = std::max(1 / static_cast<double>(d.s.rows()), largest_of(wanted.gradient));
  if (error <= gradient_digits * size) return {};
  return say("has a gradient that is off by ", error, " of ", size);
}

/// Batches at the edge of what logits may be.
template <class T>
std::vector<std::pair<const char*, logits<T>>> edges(double high) {
  std::vector<std::pair<const char*, logits<T>>> all;
  const T top(static_cast<float>(high)), none(0), one(1), two(2);
  const logits<T> plain = as<T>(random_logits<double>(3, 6));
  all.emplace_back("ordinary logits", plain);
  logits<T> d = plain;
  d.s.row(0) << top, -top, none, none, top, one;
  d.t.row(0) << -top, top, none, top, none, two;
  all.emplace_back("large logits", d);
  std::swap(d.s, d.t);
  all.emplace_back("large logits, the other way", d);
  d = plain;
  for (Eigen::Index r = 0; r < 3; ++r)
    d.t.row(r).setZero(), d.t(r, d.labels[static_cast<std::size_t>(r)]) = top;
  all.emplace_back("a one-hot teacher that is right", d);
  d.labels = {1, 1, 1};
  d.t.setZero(), d.t.col(0).setConstant(top);
  all.emplace_back("a one-hot teacher that is wrong", d);
  std::swap(d.s, d.t);
  all.emplace_back("a one-hot student", d);
  d = plain;
  d.s.setConstant(T(3)), d.t.setConstant(T(-2));
  all.emplace_back("constant logits", d);
  all.emplace_back("random large logits", as<T>(random_logits<double>(3, 6, high / 4)));
  all.emplace_back("one class", as<T>(random_logits<double>(5, 1)));
  all.emplace_back("one row", as<T>(random_logits<double>(1, 6)));
  return all;
}
template <class T>
std::string finite_edges(const loss_row& row) {
  for (const auto& [what, d] : edges<T>(1e4))
    for (const double temperature : {1e-3, 1.0, 1e6}) {
      const outcome<T> got = row(false, d, temperature);
      const auto where = [what = what, temperature] {
        return say(" with ", what, " at temperature ", temperature);
      };
      if (!std::isfinite(got.value)) return say("is ", got.value, where());
      if (!got.gradient.allFinite()) return "has an infinite gradient" + where();
      if constexpr (sizeof(T) == 8) {
        const double wanted = row(true, d, temperature).value;
        if (!close(got.value, wanted, 1e-8)) return say("is ", got.value, " and ", wanted, where());
      }
    }
  return {};
}
/// +-1e4, +-6e4 in half storage, and +-3e38 where the value can be represented.
std::string large_logits(const loss_row& row) {
  std::string what = in_both([&]<class T>() { return finite_edges<T>(row); });
  if (!what.empty()) return what;
  for (const auto& [name, d] : edges<float>(1e4))
    if (what = like_double(row, d, 1, row.holds.large_tolerance, row.holds.large_tolerance);
        !what.empty())
      return say(what, " in float with ", name);
  for (const auto& [name, d] : edges<Eigen::half>(6e4))
    if (what = like_double(row, d, 1, row.holds.large_tolerance, row.holds.large_tolerance);
        !what.empty())
      return say(what, " in half storage with ", name);
  for (const auto& [name, d] : edges<float>(3e38)) {
    const outcome<float> got = row(false, d, 1);
    const outcome<double> wanted = row(false, as<double>(d), 1);
    const double size = static_cast<double>(d.s.size());  // sums of as many must fit
    const bool fits = std::abs(wanted.value) * size < 3e38 && row.holds.reaches_3e38 &&
                      largest_of(wanted.gradient) < 3e38;
    if (fits && (!close(got.value, wanted.value, 1e-6) || !got.gradient.allFinite()))
      return say("is ", got.value, " and in double ", wanted.value, " at 3e38 with ", name);
  }
  return {};
}

std::string no_temperatures(const loss_row& row) {
  const logits<double> d = random_logits<double>(3, 5);
  if (!row.holds.says_temperature || row(false, d, 1).value == row(false, d, 3).value) return {};
  for (const double temperature : {0.0, -1.0, -inf, inf, std::nan("")}) {
    matrix<double> g;
    const places<double> p = places_of(d, g);
    g.setConstant(7);
    try {
      row.at(false, p, temperature);
      return say("takes the temperature ", temperature);
    } catch (const value_error& e) {
      if (std::string(e.what()).find("it must be") == std::string::npos) return e.what();
      if ((g.array() != 7).any()) return "writes a gradient before it refuses";
    }
  }
  return {};
}

std::string small_temperatures(const loss_row& row) {
  for (const double temperature : {1e-6, 1e-3, 1e-1})
    for (const unsigned seed : {1u, 2u, 3u}) {
      const logits<float> d = random_logits<float>(3, 7, 2, seed);
      // z / T is rounded to float, and softmax amplifies that by z / T.
      const double rounded = std::min(1.0, 1e-6 * largest_of(d.s) / temperature);
      const std::string what = like_double(row, d, temperature, 1e-6, 1e-6 + rounded);
      if (!what.empty()) return what + say(" at temperature ", temperature);
      if (row.formula && !row.holds.stored_teacher) {
        const logits<double> e = random_logits<double>(3, 7, 2, seed);
        const double got = row(false, e, temperature).value, wanted = row.formula(e, temperature);
        if (std::isfinite(wanted) && !close(got, wanted, 1e-12))
          return say("is ", got, ", by its formula ", wanted);
      }
    }
  return {};
}

std::string settles(const loss_row& row) {
  const logits<double> d = random_logits<double>(4, 9);
  const matrix<double> warm = row(false, d, 1e3).gradient, hot = row(false, d, 1e4).gradient;
  const double change = largest_difference(hot, warm);
  return change <= 1e-2 * largest_of(warm) ? "" : say("has gradients that change by ", change);
}
/// |centred s - centred t|^2 / (2 C) and its gradient; the next term is as small as a logit / T.
template <class T>
std::string limit(const loss_row& row) {
  const logits<T> d = random_logits<T>(4, 8, 0.2);
  matrix<double> apart = d.s.template cast<double>() - d.t.template cast<double>();
  apart.colwise() -= apart.rowwise().mean().eval();
  const double wanted = row.holds.limit * apart.squaredNorm() / (2 * 8 * 4);
  for (const double temperature : {1e3, 1e4, 1e5, 1e6}) {
    const outcome<T> got = row(false, d, temperature);
    const double digits = (sizeof(T) == 8 ? 1e-9 : 1e-5) + 2 / temperature;
    if (!(std::abs(got.value - wanted) <= digits * wanted))
      return say("is ", got.value, " at temperature ", temperature, ", its limit ", wanted);
    const matrix<double> g = apart * (row.holds.limit / (8 * 4));
    const double error = largest_difference(got.gradient, g);
    if (!(error <= digits * largest_of(g)))
      return say("has a gradient that is off by ", error, " at temperature ", temperature);
  }
  return {};
}
std::string large_temperatures(const loss_row& row) {
  const double digits = row.holds.warms_in_float ? row.holds.float_tolerance : 1e-3;
  for (const double temperature : {1e3, 1e4, 1e5, 1e6}) {
    if (temperature > 1e3 && !row.holds.warms_in_float) break;
    const std::string what =
        like_double(row, random_logits<float>(4, 9), temperature, digits, digits);
    if (!what.empty()) return what + say(" at temperature ", temperature);
  }
  const std::string what = row.holds.tempered ? settles(row) : "";
  if (!what.empty() || row.holds.limit == 0) return what;
  return in_both([&]<class T>() { return limit<T>(row); });
}

std::string zero_at_teacher(const loss_row& row) {
  return in_both([&]<class T>() {
    for (const auto& [rows, columns] : {std::pair{6, 21}, {40, 5}, {3, 300}}) {
      if (columns > 100 && !row.holds.large) continue;
      logits<T> d = random_logits<T>(rows, columns, 5);
      d.t = d.s;
      const std::string what = on_both([&](bool reference) -> std::string {
        const outcome<T> at = row(reference, d);
        if (at.value != 0) return say("is ", at.value);
        const double g = largest_of(at.gradient);
        return g == 0 ? "" : say("has the gradient ", g);
      });
      if (!what.empty()) return what;
    }
    return std::string();
  });
}

/// Near the teacher the loss keeps its digits: float against double, double against the formula.
std::string near_teacher(const loss_row& row) {
  for (const double distance : {1e-2, 1e-4, 1e-6})
    for (const unsigned seed : {1u, 2u, 3u}) {
      const double digits = row.holds.keeps_digits ? 2e-5 : std::min(0.5, 1e-6 / distance);
      logits<float> f = random_logits<float>(4, 9, 2, seed);
      f.s = f.t + random_matrix<float>(4, 9, distance, seed + 9);
      const outcome<float> got = row(false, f);
      const outcome<double> wanted = row(false, as<double>(f));
      if (!(std::abs(got.value / wanted.value - 1) <= digits))
        return say("is ", got.value, " and in double ", wanted.value, " at distance ", distance);
      const double error = largest_difference(got.gradient, wanted.gradient);
      if ((row.holds.keeps_digits || distance > 1e-5) &&
          !(error <= digits * largest_of(wanted.gradient)))
        return say("has a gradient that is off by ", error, " at distance ", distance);
      if (!row.formula) continue;
      const logits<double> d = as<double>(f);
      const double exact = row.formula(d, 2.5);  // to 19 digits of p, not of the loss
      if (!(std::abs(wanted.value / exact - 1) <= 1e-12 + 1e-17 / (distance * distance)))
        return say("is ", wanted.value, ", by its formula ", exact, " at distance ", distance);
    }
  return {};
}

std::string modes(const loss_row& row) {
  return in_both([&]<class T>() -> std::string {
    logits<T> d = random_logits<T>(6, 20);
    d.s.row(3).head(9) *= std::numeric_limits<T>::min() / 8;  // denormal logits
    d.t(5, 0) = T(95);                                        // and probabilities
    const outcome<T> wanted = row(false, d);
    const double digits = sizeof(T) == 8 ? 1e-10 : 10 * row.holds.float_tolerance;
    for (const int rounding : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO})
      for (const bool flushes : {false, true}) {
        if (rounding == FE_UPWARD && !row.holds.rounds_up) continue;
        outcome<T> got;
        in_mode(rounding, flushes, [&] { got = row(false, d); });
        if (!close(got.value, wanted.value, digits))
          return say("is ", got.value, " in mode ", rounding, ", else ", wanted.value);
        const double error = largest_difference(got.gradient, wanted.gradient);
        if (!(error <= digits * std::max(1.0, largest_of(wanted.gradient))))
          return say("has a gradient that is off by ", error, " in mode ", rounding);
      }
    return {};
  });
}

constexpr check checks[] = {
    {"V9 large logits", large_logits},
    {"V10 temperatures that are none", no_temperatures},
    {"V11 small temperatures", small_temperatures},
    {"V12 large temperatures", large_temperatures},
    {"V13 equal to the teacher", zero_at_teacher, &laws::zero_at_teacher},
    {"V14 near the teacher", near_teacher, &laws::zero_at_teacher},
    {"V15 modes of the processor", modes},
};

}  // namespace

std::span<const check> scale_checks() { return checks; }

}  // namespace kd::test
