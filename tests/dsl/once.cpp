// SPDX-License-Identifier: MIT
// A word reads an operand once: a number in it is one scalar, and what it computes is computed once.
#include <kd/dsl/once.hpp>
#include <kd/kd.hpp>
#include "support/read_once.hpp"

using namespace kd::axes;
using namespace kd::literals;

namespace {

constexpr auto f = kd::student<"f", batch, feature>;
constexpr auto t = kd::teacher<"t", batch, feature>;

template <class Objective>
int computed(const Objective& objective, kd::detail::op code) {
  const auto& p = kd::plan(objective);
  int n = 0;
  for (int i = 0; i < p.g.size; ++i) n += p.g[i].code == code;
  return n;
}
template <class Objective>
int numbers(const Objective& objective) {
  return kd::plan(objective).g.slots;
}

}  // namespace

TEST_CASE("a number in an operand that a word reads twice is one scalar") {
  const auto mean = [](const auto& x) { return kd::mean<batch, feature>(x); };
  CHECK(numbers(mean(kd::square(kd::tanh(2.0 * f)))) == 1);
  CHECK(computed(mean(kd::square(kd::tanh(2.0 * f))), kd::detail::op::tanh) == 1);
  CHECK(numbers(mean(kd::log_softmax<feature>(f / 2.0))) == 1);
  CHECK(numbers(mean(kd::normalize<feature>(2.0 * f))) == 1);
  CHECK(numbers(mean(kd::standardize<feature>(2.0 * f))) == 1);
  CHECK(numbers(mean(kd::huber(2.0 * f - t, 0.5))) == 2);
  CHECK(numbers(kd::mean<batch>(kd::pearson<feature>(2.0 * f, t))) == 1);
  CHECK(numbers(kd::mean<batch>(kd::entropy<feature>(kd::log_softmax<feature>(f * 3.0)))) == 1);
  CHECK(numbers(mean(kd::log_mixture(0.3, kd::log_softmax<feature>(f / 2.0),
                                     kd::log_softmax<feature>(t / 2.0)))) == 3);
  CHECK(numbers(2.0 * mean(f) + 3.0 * mean(f)) == 2);  // two that are written are two
}
TEST_CASE("every word reads its operands once") {
  using kd::test::check_once;
  constexpr auto y = kd::labels<"y", batch>;
  constexpr auto ids = kd::labels<"ids", batch, top>;
  constexpr auto w = kd::given<"w">;
#define KD_WORD(name, ...) #name, [](auto... x) { return kd::name __VA_ARGS__(x...); }
  check_once(KD_WORD(square), 0, f);
  check_once(KD_WORD(huber), 0, f, w);
  check_once(KD_WORD(where_finite), 0, f);
  check_once(KD_WORD(mean, <feature>), 0, f);
  check_once(KD_WORD(mean_all_but, <feature>), 0, f);
  check_once(KD_WORD(min, <feature>), 0, f);
  check_once(KD_WORD(norm, <feature>), 0, f);
  check_once(KD_WORD(normalize, <feature>), 0, f);
  check_once(KD_WORD(centre, <feature>), 0, f);
  check_once(KD_WORD(variance, <feature>), 0, f);
  check_once(KD_WORD(sample_variance, <feature>), 0, f);
  check_once(KD_WORD(standardize, <feature>), 0, f, w);
  check_once(KD_WORD(log_softmax, <feature>), 0, f);
  check_once(KD_WORD(softmax, <feature>), 0, f);
  check_once(KD_WORD(entropy, <feature>), 0, f);
  check_once(KD_WORD(kl, <feature>), 0, f, t);
  check_once(KD_WORD(kl_of_ratio, <feature>), 0, f, t, w);
  check_once(KD_WORD(kl_to_mixture, <feature>), 0, w, f, t);
  check_once(KD_WORD(log_ratio), 0, f, t);
  check_once(KD_WORD(log_mixture), 0, w, f, t);
  check_once(KD_WORD(log_mixture_ratio), 0, w, f);
  check_once(KD_WORD(log_mixture_ratio_of_second), 0, w, f);
  check_once(KD_WORD(cosine_similarity, <feature>), 0, f, t);
  check_once(KD_WORD(pearson, <feature>), 0, f, t);
  check_once(KD_WORD(squared_distances, <feature>), 0, f, t);
  check_once(KD_WORD(distances, <feature>), 0, f, t);
  check_once(KD_WORD(dot, <feature>), 0, f, t);
  check_once(KD_WORD(dot_all_but, <batch>), 0, f, t);
  check_once(KD_WORD(adaptive_average_pool, <feature, channel>), 0, f);
  check_once(KD_WORD(mean_of_rows), 0, f);
#undef KD_WORD
  const auto none = kd::schedule(-1);
  const auto pick = [=](auto x) { return kd::pick<feature>(x, y, none); };
  check_once("pick", pick, 1, f);
  const auto scatter = [=](auto x) { return kd::scatter<channel>(x, ids, none); };
  check_once("scatter", scatter, 1, f);
  const auto one_hot = [=](auto x) { return kd::one_hot<feature>(y, none) * x; };
  check_once("one_hot", one_hot, 1, f);
}
TEST_CASE("a formula of one's own reads its operands once") {
  const auto tanh_shrink = [](auto h) { return h * (h - kd::tanh(h)); };
  kd::test::check_once(
      "shrink", [=](auto x) { return kd::once(tanh_shrink, x); }, 0, f);
  CHECK(numbers(kd::mean<batch, feature>(tanh_shrink(2.0 * f))) == 3);
  const auto pairs = [](auto h) { return kd::distances<feature>(h, kd::as<batch, other>(h)); };
  const auto apart = kd::mean<batch, other>(kd::once(pairs, 2.0 * f));
  CHECK(numbers(apart) == 1);
  CHECK(computed(apart, kd::detail::op::position) == 2);  // knows where a row meets itself
  CHECK(computed(kd::mean<batch, other>(pairs(2.0 * f)), kd::detail::op::position) == 0);
  const auto powers = kd::once([](auto x) { return x + x * x; }, kd::linear(1, 2));
  CHECK(numbers(kd::mean<batch, feature>(powers * f)) == 1);
}
TEST_CASE("a formula that captures the operand of another of the same type reads both") {
  const auto a = 2.0 * f, b = 3.0 * f;
  const auto product =
      kd::once([&](auto x) { return kd::once([=](auto z) { return x * z + z; }, b) - x; }, a);
  const std::vector<double> F{1, 2};
  const auto r = kd::evaluate(kd::sum<batch, feature>(product), f = kd::tensor(F.data(), {1, 2}));
  CHECK(r.value() == Approx((6 + 3 - 2) + (24 + 6 - 4)));
  CHECK(numbers(kd::sum<batch, feature>(product)) == 2);
}
TEST_CASE("a number twice in a divergence costs what a parameter costs") {
  const auto loss = [](const auto& temperature) {
    return kd::mean<batch>(kd::kl<feature>(kd::log_softmax<feature>(t / temperature),
                                           kd::log_softmax<feature>(f / temperature)));
  };
  const auto number = loss(2.0);
  const auto parameter = loss(kd::positive<"temperature">(2.0));
  CHECK(computed(number, kd::detail::op::exp) == computed(parameter, kd::detail::op::exp));
  const std::vector<float> a{1, 2.5f, -1, 0.5f, 3, 2}, b{1.0001f, 2.5f, -1, 0.5001f, 3, 2};
  const auto run = [&](const auto& o) {
    return kd::evaluate(o, f = kd::tensor(a.data(), {2, 3}), t = kd::tensor(b.data(), {2, 3}));
  };
  const auto of_number = run(number);
  const auto of_parameter = run(parameter);
  CHECK(of_number.value() == Approx(of_parameter.value()).epsilon(1e-5));
  for (int i = 0; i < 2; ++i)
    for (int k = 0; k < 3; ++k)
      CHECK(of_number.gradient(f)(i, k) ==
            Approx(of_parameter.gradient(f)(i, k)).epsilon(1e-4).margin(1e-10));
}
TEST_CASE("words nest deeply") {
  const auto nest = [](const auto& self, const auto& x, auto depth) {
    if constexpr (depth() == 0) return x;
    else return self(self, kd::square(x), std::integral_constant<int, depth() - 1>{});
  };
  const auto deep = kd::mean<batch, feature>(nest(nest, f, std::integral_constant<int, 40>{}));
  CHECK(computed(deep, kd::detail::op::multiply) >= 40);
}
TEST_CASE("an operand that views show twice is read as each of them shows it") {
  const auto x = 2.0 * f;
  const auto shown = kd::without_first<feature, channel>(kd::log_softmax<feature>(x));
  const std::vector<double> F{1, 2, 4, 0, 1, 0};
  const auto r = kd::evaluate(kd::sum<batch, channel>(shown), f = kd::tensor(F.data(), {2, 3}));
  const double first = std::log(std::exp(2) + std::exp(4) + std::exp(8)),
               second = std::log(2 + std::exp(2));
  CHECK(r.value() == Approx(4 + 8 - 2 * first + 2 - 2 * second));
  CHECK(numbers(kd::sum<batch, channel>(shown)) == 1);
}
TEST_CASE("literals are constants that fold") {
  const auto value = [](auto literal) {
    kd::detail::lowering l;
    return literal.lower(l).get().value;
  };
  CHECK(value(2_c) == 2);
  CHECK(value(0.1_c) == 0.1);
  CHECK(value(1e-12_c) == 1e-12);
  CHECK(value(2.5e3_c) == 2500);
  CHECK(value(1'000_c) == 1000);
  const auto folded = kd::mean<batch, feature>((2_c * 0.5_c) * f + 0_c);
  CHECK(numbers(folded) == 0);
  CHECK(computed(folded, kd::detail::op::multiply) == 0);
}
