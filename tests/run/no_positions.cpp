// SPDX-License-Identifier: MIT
// Products that leave no axis, axes without positions, and batches without rows.
#include "loss/checks.hpp"

using namespace kd::test;

constexpr auto h = kd::student<"h", batch, feature>;
constexpr auto g = kd::student<"g", batch, feature>;
constexpr auto w = kd::learnable<"w", feature, classes>;
constexpr auto v = kd::learnable<"v", feature>;

TEST_CASE("a product that leaves no axis is a number, with gradients") {
  const matrix<double> H = random_matrix<double>(3, 4, 1, 1), G = random_matrix<double>(3, 4, 1, 2);
  const Eigen::VectorXd V = H.row(0);
  const auto squared = kd::evaluate(kd::dot<feature>(v, v), v = V);
  CHECK(close(squared.value(), V.squaredNorm(), 1e-14));
  CHECK(squared.gradient(v).matrix().isApprox(2 * V));
  const double expected = (H.array() * G.array()).sum();
  const auto check = [&](const auto& objective) {
    const auto r = kd::evaluate(objective, h = H, g = G);
    CHECK(close(r.value(), expected, 1e-13));
    CHECK(r.gradient(h).matrix().isApprox(G));
    CHECK(close(kd::evaluate(objective, kd::reference, h = H, g = G).value(), expected, 1e-13));
  };
  check(kd::dot<batch, feature>(h, g));
  check(kd::dot<feature, batch>(g, h));
  check(kd::dot_all_but<>(h, g));
  const auto apart = kd::squared_distances<batch, feature>(h, g);
  CHECK(close(kd::evaluate(apart, h = H, g = G).value(), (H - G).squaredNorm(), 1e-13));
}
TEST_CASE("a product with a side that became a number is that number times a sum") {
  const matrix<double> H = random_matrix<double>(3, 4, 1, 1), W = random_matrix<double>(4, 5, 1, 2);
  const auto half = kd::constant_of<1, 2> + kd::constant_of<0> * h;  // folds to 1/2
  const auto o = kd::sum<batch, classes>(kd::square(kd::dot<feature>(half, w)));
  const double expected = 3 * (0.5 * W.colwise().sum()).squaredNorm();
  CHECK(close(kd::evaluate(o, h = H, w = W).value(), expected, 1e-13));
  CHECK(close(kd::evaluate(o, kd::reference, h = H, w = W).value(), expected, 1e-13));
}
TEST_CASE("a gradient that is constant along its axes is renamed and multiplied like any other") {
  const auto ones = kd::gradient_of(kd::sum<batch, feature>(h), h);  // (batch, feature)
  const matrix<double> H = random_matrix<double>(3, 4, 1, 1), G = random_matrix<double>(3, 4, 1, 2);
  const auto pairs = kd::sum<other, feature>(kd::as<batch, other>(ones));
  CHECK(kd::evaluate(pairs, h = H).value() == 12);
  const auto products = kd::dot_all_but<batch>(ones, kd::as<batch, other>(g));  // (batch, other)
  const auto r = kd::evaluate(kd::sum<batch, other>(products), h = H, g = G);
  CHECK(close(r.value(), 3 * G.sum(), 1e-13));
}
TEST_CASE("a product along an axis without positions is 0") {
  const auto o = kd::sum<batch, classes>(kd::dot<feature>(h, w));
  const auto r = kd::evaluate(o, h = matrix<float>(64, 0), w = matrix<float>(0, 64));
  CHECK(r.value() == 0);
  CHECK(r.gradient(h).rows() == 64);
}
TEST_CASE("an empty batch through a learnable projection has gradient 0") {
  const auto o = kd::mean<batch, classes>(kd::square(kd::dot<feature>(h, w)));
  matrix<float> D = matrix<float>::Constant(64, 100, 7);
  const matrix<float> none(0, 64), W = matrix<float>::Random(64, 100);
  CHECK(kd::evaluate(o, h = none, w = W, kd::gradient(w) = D).value() == 0);
  CHECK(D.isZero(0));
}
TEST_CASE("an empty batch takes a gradient's destination") {
  const Eigen::MatrixXf S(0, 10);
  Eigen::MatrixXf D(0, 10);
  CHECK(kd::evaluate(kd::mean<batch, classes>(kd::square(zs)), zs = S, kd::gradient(zs) = D)
            .value() == 0);
}
