// SPDX-License-Identifier: MIT
#include <kd/loss/label/kl_divergence.hpp>
#include <kd/loss/label/topk_kl_divergence.hpp>
#include "loss/table.hpp"

using namespace kd::test;

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
