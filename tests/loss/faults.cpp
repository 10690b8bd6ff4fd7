// SPDX-License-Identifier: MIT
// Bad values and shapes, and what a user gets, on value and gradient: the label losses that people use most, on every
// backend, in float and double. V: values; S: shapes.
#include "loss/checks.hpp"

using namespace kd::test;

namespace {

constexpr double inf = HUGE_VAL;

/// Calls test(objective, name) for each of these losses.
template <class Test>
void for_each_loss(Test test, double temperature = 2) {
  test(kd::cross_entropy(zs, y), "cross_entropy");
  test(kd::kl_divergence(zs, zt, {.temperature = temperature}), "kl_divergence");
  test(kd::reverse_kl_divergence(zs, zt, {.temperature = temperature}), "reverse_kl_divergence");
  test(kd::jensen_shannon(zs, zt, {.temperature = temperature}), "jensen_shannon");
  test(kd::soft_targets(zs, zt, y, {.temperature = temperature}), "soft_targets");
  test(kd::decoupled(zs, zt, y, {.temperature = temperature}), "decoupled");
}
/// Calls test(result, gradient) for an objective on every backend.
template <class T, class Objective, class Test>
void on_backends(const Objective& objective, const logits<T>& d, Test test) {
  for_each_backend([&](auto backend) {
    const auto result = run(objective, backend, d);
    test(result.value(), gradient_matrix(result, zs));
  });
}

}  // namespace

