// SPDX-License-Identifier: MIT
// Bad values and shapes, and what a user gets, beyond the checks of every loss in table_values.cpp,
// table_scales.cpp and table_memory.cpp. V: values; S: shapes; fault_rows lists them.
#include "loss/checks.hpp"

using namespace kd::test;

namespace {

constexpr double inf = HUGE_VAL;

/// Calls test(result, gradient) for an objective on every backend.
template <class T, class Objective, class Test>
void on_backends(const Objective& objective, const logits<T>& d, Test test) {
  for_each_backend([&](auto backend) {
    const auto result = run(objective, backend, d);
    test(result.value(), gradient_matrix(result, zs));
  });
}

}  // namespace

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
  on_backends(reverse, in_teacher, [](double value, const auto& g) {
    CHECK(value == inf);
    CHECK(!g.allFinite());  // docs/losses.md says so
  });
  matrix<TestType> p = in_student.s.array().exp(), q = in_student.t.array().exp();
  p /= p.sum(), q /= q.sum();
  on_backends(forward, in_student, [&](double value, const auto& g) {
    CHECK(value == inf);
    CHECK(largest_difference(g, matrix<TestType>(p - q)) <= 1e-6);
  });
  on_backends(reverse, in_student, [](double value, const auto& g) {
    CHECK((std::isfinite(value) && value > 0));
    CHECK(g.allFinite());
    CHECK(g(0, 1) == 0);
  });
}
TEMPLATE_TEST_CASE("V7: the reverse divergence of a one-hot teacher grows with its gap", "", float,
                   double) {
  logits<TestType> d{matrix<TestType>::Zero(1, 3), matrix<TestType>::Zero(1, 3), {0}};
  for (const double gap : {200.0, 800.0, 1e4}) {
    d.t(0, 0) = static_cast<TestType>(gap);
    on_backends(kd::reverse_kl_divergence(zs, zt), d, [&](double value, const auto& g) {
      CHECK(close(value, gap * 2 / 3 - std::log(3), 1e-6));
      CHECK(std::abs(static_cast<double>(g(0, 0)) + gap * 2 / 9) <= 1e-6 * gap);
      CHECK(std::abs(static_cast<double>(g(0, 1)) - gap / 9) <= 1e-6 * gap);
    });
  }
}
TEST_CASE("V8: targets and stored probabilities that are none make value and gradient NaN") {
  constexpr auto targets = kd::given<"targets", batch, classes>;
  constexpr auto indices = kd::labels<"indices", batch, kd::axes::top>;
  constexpr auto log_p = kd::teacher<"log_p", batch, kd::axes::top>;
  const logits<double> d = random_logits<double>(3, 4);
  const auto check = [](auto call, bool good) {
    for_each_backend([&](auto backend) {
      const auto result = call(backend, kd::non_finite::propagate);
      const matrix<double> g = gradient_matrix(result, zs);
      CHECK(std::isfinite(result.value()) == good);
      CHECK(g.row(1).allFinite() == good);
      CHECK(g.row(0).allFinite());
      CHECK(g.row(2).allFinite());
      if (good) CHECK_NOTHROW(call(backend, kd::non_finite::check));
      else CHECK_THROWS_AS(call(backend, kd::non_finite::check), kd::value_error);
    });
  };
  for (const double target : {0.0, 1.0, -1e-3, 1.001, std::nan("")}) {
    matrix<double> p = matrix<double>::Constant(3, 4, 0.25);
    p(1, 2) = target;
    check(
        [&](auto backend, kd::non_finite policy) {
          return kd::evaluate(kd::binary_cross_entropy_with_targets(zs, targets), backend, zs = d.s,
                              targets = p, policy);
        },
        target == 0 || target == 1);
  }
  for (const double second : {0.0, 0.4, 0.5, 0.502}) {  // beside 0.5 and the tail
    matrix<double> stored = matrix<double>::Constant(3, 2, std::log(0.3));
    stored.row(1) << std::log(0.5), std::log(second);
    const std::vector<int> at{0, 1, 2, 3, 1, 2};
    check(
        [&](auto backend, kd::non_finite policy) {
          return kd::evaluate(kd::topk_kl_divergence(zs, indices, log_p), backend, zs = d.s,
                              indices = kd::tensor(at.data(), {3, 2}), log_p = stored, policy);
        },
        second < 0.502);
  }
}
TEST_CASE("V18: parameters outside their range are refused, with their value") {
  const logits<double> d = random_logits<double>(2, 3);
  const auto refuses = [&](auto make, std::initializer_list<double> wrong, const char* name) {
    for (const double x : wrong) {
      INFO(name << " = " << x);
      matrix<double> g = matrix<double>::Constant(2, 3, 7);
      std::string said;
      try {
        run(make(x), kd::eigen, d, kd::gradient(zs) = g);
      } catch (const kd::value_error& e) { said = e.what(); }
      CHECK_THAT(said, Catch::Contains("must be"));
      if (std::isfinite(x)) CHECK_THAT(said, Catch::Contains(name));
      CHECK(g == matrix<double>::Constant(2, 3, 7));
    }
  };
  const double nan = std::nan("");
  refuses([](double x) { return kd::cross_entropy(zs, y, {.label_smoothing = x}); },
          {-0.1, 1.5, nan, inf}, "label_smoothing");
  refuses([](double x) { return kd::soft_targets(zs, zt, y, {.alpha = x}); }, {-0.1, 1.5, nan},
          "alpha");
  refuses([](double x) { return kd::jensen_shannon(zs, zt, {.beta = x}); }, {-0.1, 1.5, nan},
          "beta");
  refuses([](double x) { return kd::self_label_smoothing(zs, y, {.correct_probability = x}); },
          {-0.1, 1.5, nan}, "correct_probability");
  refuses([](double x) { return x * kd::cross_entropy(zs, y); }, {nan, inf}, "scalar");
}
TEST_CASE("V18, S4: without weight, or with all labels ignored, value and gradient are 0") {
  logits<double> d = random_logits<double>(3, 4);
  const auto is_0 = [](double value, const auto& g) {
    CHECK(value == 0);
    CHECK(largest_of(g) == 0);
  };
  on_backends(0.0 * kd::kl_divergence(zs, zt) + 0.0 * kd::cross_entropy(zs, y), d, is_0);
  d.labels = {-100, -100, -100};
  on_backends(kd::cross_entropy(zs, y, {}), d, is_0);
  d.labels = {2, 1, 2};  // an ignored label that is a class
  on_backends(kd::cross_entropy(zs, y, {.ignore_index = 2}), d, [](double value, const auto& g) {
    CHECK(value > 0);
    CHECK(largest_of(g.row(0)) == 0);
    CHECK(largest_of(g.row(1)) > 0);
    CHECK(largest_of(g.row(2)) == 0);
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
TEST_CASE("S7: over a tensor that is read again a gradient is refused") {
  constexpr auto others = kd::student<"others", batch, classes>;
  const auto objective =
      kd::mean<batch, classes>(kd::square(zs)) + kd::kl_divergence(others, kd::stop_gradient(zs));
  for_each_backend([&](auto backend) {
    for (const int columns : {7, 33}) {
      logits<double> d = random_logits<double>(40, columns);
      const matrix<double> before = d.s;
      CHECK_THROWS_WITH(
          kd::evaluate(objective, backend, zs = d.s, others = d.t, kd::gradient(zs) = d.s),
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
  constexpr auto others = kd::student<"others", batch, classes>;
  const logits<float> d = random_logits<float>(3, 4);
  matrix<float> g = matrix<float>::Constant(3, 4, 7);
  CHECK_THROWS_WITH(
      kd::evaluate(kd::logit_mse(zs, others), zs = d.s, others = d.t, kd::gradient(zs) = g,
                   kd::gradient(others) += g),
      Catch::Contains("the gradients of student logits and of student others share memory"));
  CHECK(g == matrix<float>::Constant(3, 4, 7));
}
