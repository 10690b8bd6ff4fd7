// SPDX-License-Identifier: MIT
// Shapes, labels and memory, for every loss of the table: empty batches, strides, overlap, any
// address.
#include <kd/error.hpp>

#include "loss/table_checks.hpp"

namespace kd::test {

namespace {

/// What is said about a mistake: the words of an Error, or of another exception as a complaint.
template <class Error, class F>
std::string said_by(F f) {
  try {
    f();
  } catch (const Error& e) { return e.what(); }
  return {};
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string no_rows(const loss_row& row) {
  return in_both([&]<class T>() {
    return on_both([&](bool reference) -> std::string {
      const T number(3);
      T destination(7);
      const int label = 0;
      const places<T> p{tensor(&number, {0, 6}), tensor(&number, {0, 6}), tensor(&label, {0}),
                        tensor(&destination, {0, 6})};
      const double value = row.at(reference, p, 2.5);
      if (value != 0) return say("is ", value);
      return destination == T(7) ? "" : "writes a gradient";
    });
  });
}

std::string one_class(const loss_row& row) {
  const std::string what = in_both([&]<class T>() {
    return on_both([&](bool reference) -> std::string {
      const outcome<T> one = row(reference, random_logits<T>(5, 1));
      if (!std::isfinite(one.value) || !one.gradient.allFinite()) return "is not finite";
      if (!row.holds.shift_invariant) return {};  // it can tell logits apart
      if (row.holds.rows_apart && std::abs(one.value) > 1e-12) return say("is ", one.value);
      return largest_of(one.gradient) <= 1e-7 ? "" : "has a gradient";
    });
  });
  if (!what.empty()) return what + " with one class";
  const logits<double> none{matrix<double>(3, 0), matrix<double>(3, 0), {0, 0, 0}};
  return on_both([&](bool reference) -> std::string {
    double value = 1;
    const auto said = said_by<shape_error>([&] { value = row(reference, none).value; });
    return value == 0 || contains(said, "is empty") ? "" : "says of no classes: " + said;
  });
}

std::string one_row_of_teacher(const loss_row& row) {
  if (!reads_teacher(row)) return {};
  return on_both([&](bool reference) -> std::string {
    const logits<double> d = random_logits<double>(3, 6);
    matrix<double> g;
    for (const std::int64_t rows : {1, 2, 4})
      for (const std::int64_t columns : {1, 5, 6, 7}) {
        if (row.holds.stored_teacher && rows > 3) continue;
        std::vector<double> numbers(64, 0.5);
        places<double> p = places_of(d, g);
        g.setConstant(7);
        p.t = tensor<const double>(numbers.data(), {rows, columns});
        const auto said = said_by<shape_error>([&] { row.at(reference, p, 2.5); });
        if (!contains(said, "3") || !contains(said, std::to_string(rows)))
          return say("says of a teacher of ", rows, " x ", columns,
                     " and a student of 3 x 6: ", said);
        if ((g.array() != 7).any()) return "writes a gradient before it refuses";
      }
    return {};
  });
}

std::string wrong_labels(const loss_row& row) {
  if (!reads_labels(row) || row.holds.stored_teacher) return {};
  return on_both([&](bool reference) -> std::string {
    for (const int wrong : {-1, 6, 1000000, std::numeric_limits<int>::min()}) {
      logits<double> d = random_logits<double>(3, 6);
      d.labels[1] = wrong;
      matrix<double> g;
      const places<double> p = places_of(d, g);
      g.setConstant(7);
      const auto said = said_by<value_error>([&] { row.at(reference, p, 2.5); });
      if (!contains(said, say("holds ", wrong, " at position 1"))) return "says " + said;
      if ((g.array() != 7).any()) return "writes a gradient before it refuses";
    }
    logits<double> d = random_logits<double>(3, 6);
    d.labels.pop_back();
    const auto said = said_by<shape_error>([&] { row(reference, d); });
    return contains(said, "2") && contains(said, "3") ? "" : "says of a label too few: " + said;
  });
}

/// Numbers of a matrix in memory of any strides; what lies between them must stay.
template <class T>
struct laid_out {
  std::vector<T> memory;
  tensor_view<T> view;
  laid_out(const matrix<T>& m, std::int64_t row, std::int64_t column) {
    const std::int64_t rows = m.rows(), columns = m.cols();
    const std::int64_t all = std::abs(row) * (rows - 1) + std::abs(column) * (columns - 1) + 1;
    memory.assign(static_cast<std::size_t>(all), T(-99));
    T* first = memory.data() + (row < 0 ? -row * (rows - 1) : 0) +
               (column < 0 ? -column * (columns - 1) : 0);
    view = tensor(first, {rows, columns}, {row, column});
    for (Eigen::Index i = 0; i < rows; ++i)
      for (Eigen::Index j = 0; j < columns; ++j) first[i * row + j * column] = m(i, j);
  }
  matrix<T> read() const {
    matrix<T> m(view.extents[0], view.extents[1]);
    for (Eigen::Index i = 0; i < m.rows(); ++i)
      for (Eigen::Index j = 0; j < m.cols(); ++j)
        m(i, j) = view.data[i * view.strides[0] + j * view.strides[1]];
    return m;
  }
  auto untouched() const { return std::count(memory.begin(), memory.end(), T(-99)); }
};
template <class T>
tensor_view<const T> read_only(const tensor_view<T>& v) {
  return tensor<const T>(v.data, {v.extents[0], v.extents[1]}, {v.strides[0], v.strides[1]});
}

template <class T>
std::string strided(const loss_row& row, int rows, int columns) {
  const logits<T> d = random_logits<T>(rows, columns);
  const std::int64_t b = rows, c = columns;
  const std::pair<std::int64_t, std::int64_t> layouts[] = {
      {c, 1}, {c + 3, 1}, {1, b}, {1, b + 2}, {-c, 1}, {c, -1}, {-2 * c, -2}, {3, 3 * b}};
  const double digits = sizeof(T) == 8 ? 1e-12 : row.holds.float_tolerance;
  return on_both([&](bool reference) -> std::string {
    const outcome<T> wanted = row(reference, d);
    for (int k = 0; k < (reference ? 8 : 24); ++k) {
      const auto& of_student = layouts[k % 8];
      const auto& [across, along] = layouts[(k + k / 8 * 3) % 8];
      const laid_out<T> s(d.s, of_student.first, of_student.second), t(d.t, across, along);
      laid_out<T> g(matrix<T>::Constant(rows, columns, T(7)), along * 2, across * 2 + along);
      const bool apart = std::abs(g.view.strides[0]) >= c * std::abs(g.view.strides[1]) ||
                         std::abs(g.view.strides[1]) >= b * std::abs(g.view.strides[0]);
      if (!apart) g = laid_out<T>(matrix<T>::Constant(rows, columns, T(7)), across, along);
      const auto before = g.untouched();
      const double value = row.at(
          reference,
          places<T>{read_only(s.view), read_only(t.view), tensor(d.labels.data(), {b}), g.view},
          2.5);
      const std::string where = say(" with strides ", of_student.first, ", ", of_student.second,
                                    " and ", across, ", ", along, " at ", rows, " x ", columns);
      if (!close(value, wanted.value, digits))
        return say("is ", value, ", packed ", wanted.value, where);
      const double error = largest_difference(g.read(), wanted.gradient);
      if (!(error <= digits * std::max(1e-2, largest_of(wanted.gradient))))
        return say("has a gradient that is off by ", error, where);
      if (g.untouched() != before) return "writes between the elements of a gradient" + where;
    }
    return {};
  });
}
std::string strides(const loss_row& row) {
  for (const auto& [rows, columns] : {std::pair{5, 7}, {2, 19}, {3, 40}, {37, 4}}) {
    if (rows * columns > 50 && !row.holds.large) break;
    const std::string what =
        in_both([&, r = rows, c = columns]<class T>() { return strided<T>(row, r, c); });
    if (!what.empty()) return what;
  }
  return {};
}

/// Rows that share memory may be read, not written.
std::string shared_rows(const loss_row& row) {
  return on_both([&](bool reference) -> std::string {
    logits<double> d = random_logits<double>(4, 6);
    d.t.rowwise() = d.t.row(0).eval();
    const outcome<double> wanted = row(reference, d);
    matrix<double> g;
    places<double> p = places_of(d, g);
    p.t.strides[0] = 0;
    if (row.at(reference, p, 2.5) != wanted.value || !same(g, wanted.gradient))
      return "differs where the teacher's rows are one";
    p.gradient.strides[0] = 0;
    g.setConstant(7);
    const auto said = said_by<kd::error>([&] { row.at(reference, p, 2.5); });
    if (!contains(said, "stride 0 along axis 'batch'")) return "says " + said;
    return (g.array() == 7).all() ? "" : "writes a gradient before it refuses";
  });
}

/// A gradient over the student's or the teacher's logits is that elsewhere, or refused.
template <class T>
std::string in_place(const loss_row& row, bool over_teacher) {
  for (const int columns : {7, 33})
    for (const int shift : {0, 1}) {  // shifted: a part of the memory is shared
      const logits<T> d = random_logits<T>(20, columns);
      const std::string what = on_both([&](bool reference) -> std::string {
        const outcome<T> apart = row(reference, d);
        logits<T> at = d;
        std::vector<T> memory(static_cast<std::size_t>(20 * columns + 1), T(7));
        const matrix<T>& shared = over_teacher ? d.t : d.s;
        std::copy(shared.data(), shared.data() + shared.size(), memory.begin());
        const auto before = memory;
        matrix<T> g;
        places<T> p = places_of(at, g);
        (over_teacher ? p.t : p.s) = tensor<const T>(memory.data(), {20, columns});
        p.gradient = tensor(memory.data() + shift, {20, columns});
        double value = 0;
        const auto said = said_by<value_error>([&] { value = row.at(reference, p, 2.5); });
        if (!said.empty()) {
          if (!contains(said, "is to be written over")) return "says " + said;
          return memory == before ? "" : "writes a gradient before it refuses";
        }
        const matrix<T> got = Eigen::Map<const matrix<T>>(memory.data() + shift, 20, columns);
        if (value != apart.value || !same(got, apart.gradient))
          return say("differs over ", over_teacher ? "the teacher's" : "its own",
                     " logits, shifted by ", shift);
        return {};
      });
      if (!what.empty()) return what;
    }
  return {};
}
std::string overlap(const loss_row& row) {
  return in_both([&]<class T>() {
    const std::string what = in_place<T>(row, false);
    return what.empty() && !row.holds.stored_teacher ? in_place<T>(row, true) : what;
  });
}

/// Sizes 1 to 129, and every address in a cache line, of both logits and the gradient.
template <class T>
std::string address(const loss_row& row, int columns, int offset) {
  const logits<T> d = random_logits<T>(2, columns);
  outcome<T> wanted;
  wanted.value = row.at(false, places_of(d, wanted.gradient), 2.5);
  const int n = 2 * columns, line = 64 / static_cast<int>(sizeof(T));
  std::vector<T> memory(static_cast<std::size_t>(3 * (n + 2 * line)), T(-99));
  const auto at = [&](int k, int shift) {
    const auto first = reinterpret_cast<std::uintptr_t>(memory.data());
    const auto to_line = static_cast<int>((64 - first % 64) % 64 / sizeof(T));
    return memory.data() + to_line + k * (n + line) + shift;
  };
  T *s = at(0, offset), *t = at(1, (offset * 7 + 3) % line), *g = at(2, (offset * 5 + 1) % line);
  std::copy(d.s.data(), d.s.data() + n, s);
  std::copy(d.t.data(), d.t.data() + n, t);
  const T before = g[-1], after = g[n];
  const places<T> p{tensor<const T>(s, {2, columns}), tensor<const T>(t, {2, columns}),
                    tensor(d.labels.data(), {2}), tensor(g, {2, columns})};
  const double value = row.at(false, p, 2.5);
  if (value != wanted.value) return say("is ", value, ", aligned ", wanted.value);
  if (!same(Eigen::Map<const matrix<T>>(g, 2, columns), wanted.gradient))
    return "has another gradient";
  return g[-1] == before && g[n] == after ? "" : "writes beside the gradient";
}
std::string addresses(const loss_row& row) {
  return in_both([&]<class T>() -> std::string {
    const int line = 64 / static_cast<int>(sizeof(T));
    for (int columns = 1; columns <= (row.holds.large ? 129 : 33); ++columns)
      for (int offset = columns % 16 == 1 ? 0 : columns % line; offset < line;
           offset += columns % 16 == 1 ? 1 : line) {
        const std::string what = address<T>(row, columns, offset);
        if (!what.empty())
          return what + say(" at ", static_cast<std::size_t>(offset) * sizeof(T),
                            " bytes of a line, ", columns, " classes");
      }
    return {};
  });
}

constexpr check checks[] = {
    {"S1 no rows", no_rows},
    {"S2 one class, or none", one_class},
    {"S3 a teacher of one row", one_row_of_teacher},
    {"S4 wrong labels", wrong_labels},
    {"S5 any strides", strides},
    {"S6 rows that share memory", shared_rows},
    {"S7 a gradient over logits", overlap},
    {"S8 any size, at any address", addresses},
};

}  // namespace

std::span<const check> memory_checks() { return checks; }

}  // namespace kd::test
