// SPDX-License-Identifier: MIT
// What labels move: against the specification, central differences, and itself with other numbers of
// threads.
#include <random>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;
inline constexpr struct sample : kd::axis<"sample"> {
} sample;
inline constexpr struct negative : kd::axis<"negative"> {
} negative;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto w = kd::student<"weights", batch, top>;
constexpr auto ids = kd::labels<"ids", batch, top>;
constexpr auto f = kd::student<"embedding", batch, feature>;
constexpr auto bank = kd::learnable<"bank", sample, feature>;
constexpr auto v = kd::student<"scores", batch, negative>;
constexpr auto others = kd::labels<"others", batch, negative>;

template <class T>
std::vector<T> numbers(std::int64_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<T> x(static_cast<std::size_t>(n));
  for (T& value : x) value = static_cast<T>(normal(generator));
  return x;
}
std::vector<int> positions(std::int64_t n, int extent, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<int> x(static_cast<std::size_t>(n));
  for (int& value : x) value = static_cast<int>(generator() % static_cast<unsigned>(extent));
  return x;
}

/// Tensors of a call; gradients are written into the second of each pair.
template <class T>
struct tensors {
  std::int64_t rows, columns, handful, width;
  std::vector<T> z, of_w, of_f, of_bank, of_v;
  std::vector<int> labels, samples;
  std::vector<T> gz, gw, gf, gbank, gv;

  tensors(std::int64_t b, std::int64_t c, std::int64_t k, std::int64_t d)
      : rows(b),
        columns(c),
        handful(k),
        width(d),
        z(numbers<T>(b * c, 1)),
        of_w(numbers<T>(b * k, 2)),
        of_f(numbers<T>(b * d, 3)),
        of_bank(numbers<T>(c * d, 4)),
        of_v(numbers<T>(b * k, 5)),
        labels(positions(b * k, static_cast<int>(c), 6)),
        samples(positions(b * k, static_cast<int>(c), 7)),
        gz(z.size(), T(99)),
        gw(of_w.size(), T(99)),
        gf(of_f.size(), T(99)),
        gbank(of_bank.size(), T(99)),
        gv(of_v.size(), T(99)) {}

  template <class Objective, class Backend>
  double of_rows(const Objective& o, Backend backend) {
    return kd::evaluate(o, backend, zs = kd::tensor(z.data(), {rows, columns}),
                        w = kd::tensor(of_w.data(), {rows, handful}),
                        ids = kd::tensor(labels.data(), {rows, handful}),
                        kd::gradient(zs) = kd::tensor(gz.data(), {rows, columns}),
                        kd::gradient(w) = kd::tensor(gw.data(), {rows, handful}))
        .value();
  }
  template <class Objective, class Backend>
  double of_bank_rows(const Objective& o, Backend backend) {
    return kd::evaluate(o, backend, f = kd::tensor(of_f.data(), {rows, width}),
                        bank = kd::tensor(of_bank.data(), {columns, width}),
                        v = kd::tensor(of_v.data(), {rows, handful}),
                        others = kd::tensor(samples.data(), {rows, handful}),
                        kd::gradient(f) = kd::tensor(gf.data(), {rows, width}),
                        kd::gradient(bank) = kd::tensor(gbank.data(), {columns, width}),
                        kd::gradient(v) = kd::tensor(gv.data(), {rows, handful}))
        .value();
  }
  std::vector<T> gradients() const {
    std::vector<T> all;
    for (const auto* g : {&gz, &gw, &gf, &gbank, &gv}) all.insert(all.end(), g->begin(), g->end());
    return all;
  }
};

template <class T, class Call>
void check_backends(tensors<T> t, Call call) {
  tensors<T> wanted = t;
  const double expected = call(wanted, kd::reference), got = call(t, kd::eigen);
  const double tolerance = sizeof(T) == 4 ? 2e-5 : 1e-13;
  CHECK(std::abs(got - expected) <= tolerance * (1 + std::abs(expected)));
  const std::vector<T> a = t.gradients(), b = wanted.gradients();
  const double scale = 1 + kd::test::largest_of(b.data(), b.size());
  CHECK(kd::test::largest_difference(a.data(), b.data(), a.size()) <= tolerance * scale);
}
template <class T, class Call>
void check_threads(tensors<T> t, Call call) {
  std::vector<T> first;
  double value = 0;
  for (int count : {1, 2, 3, 7}) {
    kd::set_threads(count);
    const double got = call(t, kd::eigen);
    if (count == 1) first = t.gradients(), value = got;
    CHECK(got == value);
    CHECK(t.gradients() == first);
  }
  kd::set_threads(2);
}
template <class T>
void check_differences(std::vector<T>& x, const std::vector<T>& gradient, auto value) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T at = x[i];
    const double h = 1e-5;
    x[i] = at + T(h);
    const double above = value();
    x[i] = at - T(h);
    const double below = value();
    x[i] = at;
    CHECK((above - below) / (2 * h) == Approx(gradient[i]).margin(1e-8).epsilon(1e-6));
  }
}

