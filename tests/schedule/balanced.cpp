// SPDX-License-Identifier: MIT
#include <cmath>
#include <kd/schedule/balanced.hpp>
#include <kd/schedule/watch.hpp>
#include "support/catch.hpp"

TEST_CASE("balanced makes weight * term the ratio of the other term, whatever the momentum") {
  for (const double momentum : {0.0, 0.9, 0.999}) {
    kd::balanced b({.ratio = 0.5, .momentum = momentum, .start = 7});
    CHECK(b.value() == 7);
    for (int i = 0; i < 3; ++i) {
      b.observe(0.2, 3);
      CHECK(b.value() * 0.2 == Approx(0.5 * 3));
    }
  }
}

TEST_CASE("balanced follows terms that change, by its momentum") {
  kd::balanced b({.momentum = 0.5});
  b.observe(1, 1);
  b.observe(1, 4);
  CHECK(b.value() == Approx((0.5 * 0.5 + 2) / (0.5 * 0.5 + 0.5)));
  for (int i = 0; i < 60; ++i) b.observe(2, 8);
  CHECK(b.value() == Approx(4));
  CHECK(b.state.term == Approx(2));
  CHECK(b.state.other == Approx(8));
}

TEST_CASE("balanced takes magnitudes and keeps within its limits") {
  kd::balanced b({.smallest = 0.5, .largest = 2});
  b.observe(-1, 1.5);
  CHECK(b.value() == Approx(1.5));
  kd::balanced high({.largest = 2}), low({.smallest = 0.5});
  high.observe(1, 9);
  CHECK(high.value() == 2);
  low.observe(9, 1);
  CHECK(low.value() == 0.5);
  kd::balanced zero({.largest = 2});
  zero.observe(0, 0);
  CHECK(zero.value() == 1);
  zero.observe(0, 1);
  CHECK(zero.value() == 2);
}

TEST_CASE("balanced leaves out observations that are not finite") {
  kd::balanced b({.momentum = 0.5});
  b.observe(1, 3);
  const kd::balanced_state before = b.state;
  b.observe(std::nan(""), 1);
  b.observe(1, HUGE_VAL);
  CHECK(b.state.value == before.value);
  CHECK(b.state.term == before.term);
  CHECK(b.state.other == before.other);
}

TEST_CASE("a balanced weight whose state was saved goes on as if never stopped") {
  const kd::balanced_options options{.momentum = 0.9};
  const auto term = [](int i) { return 2 + std::sin(i); };
  kd::balanced whole(options), first(options);
  for (int i = 0; i < 13; ++i)
    whole.observe(term(i), term(2 * i)), first.observe(term(i), term(2 * i));
  const kd::balanced_state saved = first.state;
  kd::balanced second(options);
  second.state = saved;
  for (int i = 13; i < 40; ++i) {
    whole.observe(term(i), term(2 * i)), second.observe(term(i), term(2 * i));
    CHECK(second.value() == whole.value());
  }
}

template <class T>
concept HasValue = requires(T&& x) {
  std::forward<T>(x).value();
};
static_assert(HasValue<kd::balanced&> &&
              !HasValue<kd::balanced>);  // a temporary would leave nothing to watch

TEST_CASE("a watched balanced weight is a schedule") {
  kd::balanced b({.ratio = 1});
  const kd::schedule weight = kd::watch(b.value());
  b.observe(1, 3);
  CHECK(weight(0.7) == Approx(3));
}

TEST_CASE("options of balanced have ranges") {
  CHECK_THROWS_AS(kd::balanced({.ratio = 0}), kd::value_error);
  CHECK_THROWS_AS(kd::balanced({.start = std::nan("")}), kd::value_error);
  CHECK_THROWS_AS(kd::balanced({.smallest = -1}), kd::value_error);
  CHECK_THROWS_AS(kd::balanced({.smallest = 3, .largest = 2}), kd::value_error);
  CHECK_THROWS_WITH(kd::balanced({.momentum = 1}),
                    "kd: parameter 'momentum' of balanced is 1; it must be in [0, 1)");
}
