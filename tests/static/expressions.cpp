// SPDX-License-Identifier: MIT
// Types and axes of expressions: this file compiles or it does not.
#include <kd/loss.hpp>

using namespace kd::axes;
using kd::detail::axis_list;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto map = kd::student<"map", batch, channel, height, width>;

template <class E, class... Axes>
constexpr bool has_exactly(const E&, Axes...) {
  return E::axes.size == sizeof...(Axes) && (E::axes.has(Axes::name) && ...);
}
template <class A, class B>
constexpr bool same_hash(const A&, const B&) {
  return A::hash == B::hash;
}

// broadcast by name, reduce by name
static_assert(has_exactly(zs + y, batch, classes));
static_assert(has_exactly(kd::sum<classes>(zs), batch));
static_assert(has_exactly(kd::mean<batch, classes>(zs)));
static_assert(has_exactly(kd::softmax<classes>(zs), batch, classes));
static_assert(has_exactly(kd::mean<channel>(map), batch, height, width));
static_assert(has_exactly(kd::normalize<height, width>(map), batch, channel, height, width));
static_assert(has_exactly(kd::pick<classes>(zs, y), batch));
static_assert(has_exactly(kd::one_hot<classes>(y), batch, classes));
static_assert(has_exactly(kd::as<batch, other>(zs), other, classes));
static_assert(has_exactly(kd::dot<classes>(zs, kd::as<batch, other>(zt)), batch, other));
static_assert(has_exactly(kd::dot_all_but<batch>(map, kd::as<batch, other>(map)), batch, other));
static_assert(has_exactly(kd::cross_entropy(zs, y)));
static_assert(has_exactly(kd::max(zs, 0.0), batch, classes));
static_assert(has_exactly(kd::max<classes>(zs), batch));
static_assert(has_exactly(kd::where(kd::greater(zs, zt), zs, 0.0), batch, classes));

// axes with the same name are the same axis, whoever declares them
namespace mine {
inline constexpr struct classes : kd::axis<"classes"> { } classes; }  // namespace mine
static_assert(has_exactly(kd::sum<mine::classes>(zs), batch));
static_assert(batch(7).extent == 7 && batch(7).axis == "batch");

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
static_assert(!Addable<decltype(zs), const char*>);