const auto added = kd::scatter<classes>(kd::square(w), ids);  // (batch, classes)
const auto rows_objective = kd::mean<batch>(kd::sum<classes>(zs * kd::square(added))) +
                            kd::sum<batch, classes>(kd::exp(0.1 * added) * zs);
const auto picked_objective = kd::mean<batch>(
    kd::sum<top>(w * kd::square(kd::pick<classes>(kd::log_softmax<classes>(zs), ids))));
const auto totals = kd::scatter<classes, batch, top>(w, ids);  // (classes)
const auto totals_objective =
    kd::sum<classes>(kd::square(totals)) + kd::sum<batch, classes>(kd::square(zs * totals));
const auto counts_objective =
    kd::sum<batch, classes>(kd::square(zs) * kd::scatter<classes>(1, ids)) + kd::sum<batch, top>(w);

const auto of_rows = [](const auto& o) {
  return [o](auto& t, auto backend) { return t.of_rows(o, backend); };
};
const auto of_bank = [](const auto& o) {
  return [o](auto& t, auto backend) { return t.of_bank_rows(o, backend); };
};

const auto rows_of_bank = kd::pick<sample>(bank, others);  // (batch, negative, feature)
const auto dots = kd::dot<feature>(kd::tanh(f), rows_of_bank);
const auto contrast = kd::mean<batch>(kd::sum<negative>(kd::square(dots) * v));
const auto sums = kd::sum<feature>(kd::tanh(f) * rows_of_bank);
const auto contrast_of_sums = kd::mean<batch>(kd::sum<negative>(kd::square(sums) * v));
const auto bag = kd::sum<negative>(v * rows_of_bank);  // (batch, feature)
const auto bags = kd::mean<batch>(kd::sum<feature>(kd::square(bag - f)));
const auto elementwise_rows =
    kd::mean<batch>(kd::sum<negative, feature>(kd::exp(0.1 * rows_of_bank * f) * v));
const auto of_samples = kd::scatter<sample, batch, negative>(v * f, others);  // (sample, feature)
const auto memory_update =
    kd::sum<sample, feature>(kd::square(of_samples - bank)) + kd::sum<batch, feature>(f);
const auto of_each = kd::scatter<sample>(v * f, others);  // (batch, sample, feature)
const auto apart = kd::sum<batch, sample, feature>(kd::square(of_each) * bank);

}  // namespace

