// SPDX-License-Identifier: MIT
// Types of expressions as a whole: this file compiles or it does not. Axes are asserted in tests/dsl.
#include <kd/loss.hpp>

using namespace kd::axes;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

template <class A, class B>
constexpr bool same_hash(const A&, const B&) {
  return A::hash == B::hash;
}

// losses are scalars
static_assert(decltype(kd::cross_entropy(zs, y))::axes.size == 0);

// hashes tell structures apart, and nothing else
static_assert(same_hash(zs + zt, zs + zt) && same_hash(2.0 * zs, 3.0 * zs));
static_assert(!same_hash(zs + zt, zt + zs) && !same_hash(zs + zt, zs - zt));
static_assert(!same_hash(kd::sum<batch>(zs), kd::sum<classes>(zs)));
static_assert(!same_hash(kd::parameter<"a">(1), kd::parameter<"b">(1)));
static_assert(!same_hash(kd::parameter<"a">(1), kd::positive<"a">(1)));
static_assert(!same_hash(kd::constant_of<1>, kd::constant_of<2>));
static_assert(!same_hash(kd::named<"a">(zs), kd::named<"b">(zs)));

// what is an expression, and what may stand beside one
static_assert(kd::Expression<decltype(zs)> && !kd::Expression<int>);
static_assert(kd::Scalar<float> && kd::Scalar<kd::schedule> && !kd::Scalar<decltype(zs)>);
template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};
static_assert(Addable<decltype(zs), float> && Addable<kd::schedule, decltype(zs)>);
