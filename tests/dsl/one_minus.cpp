// SPDX-License-Identifier: MIT
// 1.0 - x is planned as constant_of<1> - x is, but for the scalar.
#include <kd/kd.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
using namespace kd::literals;

namespace {

constexpr auto f = kd::student<"f", batch, classes>;
constexpr auto t = kd::teacher<"t", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

/// Stages with their axes and passes, named parts, kept tensors and what is computed.
std::string plan_of(const kd::detail::program& p) {
  std::string text;
  const auto add = [&](auto... numbers) { ((text += std::to_string(numbers) + ' '), ...); };
  for (int i = 0; i < p.stages; ++i) {
    const auto& s = p.stage[i];
    add(static_cast<int>(s.kind), s.outer, s.inner, s.phases, s.kept_rows, s.totals, s.buffers);
    text += '\n';
  }
  add(p.g.terms, p.kept, p.buffers);
  for (int k = 0; k < p.g.terms; ++k) text += p.g.term[k].name;
  text += '\n';
  for (int code = 0; code <= static_cast<int>(kd::detail::op::rename); ++code) {
    int n = 0;
    for (int i = 0; i < p.g.size; ++i)
      n += static_cast<int>(p.g[i].code) == code && p.g[i].axes != 0;
    add(n);
  }
  return text;
}

template <class Formula>
void check_one_minus(const Formula& formula) {
  const auto number = kd::named<"objective">(formula([](auto x) { return 1.0 - x; }));
  const auto constant = kd::named<"objective">(formula([](auto x) { return 1_c - x; }));
  CHECK(kd::plan(number).g.slots == kd::plan(constant).g.slots + 1);
  CHECK(plan_of(kd::plan(number)) == plan_of(kd::plan(constant)));
}

}  // namespace

TEST_CASE("one minus: in words") {
  check_one_minus([](auto rest) { return kd::mean<batch, classes>(kd::square(rest(f))); });
  check_one_minus([](auto rest) {
    return kd::mean<batch, classes>(kd::huber(kd::normalize<classes>(rest(kd::tanh(f))) - t));
  });
  check_one_minus([](auto rest) {
    return kd::mean<batch>(rest(kd::pearson<classes>(kd::softmax<classes>(f), t)));
  });
}
TEST_CASE("one minus: in and around losses") {
  check_one_minus([](auto rest) { return kd::kl_divergence(rest(f), t); });
  check_one_minus([](auto rest) { return kd::decoupled(rest(f), t, y); });
  check_one_minus([](auto rest) { return kd::similarity_preserving(rest(f), t); });
  check_one_minus([](auto rest) { return rest(kd::cross_entropy(f, y)); });
}
