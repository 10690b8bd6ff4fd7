// SPDX-License-Identifier: MIT
// A loss as a function: reads like those of the library, stands beside them, and is checked.
#include <cmath>
#include <iostream>
#include <vector>

#include <kd/kd.hpp>
using namespace kd::axes;

// ---- what would be a file of its own ----

// Squared Hellinger distance:  L = T^2 1/B sum_b 1/2 sum_c (sqrt p_t - sqrt p_s)^2,
//   p = softmax(z / T)
// reads      student logits (..., classes), teacher logits (..., classes)
// options    temperature > 0 (2)
struct hellinger_options {
  kd::schedule temperature = 2;  // a number or a schedule
};

// Scalar >= 0. Zero iff both softmaxes are equal. In [0, T^2], so a bad teacher does little harm.
constexpr auto hellinger(kd::Expression auto student, kd::Expression auto teacher,
                         hellinger_options options = {}) {
  const auto T = kd::positive<"temperature">(options.temperature);  // used thrice, one number
  // Not sqrt(softmax(z)): the slope of a root is infinite at 0.
  const auto root_s = kd::exp(kd::log_softmax<classes>(student / T) / 2);   // (..., classes)
  const auto root_t = kd::exp(kd::log_softmax<classes>(teacher / T) / 2);   // (..., classes)
  const auto distance = kd::sum<classes>(kd::square(root_t - root_s)) / 2;  // (...)
  return kd::named<"hellinger">(T * T * kd::mean_of_rows(distance));
}

// ---- its use, and its test ----

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

int main() {
  const auto objective =
      0.9 * hellinger(zs, zt, {.temperature = kd::cosine(8, 2)}) + 0.1 * kd::cross_entropy(zs, y);

  Eigen::MatrixXd S = Eigen::MatrixXd::Random(4, 5), G(4, 5);  // (batch, classes)
  const Eigen::MatrixXd Z = 3 * Eigen::MatrixXd::Random(4, 5);
  const std::vector<int> labels{0, 3, 2, 2};

  auto program = kd::compile<double>(objective, kd::eigen);
  const auto value = [&](const auto&... more) {
    return program(kd::at(0.5), zs = S, zt = Z, y = labels, more...).value();
  };
  std::cout << "value " << value(kd::gradient(zs) = G) << '\n';

  // The gradient is the slope: move each logit up and down by a little.
  double difference = 0;
  for (Eigen::Index i = 0; i < S.size(); ++i) {
    const double kept = S(i), step = 1e-5;
    S(i) = kept + step;
    const double up = value();
    S(i) = kept - step;
    const double down = value();
    S(i) = kept;
    difference = std::max(difference, std::abs((up - down) / (2 * step) - G(i)));
  }
  std::cout << "gradient off by " << difference << '\n';

  const double same = kd::evaluate(hellinger(zs, zt), zs = Z, zt = Z).value();
  std::cout << "of equal logits " << same << '\n';
  return difference < 1e-9 && same == 0 ? 0 : 1;
}
