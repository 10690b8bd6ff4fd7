// SPDX-License-Identifier: MIT
// Inputs without axes: read, differentiated and accumulated, in float and double.
#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {
constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto a = kd::learnable<"scale">;
const auto objective =
    kd::mean<batch>(kd::log_sum_exp<classes>(zs / (1.5 + kd::sigmoid(a)))) + 2.0 * kd::square(a);
}  // namespace

TEMPLATE_TEST_CASE("an input without axes has a value and a gradient", "", float, double) {
  using matrix = Eigen::Matrix<TestType, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  matrix z(2, 3);
  z << 1, 2, 0, -1, 3, 2;
  TestType scale = TestType(0.5);
  const auto view = kd::tensor(&scale, {});
  const auto expected = kd::evaluate(objective, kd::reference, zs = z, a = view);
  const double wanted = static_cast<double>(*expected.gradient(a).data);
  CHECK(wanted != 0);

  TestType neighbours[3] = {7, 10, 7};  // what lies beside a gradient stays
  const auto got = kd::evaluate(objective, kd::eigen, zs = z, a = view,
                                kd::gradient(a) = kd::tensor(neighbours + 1, {}));
  CHECK(got.value() == Approx(expected.value()));
  CHECK(static_cast<double>(neighbours[1]) == Approx(wanted));
  kd::evaluate(objective, kd::eigen, zs = z, a = view,
               kd::gradient(a) += kd::tensor(neighbours + 1, {}));
  CHECK(static_cast<double>(neighbours[1]) == Approx(2 * wanted));
  CHECK(neighbours[0] == 7);
  CHECK(neighbours[2] == 7);
}
