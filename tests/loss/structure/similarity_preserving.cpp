// SPDX-License-Identifier: MIT
#include <kd/loss/structure/similarity_preserving.hpp>
#include "loss/checks.hpp"

using namespace kd::test;

namespace {
constexpr auto fs = kd::student<"features", batch, feature>;
constexpr auto ft = kd::teacher<"features", batch, teacher_feature>;  // another width
constexpr auto loss = kd::similarity_preserving(fs, ft);

template <class T, class B>
auto similarity(B backend, const matrix<T>& s, const matrix<T>& t) {
  return kd::evaluate(loss, backend, fs = s, ft = t);
}
}  // namespace

TEST_CASE("similarity_preserving: gradient") {
  const matrix<double> s = random_matrix<double>(4, 6, 1, 1), t = random_matrix<double>(4, 9, 1, 2);
  for_each_backend([&](auto backend) {
    const auto value = [&](const matrix<double>& x) { return similarity(backend, x, t).value(); };
    CHECK(gradient_error(s, gradient_matrix(similarity(backend, s, t), fs), value) <= 1e-7);
  });
}
TEST_CASE("similarity_preserving: backends agree") {
  for (const auto& [rows, columns] : {std::pair{1, 3}, {7, 5}, {130, 40}}) {
    const matrix<float> s = random_matrix<float>(rows, columns, 1, 3),
                        t = random_matrix<float>(rows, 2 * columns, 1, 4);
    const auto expected = similarity(kd::reference, s, t);
    const auto got = similarity(kd::eigen, s, t);
    CHECK(close(got.value(), expected.value(), 2e-5));
    const matrix<float> g = gradient_matrix(got, fs), wanted = gradient_matrix(expected, fs);
    CHECK(largest_difference(g, wanted) <= 2e-5 * std::max(1e-3, largest_of(wanted)));
  }
}
TEST_CASE("similarity_preserving: laws") {
  const matrix<double> s = random_matrix<double>(5, 6, 1, 5);
  matrix<double> wide(5, 12);
  wide << s, s;  // every similarity doubled: normalised away
  CHECK(close(similarity(kd::eigen, s, wide).value(), 0, 1e-15));
  CHECK(similarity(kd::eigen, s, matrix<double>(3 * s)).value() <= 1e-30);
  CHECK(similarity(kd::eigen, s, random_matrix<double>(5, 6, 1, 6)).value() > 0);
}
TEST_CASE("similarity_preserving: a zero row has a finite gradient") {
  matrix<double> s = random_matrix<double>(4, 6, 1, 7);
  s.row(1).setZero();
  const auto result = similarity(kd::eigen, s, random_matrix<double>(4, 6, 1, 8));
  CHECK(std::isfinite(result.value()));
  CHECK(result.gradient(fs).isFinite().all());
}
TEST_CASE("similarity_preserving: feature maps of four axes") {
  constexpr auto ms = kd::student<"map", batch, channel, height, width>;
  constexpr auto mt = kd::teacher<"map", batch, teacher_channel, height, width>;
  matrix<double> s = random_matrix<double>(3, 2 * 4, 1, 9),
                 t = random_matrix<double>(3, 5 * 4, 1, 10);
  const auto flat = similarity(kd::eigen, s, t);
  const auto maps =
      kd::evaluate(kd::similarity_preserving(ms, mt), ms = kd::tensor(s.data(), {3, 2, 2, 2}),
                   mt = kd::tensor(t.data(), {3, 5, 2, 2}));
  CHECK(close(maps.value(), flat.value(), 1e-14));
  CHECK(maps.gradient(ms).rank == 4);
}
TEST_CASE("S12: maps of different channel counts are refused where an adapter is missing") {
  constexpr auto same = kd::teacher<"features", batch, feature>;
  const matrix<float> s = random_matrix<float>(3, 4, 1, 1), t = random_matrix<float>(3, 6, 1, 2);
  const auto apart = kd::mean<batch, feature>(kd::square(fs - same));
  for_each_backend([&](auto backend) {
    CHECK_THROWS_WITH(kd::evaluate(apart, backend, fs = s, same = t),
                      Catch::Contains("feature") && Catch::Contains("4") && Catch::Contains("6"));
  });
}
TEMPLATE_TEST_CASE("S15: a batch of one has no pairs: value and gradient stay finite", "", float,
                   double) {
  const matrix<TestType> s = random_matrix<TestType>(1, 6, 1, 1),
                         t = random_matrix<TestType>(1, 6, 1, 2);
  const auto pairs = kd::distances<feature>(fs, kd::as<batch, other>(fs));  // of docs/language.md
  const auto scale = kd::stop_gradient(kd::mean<batch, other>(pairs));
  const auto relational = kd::mean<batch, other>(kd::huber(pairs / kd::max(scale, 1e-12) - 1.0));
  for_each_backend([&](auto backend) {
    const auto similar = similarity(backend, s, t);
    CHECK(similar.value() <= 1e-12);
    CHECK(largest_of(gradient_matrix(similar, fs)) <= 1e-6);
    const auto related = kd::evaluate(relational, backend, fs = s);
    CHECK(std::isfinite(related.value()));
    CHECK(gradient_matrix(related, fs).allFinite());
  });
}
