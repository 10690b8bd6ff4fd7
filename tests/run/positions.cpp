// SPDX-License-Identifier: MIT
// Positions along rows, of rows, in tiles of rows, along rows of several axes and under another
// name, against the specification.
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto fs = kd::student<"map", batch, channel, height>;

std::vector<double> numbers(std::int64_t n) {
  std::vector<double> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::sin(1.7 * static_cast<double>(i + 1));
  return v;
}

template <class Objective, class Input>
void check(const Objective& objective, const Input& input, kd::tensor_view<const double> x) {
  const auto wanted = kd::evaluate(objective, kd::reference, input = x);
  std::size_t n = 1;
  for (int k = 0; k < x.rank; ++k) n *= static_cast<std::size_t>(x.extents[k]);
  std::vector<double> target(n);
  kd::tensor_view<double> into{target.data(), x.rank, {}, {}};
  std::copy(x.extents, x.extents + x.rank, into.extents);
  std::copy(x.strides, x.strides + x.rank, into.strides);
  const auto got = kd::evaluate(objective, kd::eigen, input = x, kd::gradient(input) = into);
  CHECK(got.value() == Approx(wanted.value()).epsilon(1e-12));
  CHECK(wanted.value() != 0);
  const auto gradient = wanted.gradient(input);
  CHECK(kd::test::largest_of(gradient.data, n) > 0);
  CHECK(kd::test::largest_difference(target.data(), gradient.data, n) <
        1e-12 * kd::test::largest_of(gradient.data, n));
}

void check_matrices(const auto& objective) {
  for (std::int64_t rows : {1, 5, 40})
    for (std::int64_t columns : {1, 3, 10, 200}) {
      INFO(rows << " x " << columns);
      const std::vector<double> z = numbers(rows * columns);
      check(objective, zs, kd::tensor(z.data(), {rows, columns}));
    }
}
template <class Objective>
void check_map(const Objective& objective) {
  const std::vector<double> f = numbers(3 * 4 * 5);
  check(objective, fs, kd::tensor(f.data(), {3, 4, 5}));
}

constexpr auto one = kd::constant_of<1>;

}  // namespace

TEST_CASE("positions count from 0") {
  const std::vector<double> z = numbers(12);
  const auto Z = kd::tensor(z.data(), {3, 4});
  const auto squares = kd::sum<batch>(kd::sum<classes>(kd::square(kd::position<classes>) + 0 * zs));
  CHECK(kd::evaluate(squares, zs = Z).value() == 3 * (0 + 1 + 4 + 9));
  const auto rows = kd::sum<batch>(kd::sum<classes>(kd::square(kd::position<batch>) + 0 * zs));
  CHECK(kd::evaluate(rows, zs = Z).value() == 4 * (0 + 1 + 4));
  CHECK(kd::evaluate(kd::sum<classes>(kd::position<classes>) + kd::sum<batch, classes>(0 * zs),
                     zs = Z)
            .value() == 6);
}
TEST_CASE("positions along rows, of rows, and both") {
  check_matrices(kd::mean<batch>(
      kd::sum<classes>(zs * kd::softmax<classes>(zs) / (one + kd::position<classes>))));
  check_matrices(kd::sum<batch>(kd::log_sum_exp<classes>(zs) / (one + kd::position<batch>)));
  check_matrices(kd::sum<batch, classes>(
      kd::square(zs) * kd::less_equal(kd::position<classes>, kd::position<batch>)));
  check_matrices(kd::sum<classes>(kd::square(kd::mean<batch>(zs * kd::position<batch>)) +
                                  kd::mean<batch>(zs)));
}
TEST_CASE("positions along an axis of several, reduced together or apart") {
  const auto weighted = kd::square(fs) * (one + kd::position<height> + 10 * kd::position<channel>);
  check_map(kd::sum<batch>(kd::sum<channel, height>(weighted)));
  check_map(kd::sum<batch>(kd::square(kd::sum<channel, height>(weighted))));
  check_map(kd::sum<height, batch>(kd::square(kd::sum<channel>(weighted))));
  check_map(kd::sum<batch, channel, height>(weighted * kd::mean<batch>(fs * kd::position<batch>)));
}
TEST_CASE("positions in products, picked, and under another name") {
  const auto distance = kd::square(kd::position<batch> - kd::as<batch, other>(kd::position<batch>));
  const auto similar = kd::dot<classes>(zs, kd::as<batch, other>(zs));
  check_matrices(kd::sum<batch, other>(kd::square(similar) / (one + distance)));
  check_matrices(kd::sum<batch>(kd::square(kd::dot<classes>(zs, kd::position<classes> + one))));
  check_matrices(
      kd::sum<batch, other>(kd::as<batch, other>(kd::sum<classes>(zs) + kd::position<batch>) *
                            kd::position<batch> * kd::sum<classes>(zs)) +
      kd::sum<batch, classes>(zs));
}
TEST_CASE("a position picked by labels is the label") {
  const std::vector<int> labels{3, 0, 2};
  const std::vector<double> z = numbers(12);
  constexpr auto y = kd::labels<"y", batch>;
  const auto picked = kd::pick<classes>(kd::position<classes>, y);
  const auto o = kd::sum<batch>(kd::square(picked)) + 0 * kd::sum<batch, classes>(zs);
  CHECK(kd::evaluate(o, zs = kd::tensor(z.data(), {3, 4}), y = labels).value() == 9 + 4);
}
