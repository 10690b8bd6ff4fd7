// SPDX-License-Identifier: MIT
// Bad values in the logits, for every loss of the table: NaN and infinities, masked classes,
// one-hot teachers.
#include <kd/error.hpp>

#include "loss/table_checks.hpp"

namespace kd::test {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// All but one row of the gradient must be that of clean logits to the bit.
template <class T>
std::string others_stay(const matrix<T>& got, const matrix<T>& clean, Eigen::Index bad) {
  for (Eigen::Index r = 0; r < got.rows(); ++r)
    if (r != bad && !same(got.row(r), clean.row(r)))
      return say("has another gradient in row ", r, " if row ", bad, " is spoilt");
  return {};
}

/// One policy after the other on logits whose row 2 is spoilt, which check calls `word`.
template <class T>
std::string policies(const loss_row& row, const logits<T>& spoilt, const std::string& word) {
  matrix<T> g;
  places<T> p = places_of(spoilt, g);
  p.policy = non_finite::check;
  g.setConstant(T(7));
  try {
    row.at(false, p, 2.5);
    return "checks nothing";
  } catch (const value_error& e) {
    if (std::string(e.what()).find(word) == std::string::npos) return say("says ", e.what());
    if (!word.empty() && (g.array() != T(7)).any()) return "writes a gradient before it checks";
  }
  return "";
}

/// A number that is none in a row, of the student or the teacher.
template <class T>
std::string spoilt(const loss_row& row, double bad, bool in_teacher) {
  for (const auto& [rows, columns] : {std::pair{5, 9}, {3, 19}, {40, 5}, {3, 37}}) {
    if (rows * columns > 60 && !row.holds.large) break;
    const logits<T> clean = random_logits<T>(rows, columns);
    for (const int column : {0, 1, columns / 2, columns - 1}) {
      logits<T> d = clean;
      (in_teacher ? d.t : d.s)(2, column) = static_cast<T>(bad);
      std::string what = on_both([&](bool reference) -> std::string {
        const outcome<T> got = row(reference, d);
        const bool hidden = std::isfinite(got.value);
        if (hidden && (std::isnan(bad) || (!in_teacher && row.holds.spoils_gradient)))
          return say("is ", got.value);
        const bool spoils = in_teacher || std::isnan(bad) ? row.holds.spoils_gradient : false;
        if (spoils && got.gradient.row(2).allFinite() && !hidden) return "hides it";
        if (!row.holds.rows_apart) return {};
        return others_stay(got.gradient, row(reference, clean).gradient, 2);
      });
      if (what.empty())
        what = policies(row, d,
                        in_teacher && row.holds.stored_teacher ? "holds nan"
                        : std::isnan(bad)                      ? "holds nan at batch 2"
                                                               : "holds inf at batch 2");
      if (!what.empty())
        return what + say(" with ", bad, " in column ", column, " of ", columns,
                          in_teacher ? " of the teacher" : "");
    }
  }
  return {};
}
std::string spoilt_by(const loss_row& row, double bad) {
  return in_both([&]<class T>() {
    std::string what = spoilt<T>(row, bad, false);
    if (what.empty() && reads_teacher(row)) what = spoilt<T>(row, bad, true);
    return what;
  });
}
std::string not_a_number(const loss_row& row) { return spoilt_by(row, nan); }
std::string infinite(const loss_row& row) { return spoilt_by(row, inf); }

template <class T>
std::string masked_in(const loss_row& row, double tolerance) {
  return on_both([&](bool reference) -> std::string {
    logits<T> d = random_logits<T>(3, 6);
    d.labels = {0, 5, 2};
    logits<T> absent{matrix<T>(3, 5), matrix<T>(3, 5), {0, 4, 2}};
    absent.s << d.s.leftCols(3), d.s.rightCols(2);
    absent.t << d.t.leftCols(3), d.t.rightCols(2);
    d.s.col(3).setConstant(static_cast<T>(-inf));
    d.t.col(3).setConstant(static_cast<T>(-inf));
    const outcome<T> got = row(reference, d), wanted = row(reference, absent);
    if (!close(got.value, wanted.value, tolerance))
      return say("is ", got.value, ", without the class ", wanted.value);
    if (largest_of(got.gradient.col(3)) != 0) return "has a gradient at a masked class";
    if (!(largest_difference(got.gradient.leftCols(3), wanted.gradient.leftCols(3)) <= tolerance) ||
        !(largest_difference(got.gradient.rightCols(2), wanted.gradient.rightCols(2)) <= tolerance))
      return "has another gradient where a class is masked";
    return {};
  });
}
std::string masked(const loss_row& row) {
  return in_both([&]<class T>() { return masked_in<T>(row, sizeof(T) == 8 ? 1e-13 : 1e-5); });
}

/// A class, not the label's, that one side masks: what the law says.
template <class T>
std::string masked_alone(const loss_row& row, bool by_teacher) {
  const mask law = by_teacher ? row.holds.of_teacher : row.holds.of_student;
  logits<T> d = random_logits<T>(3, 6);
  d.labels = {0, 5, 2};
  logits<T> low = d;
  (by_teacher ? d.t : d.s)(1, 3) = static_cast<T>(-inf);
  (by_teacher ? low.t : low.s)(1, 3) = T(-1e4);
  const double digits = std::max(1e-5, row.holds.large_tolerance);
  return on_both([&](bool reference) -> std::string {
    const outcome<T> got = row(reference, d), wanted = row(reference, low);
    const bool finite = std::isfinite(got.value) && got.gradient.allFinite();
    if (row.holds.rows_apart)
      for (const int r : {0, 2})
        if (!same(got.gradient.row(r), wanted.gradient.row(r)))
          return say("has another gradient in row ", r);
    if (law == mask::broken) return finite ? "is finite" : "";
    if (law == mask::infinite && got.value != inf) return say("is ", got.value);
    if (law == mask::low && !close(got.value, wanted.value, sizeof(T) == 8 ? 1e-12 : digits))
      return say("is ", got.value, " and with a logit of -1e4 ", wanted.value);
    if (!got.gradient.allFinite()) return "has a gradient that is not finite";
    if (law == mask::absent && (!finite || got.gradient(1, 3) != 0))
      return say("is ", got.value, " or has a gradient at the class");
    if (law == mask::low && !(largest_difference(got.gradient, wanted.gradient) <=
                              (digits > 1e-5 && sizeof(T) == 4 ? digits : 1e-7)))
      return "has another gradient than with a logit of -1e4";
    return {};
  });
}
std::string masked_by_teacher(const loss_row& row) {
  return in_both([&]<class T>() { return masked_alone<T>(row, true); });
}
std::string masked_by_student(const loss_row& row) {
  return in_both([&]<class T>() { return masked_alone<T>(row, false); });
}

/// Every class of the student's row is masked.
template <class T>
std::string all_masked_in(const loss_row& row) {
  const logits<T> clean = random_logits<T>(5, 9);
  logits<T> d = clean;
  d.s.row(2).setConstant(static_cast<T>(-inf));
  const std::string what = on_both([&](bool reference) -> std::string {
    const outcome<T> got = row(reference, d);
    if (std::isfinite(got.value)) return say("is ", got.value);
    if (!row.holds.rows_apart) return {};
    return others_stay(got.gradient, row(reference, clean).gradient, 2);
  });
  return what.empty() ? policies(row, d, "") : what;
}
std::string all_masked(const loss_row& row) {
  return in_both([&]<class T>() { return all_masked_in<T>(row); });
}

/// At T = 1 value and gradient against the label's class, in long double: p_s - e_y.
template <class T>
std::string one_hot_in(const loss_row& row, double gap) {
  logits<T> d = random_logits<T>(3, 6);
  d.t.setZero();
  for (int i = 0; i < 3; ++i) d.t(i, d.labels[static_cast<std::size_t>(i)]) = static_cast<T>(gap);
  const double digits = 8 * static_cast<double>(std::numeric_limits<T>::epsilon());
  return on_both([&](bool reference) -> std::string {
    const outcome<T> got = row(reference, d, 1);
    if (!std::isfinite(got.value) || !got.gradient.allFinite())
      return say("is ", got.value, ", or its gradient is not finite");
    if (!row.holds.one_hot) return {};
    long double wanted = 0;
    matrix<double> g(3, 6);
    for (Eigen::Index i = 0; i < 3; ++i) {
      const auto log_p = log_probabilities(d.s.template cast<double>(), i, 1);
      const auto label = d.labels[static_cast<std::size_t>(i)];
      wanted -= log_p[static_cast<std::size_t>(label)] / 3;
      for (Eigen::Index c = 0; c < 6; ++c)
        g(i, c) = static_cast<double>(
            (std::exp(log_p[static_cast<std::size_t>(c)]) - (c == label ? 1 : 0)) / 3);
    }
    if (!close(got.value, static_cast<double>(wanted), digits))
      return say("is ", got.value, ", the cross-entropy ", static_cast<double>(wanted));
    const double error = largest_difference(got.gradient, g);
    return error <= digits ? "" : say("has a gradient that is off by ", error);
  });
}
std::string one_hot(const loss_row& row) {
  for (const double gap : {200.0, 1e4}) {
    const std::string what = in_both([&]<class T>() { return one_hot_in<T>(row, gap); });
    if (!what.empty()) return what + say(" for a gap of ", gap);
  }
  return {};
}

constexpr check checks[] = {
    {"V1 not a number in a row", not_a_number},
    {"V2 +inf in a row", infinite},
    {"V3 masked by both", masked, &laws::masked},
    {"V4 masked by the teacher", masked_by_teacher},
    {"V5 masked by the student", masked_by_student},
    {"V6 a row all masked", all_masked},
    {"V7 one-hot teachers", one_hot},
};

}  // namespace

std::span<const check> value_checks() { return checks; }

}  // namespace kd::test
