// SPDX-License-Identifier: MIT
#include "loss/checks.hpp"

using namespace kd::test;

namespace {

const auto loss = kd::soft_targets(zs, zt, y, {.temperature = 2, .alpha = 0.5});

template <class S, class Z>
void check_same(const logits<double>& d, const S& s, const Z& z) {
  const auto expected = run(loss, kd::eigen, d);
  const auto got = kd::evaluate(loss, zs = s, zt = z, y = d.labels);
  CHECK(got.value() == expected.value());
  CHECK((got.gradient(zs) == expected.gradient(zs)).all());
}

}  // namespace

TEST_CASE("tensors of any layout give the same bits") {
  const logits<double> d = random_logits<double>(6, 21);
  const Eigen::MatrixXd s_columns = d.s, z_columns = d.t;  // column-major
  check_same(d, s_columns, z_columns);
  check_same(d, Eigen::ArrayXXd(s_columns), d.t);
  check_same(d, Eigen::Map<const Eigen::MatrixXd>(s_columns.data(), 6, 21), z_columns);
  matrix<double> wide(12, 50);
  wide.setConstant(99);
  wide.block(3, 4, 6, 21) = d.s;
  check_same(d, wide.block(3, 4, 6, 21), d.t);
  check_same(d, Eigen::Ref<const matrix<double>, 0, Eigen::OuterStride<>>(wide.block(3, 4, 6, 21)),
             d.t);
  std::vector<double> reversed(d.s.data(), d.s.data() + d.s.size());
  std::reverse(reversed.begin(), reversed.end());
  check_same(d, kd::tensor(reversed.data() + reversed.size() - 1, {6, 21}, {-21, -1}),
             d.t);  // negative strides
}

TEST_CASE("a row of stride 0 stands for all rows") {
  logits<double> d = random_logits<double>(4, 9);
  d.t = d.t.row(1).replicate(4, 1).eval();
  check_same(d, d.s, kd::tensor(d.t.data(), {4, 9}, {0, 1}));
}

TEST_CASE("gradients go where they are sent, in any layout, written or added") {
  const logits<double> d = random_logits<double>(5, 18);
  const matrix<double> expected = run(loss, kd::eigen, d).gradient(zs).matrix();
  for_each_backend([&](auto backend) {
    Eigen::MatrixXd columns(5, 18);
    columns.setConstant(7);
    kd::evaluate(loss, backend, zs = d.s, zt = d.t, y = d.labels, kd::gradient(zs) = columns);
    CHECK(largest_difference(columns, expected) <= 1e-14);
    matrix<double> sum = matrix<double>::Constant(5, 18, 1);
    kd::evaluate(loss, backend, zs = d.s, zt = d.t, y = d.labels, kd::gradient(zs) += sum);
    CHECK(largest_difference(sum.array() - 1, expected) <= 1e-14);
  });
}

TEST_CASE("a gradient may be written over the logits it belongs to") {
  logits<double> d = random_logits<double>(5, 40);
  const matrix<double> expected = run(loss, kd::eigen, d).gradient(zs).matrix();
  kd::evaluate(loss, zs = d.s, zt = d.t, y = d.labels, kd::gradient(zs) = d.s);
  CHECK(d.s == expected);
}

TEST_CASE("a compiled objective gives the same as evaluate, batch after batch of different sizes") {
  auto program = kd::compile<double>(loss, kd::eigen, batch(4), classes(10));
  for (const auto& [rows, columns] : {std::pair{4, 10}, {9, 10}, {2, 33}, {0, 10}, {4, 10}}) {
    const logits<double> d = random_logits<double>(rows, columns);
    const auto& got = program(zs = d.s, zt = d.t, y = d.labels);
    if (rows == 0) continue;
    const auto expected = run(loss, kd::eigen, d);
    CHECK(got.value() == expected.value());
    CHECK((got.gradient(zs) == expected.gradient(zs)).all());
  }
}

TEST_CASE("a copied result keeps its value and gradients when the program is called again") {
  auto program = kd::compile<double>(loss);
  const logits<double> d = random_logits<double>(5, 7), e = random_logits<double>(9, 7);
  auto first = program(zs = d.s, zt = d.t, y = d.labels);
  const double value = first.value();
  const matrix<double> gradient = first.gradient(zs).matrix();
  auto second = program(zs = e.s, zt = e.t, y = e.labels);
  CHECK(first.value() == value);
  CHECK(first.gradient(zs).matrix() == gradient);
  CHECK(second.gradient(zs).rows() == 9);
  second = first;
  CHECK(second.gradient(zs).matrix() == gradient);
  CHECK(second.gradient(zs).data() != first.gradient(zs).data());
  matrix<double> destination(5, 7);
  const auto third = program(zs = d.s, zt = d.t, y = d.labels, kd::gradient(zs) = destination);
  CHECK(third.gradient(zs).data() == destination.data());
}

TEST_CASE("results are the same to the bit for 1, 2 and 4 threads") {
  const logits<float> d = random_logits<float>(300, 257);
  const matrix<float> features = random_matrix<float>(150, 64, 1, 5);
  constexpr auto fs = kd::student<"features", batch, feature>;
  constexpr auto ft = kd::teacher<"features", batch, feature>;
  constexpr auto similarity = kd::similarity_preserving(fs, ft);
  const matrix<float> others = features.rowwise().reverse();
  const int before = kd::threads();
  kd::set_threads(1);
  const auto once = run(loss, kd::eigen, d);
  const auto pairs = kd::evaluate(similarity, fs = features, ft = others);
  for (int threads : {2, 4}) {
    kd::set_threads(threads);
    const auto again = run(loss, kd::eigen, d);
    CHECK(again.value() == once.value());
    CHECK((again.gradient(zs) == once.gradient(zs)).all());
    const auto pairs_again = kd::evaluate(similarity, fs = features, ft = others);
    CHECK(pairs_again.value() == pairs.value());
    CHECK((pairs_again.gradient(fs) == pairs.gradient(fs)).all());
  }
  kd::set_threads(before);
}

