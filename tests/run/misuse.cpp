// SPDX-License-Identifier: MIT
// Calls that cannot be: each is refused with a sentence, before anything is written.
#include "loss/checks.hpp"

using namespace kd::test;
using Catch::Contains;

TEST_CASE("a null pointer is refused, unless there is nothing to point to") {
  std::vector<float> memory(20, 1.0f);
  const auto some = kd::tensor(memory.data(), {4, 5});
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  CHECK_THROWS_WITH(kd::evaluate(o, zs = kd::tensor(static_cast<float*>(nullptr), {4, 5})),
                    Contains("student logits is a null pointer"));
  CHECK_THROWS_WITH(
      kd::evaluate(o, zs = some,
                   kd::gradient(zs) = kd::tensor(static_cast<float*>(nullptr), {4, 5})),
      Contains("the gradient of student logits is a null pointer"));
  CHECK(kd::evaluate(kd::sum<batch, classes>(zs),
                     zs = kd::tensor(static_cast<float*>(nullptr), {0, 5}))
            .value() == 0);
}
TEST_CASE("a gradient's destination of other extents is refused by its own name") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(4, 5);
  Eigen::MatrixXf G = Eigen::MatrixXf::Constant(5, 4, 9);
  CHECK_THROWS_WITH(
      kd::evaluate(kd::mean<batch, classes>(kd::square(zs)), zs = S, kd::gradient(zs) = G),
      Contains("the gradient of student logits has extent 4 along axis 'batch' and the tensor "
               "given for it 5"));
  CHECK(G.minCoeff() == 9);
}
TEST_CASE("after a call that threw, the last result is empty, and the next call is right") {
  auto program = kd::compile(kd::cross_entropy(zs, y), kd::eigen);
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3), more = Eigen::MatrixXf::Random(3000, 3);
  const std::vector<int> good{0, 1}, bad(3000, 7);
  const auto& result = program(zs = S, y = good);
  const double value = result.value();
  CHECK_THROWS_AS(program(zs = more, y = bad), kd::value_error);
  CHECK(result.gradient(zs).size() == 0);
  CHECK(program(zs = S, y = good).value() == value);
  CHECK(result.gradient(zs).rows() == 2);
}
TEST_CASE("compile takes extents of the objective's axes only") {
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  CHECK_THROWS_WITH(
      kd::compile(o, kd::eigen, batch(4), channel(7)),
      Contains("axis 'channel', which the objective does not have") && Contains("batch, classes"));
  CHECK_THROWS_WITH(kd::compile(o, batch(-4)), Contains("axis 'batch' is -4"));
  CHECK(kd::compile(o, batch(2), classes(3))(zs = Eigen::MatrixXf::Ones(2, 3).eval()).value() == 1);
}
TEST_CASE("a temperature must be positive in the type that is computed in") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  const Eigen::MatrixXd D = S.cast<double>();
  const auto o = kd::kl_divergence(zs, zt, {.temperature = 1e-46});
  CHECK_THROWS_WITH(kd::evaluate(o, zs = S, zt = S), Contains("temperature is 1e-46"));
  CHECK(kd::evaluate(o, zs = D, zt = D).value() == 0);
  CHECK_THROWS_WITH(kd::evaluate(kd::soft_targets(zs, zt, y, {.alpha = 1.0000001}), zs = S, zt = S,
                                 y = std::vector<int>{0, 1}),
                    Contains("alpha is 1.0000001 at progress 0; it must be between 0 and 1"));
}
TEST_CASE("only the loss that ignores a label accepts it") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  const auto ignoring = kd::cross_entropy(zs, y, {.ignore_index = -100});
  CHECK_NOTHROW(kd::evaluate(ignoring, zs = S, y = std::vector<int>{0, -100}));
  CHECK_THROWS_AS(
      kd::evaluate(ignoring + kd::cross_entropy(zs, y), zs = S, y = std::vector<int>{0, -100}),
      kd::value_error);
  CHECK_THROWS_WITH(kd::evaluate(ignoring + kd::cross_entropy(zs, y, {.ignore_index = -1}), zs = S,
                                 y = std::vector<int>{0, -100}),
                    Contains("labels y holds -100 at position 1"));
}
TEST_CASE("progress that is not a number is refused") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  CHECK_THROWS_WITH(kd::evaluate(kd::cross_entropy(zs, y), kd::at(std::nan("")), zs = S,
                                 y = std::vector<int>{0, 1}),
                    Contains("kd::at was given a progress that is not a number"));
}