TEMPLATE_TEST_CASE("V1, V2: NaN or +inf in a row spoils that row alone, to the bit", "", float,
                   double) {
  for (const double bad : {std::nan(""), inf})
    for (const bool in_teacher : {false, true})
      for_each_loss([&](const auto& objective, const std::string& name) {
        if (in_teacher && name == "cross_entropy") return;
        const logits<TestType> clean = random_logits<TestType>(4, 9);
        logits<TestType> spoilt = clean;
        (in_teacher ? spoilt.t : spoilt.s)(2, 5) = static_cast<TestType>(bad);
        for_each_backend([&](auto backend) {
          INFO(name);
          const matrix<TestType> wanted = gradient_matrix(run(objective, backend, clean), zs);
          const auto result = run(objective, backend, spoilt);
          const matrix<TestType> g = gradient_matrix(result, zs);
          CHECK(std::isnan(result.value()));
          CHECK(!g.row(2).allFinite());
          for (const int row : {0, 1, 3}) CHECK(g.row(row) == wanted.row(row));
        });
      });
}
TEMPLATE_TEST_CASE("V4, V5: a class masked on one side", "", float, double) {
  const auto none = static_cast<TestType>(-inf);
  logits<TestType> in_teacher = random_logits<TestType>(1, 4), in_student = in_teacher;
  in_teacher.t(0, 1) = none;
  in_student.s(0, 1) = none;
  in_teacher.labels = in_student.labels = {0};
  const auto forward = kd::kl_divergence(zs, zt, {.temperature = 1});
  const auto reverse = kd::reverse_kl_divergence(zs, zt);
  on_backends(forward, in_teacher, [](double value, const auto& g) {
    CHECK((std::isfinite(value) && value > 0));
    CHECK(g.allFinite());
  });
  on_backends(reverse, in_teacher, [](double value, const auto&) { CHECK(value == inf); });
  on_backends(forward, in_student, [](double value, const auto& g) {
    CHECK(value == inf);
    CHECK(g.allFinite());
  });
  on_backends(reverse, in_student, [](double value, const auto& g) {
    CHECK((std::isfinite(value) && value > 0));
    CHECK(g.allFinite());
    CHECK(g(0, 1) == 0);
  });
}
TEST_CASE("V7: a one-hot teacher's divergence is the cross-entropy to its class") {
  logits<double> d = random_logits<double>(3, 6);
  d.t.setZero();
  for (int i = 0; i < 3; ++i) d.t(i, d.labels[static_cast<std::size_t>(i)]) = 800;
  const double wanted = run(kd::cross_entropy(zs, y), kd::eigen, d).value();
  on_backends(kd::kl_divergence(zs, zt, {.temperature = 1}), d,
              [&](double value, const auto&) { CHECK(close(value, wanted, 1e-14)); });
}
TEMPLATE_TEST_CASE("V9, V11, V12: large logits, and temperatures from 1e-3 to 1e6", "", float,
                   double) {
  for (const double temperature : {1e-3, 1.0, 1e3, 1e6})
    for (const double scale : {1.0, 1e4})
      for_each_loss(
          [&](const auto& objective, const std::string& name) {
            const logits<TestType> d = random_logits<TestType>(3, 7, scale);
            INFO(name << " at temperature " << temperature << ", logits of size " << scale);
            on_backends(objective, d, [&](double value, const auto& g) {
              CHECK((std::isfinite(value) && value >= 0));
              CHECK(g.allFinite());
            });
          },
          temperature);
}
TEST_CASE("V10, V18: parameters outside their range are refused, with their value") {
  const logits<float> d = random_logits<float>(2, 3);
  for (const double t : {0.0, -1.0}) {
    const std::string said = "temperature is " + std::string(t == 0 ? "0" : "-1");
    CHECK_THROWS_WITH(run(kd::kl_divergence(zs, zt, {.temperature = t}), kd::eigen, d),
                      Catch::Contains(said));
  }
  CHECK_THROWS_AS(kd::kl_divergence(zs, zt, {.temperature = std::nan("")}), kd::value_error);
  CHECK_THROWS_WITH(run(kd::cross_entropy(zs, y, {.label_smoothing = 1.5}), kd::eigen, d),
                    Catch::Contains("label_smoothing is 1.5"));
}
TEMPLATE_TEST_CASE("S1: an empty batch has the value 0 and writes nothing", "", float, double) {
  for_each_loss([](const auto& objective, const std::string& name) {
    const logits<TestType> none{matrix<TestType>(0, 10), matrix<TestType>(0, 10), {}};
    INFO(name);
    on_backends(objective, none, [](double value, const auto& g) {
      CHECK(value == 0);
      CHECK(g.size() == 0);
    });
  });
}
TEMPLATE_TEST_CASE("S2: of one class, value and gradient are 0", "", float, double) {
  for_each_loss([](const auto& objective, const std::string& name) {
    const logits<TestType> one = random_logits<TestType>(5, 1);
    INFO(name);
    on_backends(objective, one, [](double value, const auto& g) {
      CHECK(std::abs(value) <= 1e-12);
      CHECK(largest_of(g) <= 1e-7);
    });
  });
}
TEST_CASE("S6: a destination whose elements share memory is refused") {
  const logits<float> d = random_logits<float>(3, 4);
  std::vector<float> row(4, 7);
  CHECK_THROWS_WITH(kd::evaluate(kd::cross_entropy(zs, y), zs = d.s, y = d.labels,
                                 kd::gradient(zs) = kd::tensor(row.data(), {3, 4}, {0, 1})),
                    Catch::Contains("stride 0 along axis 'batch'"));
  CHECK(row == std::vector<float>(4, 7));
}
TEMPLATE_TEST_CASE("S7: a gradient over its own logits is that elsewhere, to the bit", "", float,
                   double) {
  const logits<TestType> d = random_logits<TestType>(40, 33);
  const auto objective = kd::soft_targets(zs, zt, y);
  for_each_backend([&](auto backend) {
    const matrix<TestType> wanted = gradient_matrix(run(objective, backend, d), zs);
    matrix<TestType> over = d.s;
    kd::evaluate(objective, backend, zs = over, zt = d.t, y = d.labels, kd::gradient(zs) = over);
    CHECK(over == wanted);
  });
}
TEMPLATE_TEST_CASE("S8: any size, at any address", "", float, double) {
  const auto objective = kd::soft_targets(zs, zt, y, {.temperature = 3});
  for (int n = 1; n <= 67; n += 3)
    for (const int offset : {0, 1, 5}) {
      const logits<TestType> d = random_logits<TestType>(2, n);
      std::vector<TestType> memory(static_cast<std::size_t>(2 * n + offset));
      std::copy(d.s.data(), d.s.data() + 2 * n, memory.begin() + offset);
      const auto moved = kd::tensor(std::as_const(memory).data() + offset, {2, n});
      const auto got = kd::evaluate(objective, zs = moved, zt = d.t, y = d.labels);
      const auto wanted = run(objective, kd::eigen, d);
      CHECK(got.value() == wanted.value());
      CHECK((got.gradient(zs) == wanted.gradient(zs)).all());
    }
}
