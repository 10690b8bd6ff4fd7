// SPDX-License-Identifier: MIT
#include <kd/loss/label/cross_entropy.hpp>
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {
const auto plain = kd::cross_entropy(zs, y);
const auto smoothed_default = kd::cross_entropy(zs, y, {.label_smoothing = 0.1});
}  // namespace

TEST_CASE("cross_entropy: the table") {
  loss_row row =
      loss_row_of("cross_entropy", [](auto in, double) { return kd::cross_entropy(in.s, in.y); },
                  {.masked = true, .one_hot = true});
  row.formula = [](const logits<double>& d, double) {
    return mean_over_rows(d, 1,
                          [](const auto& s, const auto&, std::size_t label) { return -s[label]; });
  };
  check_loss(row);
  check_loss(loss_row_of("cross_entropy, smoothed and with ignored rows",
                         [](auto in, double) {
                           return kd::cross_entropy(in.s, in.y,
                                                    {.label_smoothing = 0.2, .ignore_index = 1});
                         },
                         {.of_student = mask::absent}));
}
TEST_CASE("cross_entropy: without smoothing and ignored rows, options change nothing") {
  const logits<double> d = random_logits<double>(5, 7);
  CHECK(close(run(kd::cross_entropy(zs, y, {}), kd::eigen, d).value(),
              run(plain, kd::eigen, d).value(), 1e-14));
}
TEST_CASE("cross_entropy: ignored rows leave the mean and have no gradient") {
  logits<double> d = random_logits<double>(4, 6);
  logits<double> kept{d.s.topRows(2), d.t.topRows(2), {d.labels[0], d.labels[1]}};
  d.labels[2] = d.labels[3] = -100;
  const auto loss = kd::cross_entropy(zs, y, {.label_smoothing = 0.1});
  for_each_backend([&](auto backend) {
    const auto all = run(loss, backend, d);
    const auto two = run(loss, backend, kept);
    CHECK(close(all.value(), two.value(), 1e-13));
    const matrix<double> g = gradient_matrix(all, zs);
    CHECK(largest_difference(g.topRows(2), gradient_matrix(two, zs)) <= 1e-13);
    CHECK(largest_of(g.bottomRows(2)) == 0);
  });
}
TEST_CASE("cross_entropy: a batch of ignored rows has value 0") {
  logits<double> d = random_logits<double>(2, 3);
  d.labels = {-100, -100};
  CHECK(run(kd::cross_entropy(zs, y, {}), kd::eigen, d).value() == 0);
}
TEST_CASE("cross_entropy: labels outside the classes are an error, of any integer type") {
  const logits<float> d = random_logits<float>(2, 3);
  CHECK_THROWS_WITH(
      kd::evaluate(plain, zs = d.s, y = std::vector<std::int8_t>{0, 3}),
      Catch::Contains("labels y holds 3 at position 1") && Catch::Contains("classes"));
  CHECK_THROWS_AS(kd::evaluate(plain, zs = d.s, y = std::vector<std::int64_t>{-1, 0}),
                  kd::value_error);
  CHECK_THROWS_AS(
      kd::evaluate(plain, zs = d.s, y = std::vector<std::uint64_t>{0, std::uint64_t(1) << 63}),
      kd::value_error);
  CHECK(kd::evaluate(plain, zs = d.s, y = std::vector<std::uint8_t>{0, 2}).value() ==
        kd::evaluate(plain, zs = d.s, y = std::vector<std::int64_t>{0, 2}).value());
}
TEST_CASE("cross_entropy: what stands in an ignored row is never looked at") {
  const double inf = HUGE_VAL;
  for (const double junk : {-inf, inf, std::nan("")}) {
    logits<double> d = random_logits<double>(3, 4);
    logits<double> kept{d.s.topRows(2), d.t.topRows(2), {d.labels[0], d.labels[1]}};
    d.labels[2] = -100;
    d.s(2, 1) = junk;
    const auto result = run(smoothed_default, kd::eigen, d);
    CHECK(close(result.value(), run(smoothed_default, kd::eigen, kept).value(), 1e-13));
    CHECK(result.gradient(zs).row(2).abs().maxCoeff() == 0);
  }
}
TEST_CASE("cross_entropy: a masked class is as good as absent, with options and without") {
  logits<double> d = random_logits<double>(1, 4);
  d.s(0, 2) = -HUGE_VAL;
  d.labels = {1};
  logits<double> less{matrix<double>(1, 3), matrix<double>(1, 3), {1}};
  less.s << d.s(0, 0), d.s(0, 1), d.s(0, 3);
  CHECK(close(run(kd::cross_entropy(zs, y, {}), kd::eigen, d).value(),
              run(plain, kd::eigen, less).value(), 1e-14));
  CHECK(close(run(plain, kd::eigen, d).value(), run(plain, kd::eigen, less).value(), 1e-14));
  CHECK(run(kd::cross_entropy(zs, y, {}), kd::eigen, d).gradient(zs)(0, 2) == 0);
}
