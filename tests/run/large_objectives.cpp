// SPDX-License-Identifier: MIT
// Objectives that people write are one program: layers with axes of their own beside relations of
// samples and soft targets.
#include <kd/kd.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

template <kd::fixed_string Name>
struct own : kd::axis<Name> {};
inline constexpr struct vertex : kd::axis<"vertex"> {
} vertex;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto fs = kd::student<"features", batch, feature>;
constexpr auto ft = kd::teacher<"features", batch, feature>;

template <kd::fixed_string Layer, kd::fixed_string Cs, kd::fixed_string Ct, kd::fixed_string H,
          kd::fixed_string W>
constexpr auto attention_transfer() {
  constexpr auto s = kd::student<Layer, batch, own<Cs>{}, own<H>{}, own<W>{}>;
  constexpr auto t = kd::teacher<Layer, batch, own<Ct>{}, own<H>{}, own<W>{}>;
  const auto map_s = kd::normalize<own<H>{}, own<W>{}>(kd::mean<own<Cs>{}>(kd::square(s)));
  const auto map_t = kd::normalize<own<H>{}, own<W>{}>(kd::mean<own<Ct>{}>(kd::square(t)));
  return kd::mean<batch, own<H>{}, own<W>{}>(kd::square(map_s - map_t));
}
constexpr auto distance = [](auto f) {
  const auto d = kd::distances<feature>(f, kd::as<batch, other>(f));
  return d / (kd::sum<batch, other>(d) / kd::sum<batch, other>(kd::greater(d, 0.0)));
};
constexpr auto angle = [](auto f) {
  const auto g = kd::dot<feature>(f, kd::as<batch, other>(f));
  const auto length = kd::sum<feature>(kd::square(f));
  const auto at_vertex = kd::as<batch, vertex>(length);
  const auto to_j = kd::as<other, vertex>(g), to_k = kd::as<batch, vertex>(g);
  const auto r_j = 1 / kd::sqrt(kd::max(length + at_vertex - 2 * to_j, 1e-24));
  const auto r_k =
      1 / kd::sqrt(kd::max(kd::as<batch, other>(length) + at_vertex - 2 * to_k, 1e-24));
  return (g - to_j - to_k + at_vertex) * r_j * r_k;
};

}  // namespace

TEST_CASE("attention at four layers, relations with ordinary numbers, and soft targets fit") {
  const auto attention = attention_transfer<"1", "s1", "t1", "h1", "w1">() +
                         attention_transfer<"2", "s2", "t2", "h2", "w2">() +
                         attention_transfer<"3", "s3", "t3", "h3", "w3">() +
                         attention_transfer<"4", "s4", "t4", "h4", "w4">();
  const auto relations =
      25.0 * kd::mean<batch, other>(kd::huber(distance(fs) - distance(ft), 1.0)) +
      50.0 * kd::mean<batch, other, vertex>(kd::huber(angle(fs) - angle(ft), 1.0));
  const auto& p = kd::plan(1000.0 * attention + relations + kd::soft_targets(zs, zt, y));
  CHECK_FALSE(p.g.full);
  CHECK(p.stages > 20);
  CHECK(p.g.axes > 16);
}