TEST_CASE("schedules are evaluated at the progress of the call") {
  const logits<double> d = random_logits<double>(3, 6);
  const auto moving =
      kd::soft_targets(zs, zt, y, {.temperature = kd::linear(4, 2), .alpha = kd::linear(1, 0)});
  const auto at = [&](double p) {
    return kd::evaluate(moving, kd::at(p), zs = d.s, zt = d.t, y = d.labels).value();
  };
  CHECK(at(0) == run(kd::kl_divergence(zs, zt, {.temperature = 4}), kd::eigen, d).value());
  CHECK(close(at(1), run(kd::cross_entropy(zs, y), kd::eigen, d).value(), 1e-15));
  CHECK(close(
      at(0.5),
      run(kd::soft_targets(zs, zt, y, {.temperature = 3, .alpha = 0.5}), kd::eigen, d).value(),
      1e-14));
}

TEST_CASE("two losses with different temperatures keep them apart") {
  const logits<double> d = random_logits<double>(3, 6);
  const auto both =
      kd::kl_divergence(zs, zt, {.temperature = 1}) + kd::kl_divergence(zs, zt, {.temperature = 5});
  CHECK(close(run(both, kd::eigen, d).value(),
              run(kd::kl_divergence(zs, zt, {.temperature = 1}), kd::eigen, d).value() +
                  run(kd::kl_divergence(zs, zt, {.temperature = 5}), kd::eigen, d).value(),
              1e-14));
}

TEST_CASE("an own loss of one line has a gradient") {
  constexpr auto fs = kd::student<"map", batch, channel, height, width>;
  constexpr auto ft = kd::teacher<"map", batch, teacher_channel, height, width>;
  const auto attention = kd::mean<batch, height, width>(
      kd::square(kd::normalize<height, width>(kd::mean<channel>(kd::square(fs))) -
                 kd::normalize<height, width>(kd::mean<teacher_channel>(kd::square(ft)))));
  matrix<double> s = random_matrix<double>(2, 3 * 4, 1, 1),
                 t = random_matrix<double>(2, 5 * 4, 1, 2);
  for_each_backend([&](auto backend) {
    const auto at = [&](matrix<double> x) {
      return kd::evaluate(attention, backend, fs = kd::tensor(x.data(), {2, 3, 2, 2}),
                          ft = kd::tensor(t.data(), {2, 5, 2, 2}));
    };
    const auto result = at(s);
    const matrix<double> g = Eigen::Map<const matrix<double>>(result.gradient(fs).data, 2, 12);
    CHECK(gradient_error(s, g, [&](const matrix<double>& x) { return at(x).value(); }) <= 1e-7);
  });
}

TEST_CASE("extents that disagree are an error that names axis, inputs and numbers") {
  const matrix<float> s(4, 100), t(4, 10);
  CHECK_THROWS_WITH(kd::evaluate(kd::logit_mse(zs, zt), zs = s, zt = t),
                    "kd: axis 'classes' is 100 in student logits and 10 in teacher logits; an axis "
                    "has one extent in an "
                    "objective, so bind tensors that agree or name the axes apart");
  matrix<float> wrong(3, 100);
  CHECK_THROWS_AS(kd::evaluate(kd::logit_mse(zs, zt), zs = s, zt = s, kd::gradient(zs) = wrong),
                  kd::shape_error);
}

TEST_CASE("a parameter with two values in one scope is an error") {
  const auto twice =
      kd::mean<batch, classes>(zs * kd::parameter<"w">(1) + zs * kd::parameter<"w">(2));
  CHECK_THROWS_WITH(
      kd::evaluate(twice, zs = matrix<float>(matrix<float>::Zero(2, 2))),
      Catch::Contains("parameter 'w' has two values, 1 and 2") && Catch::Contains("kd::named"));
}

TEST_CASE("evaluate is told extents of axes that no tensor has, as compile is") {
  constexpr auto s = kd::student<"s", batch>;
  const auto o = kd::sum<batch, token>(s * kd::position<token>);
  const std::vector<double> S{1, 2};
  CHECK(kd::evaluate(o, s = S, token(4)).value() == 3 * 6);
  auto program = kd::compile<double>(o, token(3));
  CHECK(program(s = S).value() == 3 * 3);
  CHECK(program(s = S, token(4)).value() == 3 * 6);  // of this call
  CHECK(program(s = S).value() == 3 * 3);
  CHECK(kd::evaluate(o, s = S, batch(2), token(4)).value() == 3 * 6);
  CHECK_THROWS_WITH(kd::evaluate(o, s = S, batch(3), token(4)),
                    Catch::Contains("the call was told that axis 'batch' is 3, and it is 2"));
  CHECK_THROWS_AS(kd::evaluate(o, s = S, token(3), token(4)), kd::shape_error);
  CHECK_THROWS_WITH(kd::evaluate(o, s = S, head(3)), Catch::Contains("its axes are"));
  CHECK_THROWS_AS(kd::evaluate(o, s = S, token(-1)), kd::value_error);
}