TEST_CASE("scatter: rows and their gradients are those of the specification") {
  for (const auto& [b, c, k] : {std::array{5, 7, 3}, {40, 9, 12}, {3, 700, 5}, {1, 1, 4}}) {
    CAPTURE(b, c, k);
    check_backends(tensors<double>(b, c, k, 1), of_rows(rows_objective));
    check_backends(tensors<double>(b, c, k, 1), of_rows(picked_objective));
    check_backends(tensors<double>(b, c, k, 1), of_rows(totals_objective));
    check_backends(tensors<double>(b, c, k, 1), of_rows(counts_objective));
    check_backends(tensors<float>(b, c, k, 1), of_rows(rows_objective));
    check_backends(tensors<float>(b, c, k, 1), of_rows(picked_objective));
  }
}
TEST_CASE("scatter: rows of a bank are picked and added where they lie") {
  for (const auto& [b, c, k, d] : {std::array{5, 7, 3, 6}, {9, 50, 20, 33}, {2, 5, 300, 130}}) {
    CAPTURE(b, c, k, d);
    check_backends(tensors<double>(b, c, k, d), of_bank(contrast));
    check_backends(tensors<double>(b, c, k, d), of_bank(contrast_of_sums));
    check_backends(tensors<double>(b, c, k, d), of_bank(bags));
    check_backends(tensors<double>(b, c, k, d), of_bank(elementwise_rows));
    check_backends(tensors<double>(b, c, k, d), of_bank(memory_update));
    check_backends(tensors<double>(b, c, k, d), of_bank(apart));
    check_backends(tensors<float>(b, c, k, d), of_bank(contrast));
  }
}
TEST_CASE("scatter: gradients are the derivatives") {
  tensors<double> t(3, 5, 4, 3);
  const auto check_rows = [&](const auto& o) {
    t.of_rows(o, kd::eigen);
    const auto gz = t.gz, gw = t.gw;
    check_differences(t.z, gz, [&] { return t.of_rows(o, kd::eigen); });
    check_differences(t.of_w, gw, [&] { return t.of_rows(o, kd::eigen); });
  };
  check_rows(rows_objective);
  check_rows(picked_objective);
  check_rows(totals_objective);
  const auto check_bank = [&](const auto& o) {
    t.of_bank_rows(o, kd::eigen);
    const auto gf = t.gf, gbank = t.gbank, gv = t.gv;
    check_differences(t.of_f, gf, [&] { return t.of_bank_rows(o, kd::eigen); });
    check_differences(t.of_bank, gbank, [&] { return t.of_bank_rows(o, kd::eigen); });
    check_differences(t.of_v, gv, [&] { return t.of_bank_rows(o, kd::eigen); });
  };
  check_bank(contrast);
  check_bank(bags);
  check_bank(memory_update);
}
TEST_CASE("scatter: the same bits for every number of threads") {
  check_threads(tensors<float>(70, 300, 40, 1), of_rows(rows_objective));
  check_threads(tensors<float>(70, 9, 40, 1), of_rows(totals_objective));
  check_threads(tensors<float>(70, 9, 40, 1), of_rows(picked_objective));
  check_threads(tensors<float>(20, 50, 90, 40), of_bank(contrast));
  check_threads(tensors<float>(20, 50, 90, 40), of_bank(memory_update));
}
TEST_CASE("scatter: adds in the order of positions") {
  const float big = 1e17f;  // double has no digit left for 1
  const auto sum = [&](std::vector<float> x) {
    std::vector<float> g(x.size());
    const std::vector<int> at(x.size(), 1);
    const auto n = static_cast<std::int64_t>(x.size());
    const float z[] = {0, 1};
    return kd::evaluate(kd::sum<batch, classes>(zs * kd::scatter<classes>(w, ids)), kd::eigen,
                        zs = kd::tensor(z, {1, 2}), w = kd::tensor(x.data(), {1, n}),
                        ids = kd::tensor(at.data(), {1, n}))
        .value();
  };
  CHECK(sum({1, big, -big}) == 0);
  CHECK(sum({big, -big, 1}) == 1);
}
TEST_CASE("scatter: what a choice keeps out of a handful has the gradient 0") {
  tensors<double> t(2, 4, 2, 1);
  t.z = {0, 2, 0, 4, 1, 0, 0, 8};  // whose logarithm has no finite derivative at 0
  t.labels = {1, 2, 3, 1};
  t.of_w = {1, -1, 1, -1};
  const auto some = kd::where(kd::greater(w, 0.0), kd::pick<classes>(kd::log(zs), ids), 0.0);
  for (const bool by_reference : {false, true}) {
    if (by_reference) t.of_rows(kd::sum<batch, top>(some), kd::reference);
    else t.of_rows(kd::sum<batch, top>(some), kd::eigen);
    CHECK(t.gz == std::vector<double>{0, 0.5, 0, 0, 0, 0, 0, 0.125});
  }
}
TEST_CASE("scatter: rows that are picked once and meet many others are a matrix") {
  constexpr auto chosen = kd::labels<"chosen", other>;
  const auto all = kd::dot<feature>(kd::tanh(f), kd::pick<sample>(bank, chosen));  // (batch, other)
  const auto objective = kd::sum<batch, other>(kd::square(all));
  tensors<double> t(4, 6, 1, 5);
  const std::vector<int> of_other{5, 0, 5};
  const auto run = [&](auto backend) {
    return kd::evaluate(objective, backend, f = kd::tensor(t.of_f.data(), {4, 5}),
                        bank = kd::tensor(t.of_bank.data(), {6, 5}), chosen = of_other,
                        kd::gradient(bank) = kd::tensor(t.gbank.data(), {6, 5}),
                        kd::gradient(f) = kd::tensor(t.gf.data(), {4, 5}))
        .value();
  };
  const double wanted = run(kd::reference);
  const auto expected = t.gradients();
  CHECK(run(kd::eigen) == Approx(wanted).epsilon(1e-13));
  const auto got = t.gradients();
  CHECK(kd::test::largest_difference(got.data(), expected.data(), got.size()) < 1e-12);
  CHECK(kd::explain(objective).find("where labels say\n  writes  %") != std::string::npos);
}
TEST_CASE("scatter: no positions, and labels that are ignored") {
  check_backends(tensors<double>(3, 5, 0, 4), of_rows(rows_objective));
  check_backends(tensors<double>(0, 5, 2, 4), of_rows(rows_objective));
  check_backends(tensors<double>(3, 5, 0, 4), of_bank(contrast));
  check_backends(tensors<double>(3, 5, 0, 4), of_bank(bags));
  check_backends(tensors<double>(0, 5, 2, 4), of_bank(memory_update));

  tensors<double> t(6, 5, 4, 3);
  for (std::size_t i = 0; i < t.labels.size(); i += 3) t.labels[i] = t.samples[i] = -1;
  const auto some = kd::scatter<classes>(kd::log(kd::abs(w)), ids, -1);
  const auto rows = kd::pick<classes>(zs, ids, -1);
  check_backends(t, of_rows(kd::sum<batch, classes>(kd::square(some) * zs) +
                            kd::sum<batch, top>(rows * kd::square(rows))));
  const auto near = kd::pick<sample>(bank, others, -1);
  check_backends(t, of_bank(kd::sum<batch, negative>(kd::square(kd::dot<feature>(f, near)) * v)));
  check_backends(t, of_bank(kd::sum<batch, feature>(
                        kd::square(kd::sum<negative>(near * kd::is_label(others, -1) * v)) * f)));
  CHECK_THROWS_AS(t.of_rows(rows_objective, kd::eigen), kd::value_error);
}
TEST_CASE("scatter: tensors of 16 bits, of other strides and labels of other types") {
  const int b = 4, k = 3, n = 6, d = 37;
  const auto x = numbers<float>(b * d, 1), m = numbers<float>(n * d, 2),
             s = numbers<float>(b * k, 3);
  const auto at = positions(b * k, n, 4);
  const Eigen::Map<const Eigen::Matrix<float, -1, -1, Eigen::RowMajor>> M(m.data(), n, d);
  const Eigen::Matrix<Eigen::bfloat16, -1, -1, Eigen::RowMajor> H = M.cast<Eigen::bfloat16>();
  const Eigen::MatrixXf rounded = H.cast<float>();  // column-major
  const std::vector<long long> wide(at.begin(), at.end());
  const auto run = [&](const auto& tensor, const auto& labels, auto backend) {
    return kd::evaluate(contrast, backend, f = kd::tensor(x.data(), {b, d}), bank = tensor,
                        v = kd::tensor(s.data(), {b, k}),
                        others = kd::tensor(labels.data(), {b, k}));
  };
  const auto of_bits = run(H, at, kd::eigen), of_columns = run(rounded, wide, kd::eigen);
  const auto wanted = run(rounded, at, kd::reference);
  CHECK(of_bits.value() == Approx(wanted.value()).epsilon(1e-5));
  CHECK(of_columns.value() == Approx(wanted.value()).epsilon(1e-5));
  for (int i = 0; i < n * d; ++i) {
    CHECK(of_bits.gradient(bank)(i / d, i % d) ==
          Approx(wanted.gradient(bank).data[i]).epsilon(1e-4).margin(1e-5));
    CHECK(of_columns.gradient(bank)(i / d, i % d) ==
          Approx(wanted.gradient(bank).data[i]).epsilon(1e-4).margin(1e-5));
  }
}
TEST_CASE(
    "scatter: picking costs what is picked, and rows of a bank are no tensor between stages") {
  const auto of_classes = kd::explain(picked_objective, batch(64), classes(1000), top(4));
  CHECK(of_classes.find("top, classes)") == std::string::npos);
  CHECK(of_classes.find("classes, top)") == std::string::npos);
  for (const std::string& text :
       {kd::explain(contrast, batch(4), feature(8), sample(16), negative(2)),
        kd::explain(contrast_of_sums, batch(4), feature(8), sample(16), negative(2))})
    CHECK(text.substr(text.find("workspace")).find("(batch, feature, negative)") ==
          std::string::npos);
}
