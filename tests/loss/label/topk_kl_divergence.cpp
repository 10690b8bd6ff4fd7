// SPDX-License-Identifier: MIT
#include <kd/loss/label/kl_divergence.hpp>
#include <kd/loss/label/topk_kl_divergence.hpp>
#include "loss/table.hpp"

using namespace kd::test;
using Catch::Contains;

namespace {
constexpr auto indices = kd::labels<"indices", batch, kd::axes::top>;
constexpr auto log_p = kd::teacher<"log_p", batch, kd::axes::top>;

/// Keeps every class of the teacher that is among the first k after a turn of the label.
template <class T>
struct kept {
  std::vector<int> index;
  matrix<T> log_p;
  kept(const logits<T>& d, double temperature, Eigen::Index k) : log_p(d.t.rows(), k) {
    const matrix<double> t = d.t.template cast<double>();
    for (Eigen::Index i = 0; i < t.rows(); ++i) {
      const auto all = log_probabilities(t, i, temperature);
      for (Eigen::Index c = 0; c < k; ++c) {
        const Eigen::Index at = (d.labels[static_cast<std::size_t>(i)] + 2 * c) % (t.cols() | 1);
        index.push_back(static_cast<int>(std::min(at, t.cols() - 1)));
        log_p(i, c) = static_cast<T>(all[static_cast<std::size_t>(index.back())]);
      }
    }
  }
};
auto call(auto backend, const auto& s, const auto& stored, double temperature,
          const auto&... more) {
  return kd::evaluate(
      kd::topk_kl_divergence(zs, indices, log_p, {.temperature = temperature}), backend, zs = s,
      log_p = stored.log_p,
      indices = kd::tensor(stored.index.data(), {stored.log_p.rows(), stored.log_p.cols()}),
      more...);
}
/// The teacher's logits and the labels, wherever they lie.
template <class T>
auto copied(const places<T>& p) {
  using number = typename places<T>::gradient_type;
  logits<number> d{{}, matrix<number>(p.t.extents[0], p.t.extents[1]), {}};
  for (Eigen::Index i = 0; i < d.t.rows(); ++i) {
    for (Eigen::Index c = 0; c < d.t.cols(); ++c)
      d.t(i, c) = static_cast<number>(p.t.data[i * p.t.strides[0] + c * p.t.strides[1]]);
    d.labels.push_back(p.labels.data[std::min(i, p.labels.extents[0] - 1)]);
  }
  return d;
}
Eigen::Index some(Eigen::Index columns) {
  return columns < 4 ? std::min<Eigen::Index>(1, columns) : 3;
}
}  // namespace

TEST_CASE("topk_kl_divergence: the table") {
  loss_row row = row_of_calls("topk_kl_divergence",
                              [](auto backend, const auto& p, double temperature) {
                                const auto d = copied(p);
                                const kept stored(d, temperature, some(d.t.cols()));
                                return call(backend, p.s, stored, temperature,
                                            kd::gradient(zs) = p.gradient, p.policy);
                              },
                              {.tempered = true,
                               .large = false,
                               .one_hot = true,
                               .stored_teacher = true,
                               .warms_in_float = false});
  row.formula = [](const logits<double>& d, double T) {
    const Eigen::Index k = some(d.s.cols());
    const kept<double> stored(d, T, k);
    std::size_t at = 0;
    return T * T * mean_over_rows(d, T, [&](const auto& s, const auto& t, std::size_t) {
             long double rest_s = 1, rest_t = 1, sum = 0;
             for (Eigen::Index c = 0; c < k; ++c) {
               const auto i = static_cast<std::size_t>(stored.index[at++]);
               sum += std::exp(t[i]) * (t[i] - s[i]);
               rest_s -= std::exp(s[i]), rest_t -= std::exp(t[i]);
             }
             return sum + rest_t * std::log(rest_t / rest_s);
           });
  };
  check_loss(row);
}
TEST_CASE("topk_kl_divergence: of all classes it is the KL divergence, of fewer it is less") {
  const logits<double> d = random_logits<double>(4, 5);
  const double whole = run(kd::kl_divergence(zs, zt, {.temperature = 2}), kd::eigen, d).value();
  for_each_backend([&](auto backend) {
    const auto all = call(backend, d.s, kept(d, 2, 5), 2);
    CHECK(close(all.value(), whole, 1e-13));
    CHECK(gradient_matrix(all, zs).allFinite());
    CHECK(call(backend, d.s, kept(d, 2, 2), 2).value() < whole);
  });
}

