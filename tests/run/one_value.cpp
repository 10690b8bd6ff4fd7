// SPDX-License-Identifier: MIT
// An expression has one value, however it is written: parts of a log_softmax keep their digits at
// logits of 1e8, and what is read in several places has one set of bits.
#include <cmath>
#include <random>
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto z = kd::student<"logits", batch, classes>;
constexpr auto t = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

/// Logits of 1e8 that differ by what float can hold there.
const std::vector<float> large{1e8f, 1e8f, 1e8f - 8, 1e8f - 32, 1e8f - 16, 1e8f + 8};
const std::vector<int> labels{1, 2};

/// Checks every form, a term of one objective that the reference evaluates as it is written.
template <class... Forms>
void check(const Forms&... forms) {
  const auto objective = (kd::named<"form">(forms) + ...);
  const auto bound = [&](auto backend) {
    std::vector<float> gradient(6);
    auto program = kd::compile(objective, backend);
    std::vector<double> values{program(z = kd::tensor(large.data(), {2, 3}), y = labels,
                                       kd::gradient(z) = kd::tensor(gradient.data(), {2, 3}))
                                   .value()};
    values.insert(values.end(), gradient.begin(), gradient.end());
    return values;
  };
  const std::vector<double> found = bound(kd::eigen), right = bound(kd::reference);
  for (std::size_t i = 0; i < right.size(); ++i) {
    INFO("number " << i);
    CHECK(found[i] == Approx(right[i]).epsilon(2e-6).margin(1e-7));
  }
}

}  // namespace

TEST_CASE("the difference of a logit and a log-sum-exp, however it is written") {
  const auto check_all = [](const auto& logits) {
    const auto lse = kd::log_sum_exp<classes>(logits);
    const auto picked = kd::pick<classes>(logits, y);
    check(kd::mean<batch>(lse - picked), -kd::mean<batch>(picked - lse),
          kd::mean<batch>((1.0 + lse) - picked), kd::mean<batch>((1.0 - picked) + lse));
    check(kd::mean<batch>(lse - (picked + 2.0)),
          kd::mean<batch>(kd::constant_of<2> * lse - kd::constant_of<2> * picked),
          kd::mean<batch>(kd::log_sum_exp<classes>(z) - lse));
    check(kd::mean<batch>(lse + kd::log_sum_exp<classes>(z) - picked - kd::pick<classes>(z, y)),
          kd::mean<batch>(lse - kd::max<classes>(logits)));
  };
  check_all(z);
  check_all(z / kd::positive<"temperature">(3));
}
TEST_CASE("a log-sum-exp of scaled logits times the scale, beside a logit") {
  const auto picked = kd::pick<classes>(z, y);
  const auto check_all = [&](const auto& scale) {
    check(kd::mean<batch>(scale * kd::log_sum_exp<classes>(z / scale) - picked),
          kd::mean<batch>(picked - kd::log_sum_exp<classes>(z / scale) * scale),
          kd::mean<batch>(kd::max<classes>(z) - scale * kd::log_sum_exp<classes>(z / scale)));
  };
  check_all(kd::constant_of<3>);
  check_all(kd::constant_of<8>);
  check_all(kd::positive<"temperature">(3));
}
TEST_CASE("a sum of twenty terms") {
  const auto terms = [](const auto&... k) {
    return kd::mean<batch>((kd::log_sum_exp<classes>(z) + ... + k) - kd::pick<classes>(z, y));
  };
  const auto w = kd::given<"w", batch>;
  const std::vector<float> W{0.25f, 0.5f};
  const auto objective =
      terms(w, w * w, kd::exp(w), kd::exp(-w), kd::tanh(w), kd::log(w), kd::sqrt(w), kd::erf(w),
            kd::abs(w), kd::sigmoid(w), 1 / w, kd::softplus(w), w * w * w, kd::exp(w * w),
            kd::tanh(w * w), kd::log(w * w + 1), kd::erf(w * w), kd::sigmoid(w * w));
  const auto value = [&](auto backend) {
    return kd::evaluate(objective, backend, z = kd::tensor(large.data(), {2, 3}), y = labels, w = W)
        .value();
  };
  CHECK(value(kd::eigen) == Approx(value(kd::reference)).epsilon(1e-6));
}
TEST_CASE("whatever is taken of a log_softmax") {
  const auto check_all = [](const auto& log_p) {
    const auto picked = kd::pick<classes>(log_p, y);
    check(-kd::mean<batch>(picked), kd::sum<batch>(kd::max<classes>(log_p)),
          kd::mean<batch>(kd::where(kd::is_label(y, 2.0), -picked, 0.0)));
    check(-kd::mean<batch>(picked), kd::mean<batch, classes>(log_p),
          kd::sum<batch, classes>(log_p * kd::position<classes>),
          kd::mean<batch>(kd::sum<classes>(kd::exp(log_p) * log_p)));
    check(kd::mean<batch>(picked),
          kd::sum<batch, other_classes>(kd::as<classes, other_classes>(log_p)),
          kd::sum<batch, other, classes>(kd::as<batch, other>(log_p) * log_p));
  };
  check_all(kd::log_softmax<classes>(z));
  check_all(kd::log_softmax<classes>(z / 3.0));
  check_all(-(kd::log_sum_exp<classes>(z) - z));
}
TEST_CASE("cross-entropy of equal logits of 1e8 is log 2, with and without ignored labels") {
  const std::vector<float> equal{1e8f, 1e8f};
  const std::vector<int> first{0};
  const auto value = [&](const auto& loss) {
    return kd::evaluate(loss, z = kd::tensor(equal.data(), {1, 2}), y = first).value();
  };
  CHECK(value(kd::cross_entropy(z, y)) == Approx(std::log(2.0)));
  CHECK(value(kd::cross_entropy(z, y, {.ignore_index = -100})) == Approx(std::log(2.0)));
}

namespace {
/// How often the most likely class is the label, and how many values are above themselves.
template <class Probabilities>
void check_bits(const Probabilities& p) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, 3);
  Eigen::MatrixXf S(40, 50);
  std::vector<int> L(40);
  for (float& s : S.reshaped()) s = normal(random);
  for (int i = 0; i < 40; ++i) S.row(i).maxCoeff(&L[static_cast<std::size_t>(i)]);
  const auto accuracy = kd::mean<batch>(kd::equal(kd::pick<classes>(p, y), kd::max<classes>(p)));
  const auto same = kd::equal(kd::position<classes>, kd::position<other_classes>);
  const auto above = kd::sum<batch, classes, other_classes>(
      same * kd::greater(kd::as<classes, other_classes>(p), p));
  const auto rank = kd::mean<batch>(kd::sum<classes>(kd::greater(p, kd::pick<classes>(p, y))));
  CHECK(kd::evaluate(accuracy + above + rank, z = S, y = L).value() == 1);
}
}  // namespace
TEST_CASE("what is read in several places has one set of bits") {
  check_bits(kd::softmax<classes>(z));
  check_bits(kd::log_softmax<classes>(z));
  check_bits(kd::log_softmax<classes>(z / 3.0));
  check_bits(z * 0.3 + 0.7);
  check_bits(kd::tanh(0.1 * z) * 0.3 - 0.7);
}
