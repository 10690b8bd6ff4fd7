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
TEMPLATE_TEST_CASE(
    "S7: a gradient over its own or the teacher's logits is that elsewhere, to the bit", "", float,
    double) {
  for_each_loss([](const auto& objective, const std::string& name) {
    for (const int columns : {7, 33}) {  // lanes across rows and along them
      const logits<TestType> d = random_logits<TestType>(40, columns);
      for_each_backend([&](auto backend) {
        INFO(name);
        const auto apart = run(objective, backend, d);
        const matrix<TestType> wanted = gradient_matrix(apart, zs);
        logits<TestType> own = d, teachers = d;
        const auto over = run(objective, backend, own, kd::gradient(zs) = own.s);
        CHECK(own.s == wanted);
        CHECK(over.value() == apart.value());
        if (name == "cross_entropy") return;
        run(objective, backend, teachers, kd::gradient(zs) = teachers.t);
        CHECK(teachers.t == wanted);
      });
    }
  });
}
TEST_CASE("S7: over a tensor that is read again a gradient is refused") {
  constexpr auto other = kd::student<"others", batch, classes>;
  const auto objective =
      kd::mean<batch, classes>(kd::square(zs)) + kd::kl_divergence(other, kd::stop_gradient(zs));
  for_each_backend([&](auto backend) {
    for (const int columns : {7, 33}) {
      logits<double> d = random_logits<double>(40, columns);
      const matrix<double> before = d.s;
      CHECK_THROWS_WITH(
          kd::evaluate(objective, backend, zs = d.s, other = d.t, kd::gradient(zs) = d.s),
          Catch::Contains("is to be written over student logits, which is still read then"));
      CHECK(d.s == before);
    }
  });
}
TEST_CASE("S7: over the operands of a product a gradient is that elsewhere, or refused") {
  constexpr auto w = kd::learnable<"projection", other, classes>;
  const auto objective = kd::mean<batch, other>(kd::square(kd::dot<classes>(zs, w)));
  const logits<double> d = random_logits<double>(6, 5);
  const matrix<double> weights = random_matrix<double>(4, 5, 1, 3);
  for_each_backend([&](auto backend) {
    const auto apart = kd::evaluate(objective, backend, zs = d.s, w = weights);
    const auto check = [&](const auto& input, bool over_logits) {
      matrix<double> s = d.s, p = weights;
      matrix<double>& over = over_logits ? s : p;
      try {
        kd::evaluate(objective, backend, zs = s, w = p, kd::gradient(input) = over);
        CHECK(over == gradient_matrix(apart, input));
      } catch (const kd::value_error& e) {
        CHECK_THAT(e.what(), Catch::Contains("which is still read then"));
        CHECK(over == (over_logits ? d.s : weights));
      }
    };
    check(zs, true);
    check(w, false);
  });
}
TEMPLATE_TEST_CASE("S7: memory that is shared in part is refused and stays as it is", "", float,
                   double) {
  const logits<TestType> d = random_logits<TestType>(6, 12);
  const auto refuses = [&](const auto& objective, const char* words, auto destination) {
    for_each_backend([&](auto backend) {
      logits<TestType> at = d;
      CHECK_THROWS_WITH(run(objective, backend, at, kd::gradient(zs) = destination(at)),
                        Catch::Contains(words));
      CHECK(at.s == d.s);
      CHECK(at.t == d.t);
    });
  };
  const auto plain = kd::kl_divergence(zs, zt);
  refuses(plain, "over a part of teacher logits", [](auto& at) {
    return kd::tensor(at.t.data() + 1, {6, 12}, {12, 1});
  });
  refuses(plain, "over a part of student logits",
          [](auto& at) {  // the same block, rows upside down
            return kd::tensor(at.s.data() + 60, {6, 12}, {-12, 1});
          });
  refuses(plain, "share memory with each other", [](auto& at) {
    return kd::tensor(at.s.data(), {6, 12}, {1, 1});
  });

  matrix<TestType> both(6, 24);  // blocks side by side share none
  both << d.s, d.t;
  auto left = both.leftCols(12), right = both.rightCols(12);
  const auto wanted = run(plain, kd::eigen, d);
  kd::evaluate(plain, zs = left, zt = d.t, kd::gradient(zs) = right);
  CHECK(right.matrix() == gradient_matrix(wanted, zs));
}
TEST_CASE("S7: two gradients in one place are refused") {
  constexpr auto other = kd::student<"others", batch, classes>;
  const logits<float> d = random_logits<float>(3, 4);
  matrix<float> g = matrix<float>::Constant(3, 4, 7);
  CHECK_THROWS_WITH(
      kd::evaluate(kd::logit_mse(zs, other), zs = d.s, other = d.t, kd::gradient(zs) = g,
                   kd::gradient(other) += g),
      Catch::Contains("the gradients of student logits and of student others share memory"));
  CHECK(g == matrix<float>::Constant(3, 4, 7));
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
