// SPDX-License-Identifier: MIT
// Labels along any axis of a stage: that of the row, one that tells rows apart, one of several along
// the row.
#include <random>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto fs = kd::student<"map", batch, classes, height>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto indices = kd::labels<"indices", batch, top>;
constexpr auto weights = kd::given<"weights", batch, top>;

std::vector<double> numbers(std::size_t n, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<double> v(n);
  for (double& x : v) x = normal(generator);
  return v;
}

template <class Objective, class Input, class... Bindings>
void check(const Objective& objective, const Input& input, const Bindings&... bindings) {
  const auto wanted = kd::evaluate(objective, kd::reference, bindings...);
  const auto got = kd::evaluate(objective, kd::eigen, bindings...);
  CHECK(got.value() == Approx(wanted.value()));
  const auto gradient = wanted.gradient(input);
  std::int64_t n = 1;
  for (int k = 0; k < gradient.rank; ++k) n *= gradient.extents[k];
  double largest = 0, error = 0;
  std::vector<double> target(static_cast<std::size_t>(n));
  auto view = gradient;
  kd::tensor_view<double> into{target.data(), view.rank, {}, {}};
  for (int k = view.rank - 1, stride = 1; k >= 0; stride *= static_cast<int>(view.extents[k--]))
    into.extents[k] = view.extents[k], into.strides[k] = stride;
  kd::evaluate(objective, kd::eigen, bindings..., kd::gradient(input) = into);
  for (std::int64_t i = 0; i < n; ++i) {
    const double difference = std::abs(target[static_cast<std::size_t>(i)] - gradient.data[i]);
    if (!(difference <= error)) error = difference;
    largest = std::max(largest, std::abs(gradient.data[i]));
  }
  CHECK(largest > 0);
  CHECK(error <= 1e-13);
}

}  // namespace

TEST_CASE("labels of two axes pick several classes per row, with a gradient") {
  const std::vector<double> z = numbers(3 * 5, 1), w = numbers(3 * 2, 2);
  const std::vector<int> labels{4, 0, 2, 2, 1, 3};
  const auto z_view = kd::tensor(z.data(), {3, 5}), w_view = kd::tensor(w.data(), {3, 2});
  const auto i_view = kd::tensor(labels.data(), {3, 2});
  const auto picked = kd::pick<classes>(kd::log_softmax<classes>(zs), indices);  // (batch, top)
  check(kd::mean<batch>(kd::sum<top>(weights * kd::square(picked))), zs, zs = z_view,
        indices = i_view, weights = w_view);
  const auto taken = kd::sum<top>(kd::one_hot<classes>(indices));  // (batch, classes)
  check(kd::mean<batch>(kd::sum<classes>(kd::where(taken, kd::square(zs), 3.0 * zs))), zs,
        zs = z_view, indices = i_view);
}
TEST_CASE("a class named by labels is found along rows of several axes") {
  const std::vector<double> f = numbers(2 * 3 * 4, 3);
  const std::vector<int> labels{2, 1};
  const auto f_view = kd::tensor(f.data(), {2, 3, 4});
  const auto named = kd::one_hot<classes>(y) * kd::square(fs);  // (batch, classes, height)
  check(kd::mean<batch>(kd::square(kd::sum<classes, height>(named))), fs, fs = f_view, y = labels);
  check(kd::mean<batch>(kd::sum<classes>(kd::square(kd::sum<height>(named)))), fs, fs = f_view,
        y = labels);
}
TEST_CASE("a class is picked where rows run over the classes too") {
  const std::vector<double> f = numbers(2 * 3 * 4, 4);
  const std::vector<int> labels{2, 1};
  const auto f_view = kd::tensor(f.data(), {2, 3, 4});
  const auto means = kd::mean<height>(fs);  // (batch, classes)
  const auto right = kd::pick<classes>(means, y);
  check(kd::mean<batch>(right * kd::sum<classes>(kd::square(kd::sum<height>(fs)))), fs, fs = f_view,
        y = labels);
  check(
      kd::mean<batch>(kd::stop_gradient(right) * kd::sum<classes>(kd::square(kd::sum<height>(fs)))),
      fs, fs = f_view, y = labels);
}
