// SPDX-License-Identifier: MIT
// V15: denormal logits and probabilities, denormals flushed to zero, other rounding modes.
#include <cmath>

#include <kd/kd.hpp>
#include "support/catch.hpp"
#include "support/floating_point_mode.hpp"

using namespace kd::axes;
using kd::test::in_mode;

namespace {

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

TEMPLATE_TEST_CASE("V15: results stay within a bound in every mode of the processor", "", float,
                   double) {
  const double bound = std::is_same_v<TestType, float> ? 2e-5 : 1e-11;
  for (Eigen::Index c : {10, 200}) {
    matrix<TestType> s = 3 * matrix<TestType>::Random(20, c),
                     t = 3 * matrix<TestType>::Random(20, c);
    s.row(3) *= std::numeric_limits<TestType>::min() / 8;  // denormal logits
    t(5, 0) = 95;                                          // denormal probabilities of the others
    const Eigen::VectorXi labels = Eigen::VectorXi::Zero(20);
    const auto objective =
        kd::soft_targets(zs, zt, y, {.temperature = 1.5}) + kd::jensen_shannon(zs, zt);
    const auto wanted = kd::evaluate(objective, zs = s, zt = t, y = labels);
    for (int rounding : {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO})
      for (bool flushes : {false, true}) {
        double value = 0;
        matrix<TestType> g(20, c);
        in_mode(rounding, flushes, [&] {
          value = kd::evaluate(objective, zs = s, zt = t, y = labels, kd::gradient(zs) = g).value();
        });
        INFO("mode " << rounding << (flushes ? ", flushing" : ""));
        CHECK(std::abs(value / wanted.value() - 1) < bound);
        CHECK((g.array() - wanted.gradient(zs)).abs().maxCoeff() < bound);
      }
  }
}