namespace {
/// One row of five logits with a list of classes and log-probabilities.
template <class Backend, class... More>
double of_list(Backend backend, std::vector<int> index, std::vector<float> log_probabilities,
               const More&... more) {
  const auto k = static_cast<std::int64_t>(index.size());
  const float z[] = {0.3f, 0.2f, 0.1f, 2, 1};
  return kd::evaluate(kd::topk_kl_divergence(zs, indices, log_p), backend,
                      zs = kd::tensor(z, {1, 5}), indices = kd::tensor(index.data(), {1, k}),
                      log_p = kd::tensor(log_probabilities.data(), {1, k}), more...)
      .value();
}
const float a = std::log(0.5f), b = std::log(0.2f), minus_inf = -INFINITY;
}  // namespace

TEST_CASE("topk_kl_divergence: a list that is padded is the list") {
  for_each_backend([&](auto backend) {
    const double two = of_list(backend, {3, 4}, {a, b});
    CHECK(two == Approx(0.003256).epsilon(1e-3));
    for (double padded :
         {of_list(backend, {3, 4, 3}, {a, b, minus_inf}),
          of_list(backend, {3, 4, 0, 0, 0}, {a, b, minus_inf, minus_inf, minus_inf}),
          of_list(backend, {3, 4, -1}, {a, b, minus_inf}), of_list(backend, {3, 4, -1}, {a, b, a}),
          of_list(backend, {-1, 3, -1, 4, -1, -1, -1}, {0, a, 5, b, a, a, minus_inf})})
      CHECK(padded == Approx(two).epsilon(1e-6));
    CHECK(of_list(backend, {-1, -1}, {a, b}) == Approx(0).margin(1e-7));  // only the tail: 1 and 1
    const float each = -std::log(5.f);
    const double all = of_list(backend, {0, 1, 2, 3, 4}, {each, each, each, each, each});
    CHECK(of_list(backend, {4, -1, 3, 2, 1, 0, -1}, {each, a, each, each, each, each, a}) ==
          Approx(all).epsilon(1e-6));
  });
}
TEST_CASE("topk_kl_divergence: padding has no gradient, and lists of other lengths go together") {
  const logits<double> d = random_logits<double>(3, 6);
  const kept<double> stored(d, 1, 4);
  kept<double> padded = stored;
  padded.index[3] = -1, padded.log_p(0, 3) = 7;
  padded.log_p(1, 2) = -INFINITY;
  const auto fast = call(kd::eigen, d.s, padded, 1);
  const auto slow = call(kd::reference, d.s, padded, 1);
  CHECK(fast.value() == Approx(slow.value()).epsilon(1e-13));
  CHECK(largest_difference(gradient_matrix(fast, zs), gradient_matrix(slow, zs)) < 1e-14);
  CHECK(largest_of(gradient_matrix(fast, zs)) > 0);
}
TEST_CASE("topk_kl_divergence: a class twice, and probabilities above 1, are refused") {
  for_each_backend([&](auto backend) {
    CHECK(std::isnan(of_list(backend, {3, 4, 4}, {a, b, b})));
    CHECK(std::isnan(of_list(backend, {3, 4}, {a, 0})));
    CHECK_THROWS_WITH(of_list(backend, {3, 4, 4}, {a, b, b}, kd::non_finite::check),
                      Contains("a row of topk_kl_divergence stores a class twice"));
    CHECK_THROWS_WITH(of_list(backend, {3, 4}, {a, 0}, kd::non_finite::check),
                      Contains("the stored probabilities of a row of topk_kl_divergence sum to "
                               "more than 1"));
  });
}
TEST_CASE("topk_kl_divergence: log-probabilities of 16 bits may sum to more than 1 as they round") {
  const auto check = [](auto number, double wanted, double tolerance) {
    using stored = decltype(number);
    matrix<float> z(1, 10);
    Eigen::Matrix<stored, 1, -1, Eigen::RowMajor> p(1, 10);
    std::vector<int> at(10);
    for (int k = 0; k < 10; ++k)
      at[static_cast<std::size_t>(k)] = k, z(0, k) = 0.1f * static_cast<float>(k),
      p(0, k) = static_cast<stored>(-std::log(10.f));
    for_each_backend([&](auto backend) {
      const auto of = [&](const auto& log_probabilities) {
        return kd::evaluate(kd::topk_kl_divergence(zs, indices, log_p), backend, zs = z,
                            log_p = log_probabilities, indices = kd::tensor(at.data(), {1, 10}));
      };
      CHECK(of(p).value() == Approx(wanted).epsilon(tolerance));
      CHECK(gradient_matrix(of(p), zs).allFinite());
      p(0, 0) = static_cast<stored>(-2.f);  // a sum that no rounding makes
      CHECK(std::isnan(of(p).value()));
      p(0, 0) = p(0, 1);
    });
  };
  const double wanted = [] {  // of the uniform distribution from that of the logits
    double sum = 0;
    for (int k = 0; k < 10; ++k) sum += std::exp(0.1 * k);
    return std::log(sum) - 0.45 - std::log(10.0);
  }();
  check(Eigen::bfloat16(), wanted, 1e-4);
  check(Eigen::half(), wanted, 1e-4);
  check(float(), wanted, 1e-4);
}
