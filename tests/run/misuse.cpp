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
TEST_CASE("a temperature's square and its inverse are numbers too") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  const Eigen::MatrixXf Z = 2 * S;
  const auto run = [&](double T) {
    return kd::evaluate(kd::kl_divergence(zs, zt, {.temperature = T}), zs = S, zt = Z);
  };
  for (const double good : {1e-6, 1e6, 1e-9, 1e9}) {
    const auto r = run(good);
    CHECK(std::isfinite(r.value()));
    CHECK(r.gradient(zs).isFinite().all());
  }
  for (const double bad : {1e30, 1e-30})
    CHECK_THROWS_WITH(run(bad), Contains("temperature is 1e") && Contains("1 / its square"));
}
TEST_CASE("an ignored label is an integer") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  const auto run = [&](const auto& ignored, std::int64_t label) {
    return kd::evaluate(kd::cross_entropy(zs, y, {.ignore_index = ignored}), zs = S,
                        y = std::vector<std::int64_t>{0, label});
  };
  CHECK_THROWS_WITH(run(0.5, 1), Contains("ignore_index is 0.5") && Contains("an integer"));
  CHECK_THROWS_WITH(run(0x1p62, 1), Contains("an integer"));
  CHECK_NOTHROW(run(-0x1p52, -(std::int64_t{1} << 52)));
  CHECK_THROWS_WITH(kd::evaluate(kd::sum<batch>(kd::pick<classes>(zs, y, 0.5)), zs = S,
                                 y = std::vector<int>{0, 1}),
                    Contains("an ignored label is 0.5"));
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
TEST_CASE("a scalar that is not finite is refused by what was written") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  CHECK_THROWS_WITH(
      kd::evaluate((1 / kd::linear(0, 1)) * o, zs = S),
      "kd: the number 1 / linear(0, 1) of the objective is inf at progress 0; it must "
      "be finite");
  CHECK(kd::evaluate((1 / kd::linear(0, 1)) * o, kd::at(1), zs = S).value() > 0);
  CHECK_THROWS_WITH(kd::evaluate((kd::linear(0, 1) / kd::linear(0, 1)) * o, zs = S),
                    Contains("nan at progress 0"));
  double x = std::nan("");
  CHECK_THROWS_WITH(kd::evaluate(kd::watch(x) * o, zs = S), Contains("watch() of the objective"));
  CHECK_THROWS_WITH(kd::evaluate(kd::parameter<"weight">(kd::watch(x)) * o, zs = S),
                    Contains("kd: weight is nan at progress 0; it must be finite"));
}
TEST_CASE("what compile was told of an axis lasts through a call that threw") {
  const auto o = kd::sum<batch, classes>(kd::one_hot<classes>(y) * kd::parameter<"weight">(2));
  auto program = kd::compile(o, classes(3));
  CHECK(program(y = std::vector<int>{0, 2}).value() == 4);
  CHECK_THROWS_AS(program(y = std::vector<int>{0, 5}), kd::value_error);
  CHECK(program(y = std::vector<int>{0, 2}).value() == 4);
}
TEST_CASE("an axis whose extent nothing tells is named") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  const auto per_channel = kd::sum<batch, classes>(zs) / kd::extent<channel>;
  CHECK_THROWS_WITH(
      kd::evaluate(per_channel, zs = S),
      "kd: no tensor of the call has axis 'channel', so its extent is unknown; bind a tensor that "
      "has it, or say it to kd::evaluate or kd::compile(objective, channel(10))");
  CHECK(kd::compile(per_channel, channel(1))(zs = S).value() == Approx(S.sum()));
  const auto counts = kd::sum<batch, classes>(kd::one_hot<classes>(y));
  CHECK_THROWS_WITH(kd::evaluate(counts, y = std::vector<int>{0, 1}), Contains("axis 'classes'"));
}
TEST_CASE("an extent comes through renamings, in whatever order") {
  const auto pairs =
      kd::as<other_classes, feature>(kd::as<classes, other_classes>(kd::one_hot<classes>(y)));
  constexpr auto f = kd::student<"f", batch, feature>;
  const Eigen::MatrixXf F = Eigen::MatrixXf::Random(2, 3);
  CHECK(
      kd::evaluate(kd::sum<batch, feature>(pairs * f), y = std::vector<int>{0, 2}, f = F).value() ==
      Approx(double(F(0, 0)) + F(1, 2)));
}
TEST_CASE("a gradient of a result that ends with its expression is a copy") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(200, 30);
  const auto o = kd::mean<batch, classes>(kd::square(zs));
  const auto kept = kd::evaluate(o, zs = S);
  const auto copy = kd::evaluate(o, zs = S).gradient(zs);
  static_assert(std::is_same_v<decltype(copy), const Eigen::Array<float, -1, -1, Eigen::RowMajor>>);
  CHECK((copy == kept.gradient(zs)).all());
  auto program = kd::compile(o);
  static_assert(!std::is_same_v<decltype(program(zs = S).gradient(zs)), decltype(copy)>);
}
TEST_CASE("progress that is not a number is refused") {
  const Eigen::MatrixXf S = Eigen::MatrixXf::Random(2, 3);
  CHECK_THROWS_WITH(kd::evaluate(kd::cross_entropy(zs, y), kd::at(std::nan("")), zs = S,
                                 y = std::vector<int>{0, 1}),
                    Contains("kd::at was given a progress that is not a number"));
}
TEST_CASE("S10: more positions than an index counts are refused") {
  const float one = 1;
  const std::int64_t many = std::int64_t{1} << 40;
  const auto z = kd::tensor(&one, {many, many}, {0, 0});
  CHECK_THROWS_WITH(
      kd::evaluate(kd::sum<batch, classes>(kd::square(zs)), zs = z),
      "kd: a part of the objective has batch 1099511627776 x classes 1099511627776 positions, more "
      "than a 64-bit index counts; sum before you multiply");
}
