// SPDX-License-Identifier: MIT
#include <cmath>
#include <kd/schedule/plateau.hpp>
#include <kd/schedule/watch.hpp>
#include "support/catch.hpp"

TEST_CASE("plateau falls when the metric has not improved for longer than its patience") {
  kd::plateau rate({.start = 1, .factor = 0.5, .patience = 2});
  for (const double loss : {5.0, 4.0, 4.5, 4.2, 3.9, 3.9, 3.9}) rate.observe(loss);
  CHECK(rate.value() == 1);
  rate.observe(4);
  CHECK(rate.value() == 0.5);
  for (const double loss : {4.0, 4.0}) rate.observe(loss);
  CHECK(rate.value() == 0.5);  // patience begins anew
  rate.observe(4);
  CHECK(rate.value() == 0.25);
}

TEST_CASE("an improvement is more than the margin, downwards or upwards, of either sign") {
  const auto falls = [](bool larger, double first, double second) {
    kd::plateau p({.patience = 0, .margin = 0.1, .larger_is_better = larger});
    p.observe(first);
    p.observe(second);
    return p.value() < 1;
  };
  CHECK(!falls(false, 10, 8.9));
  CHECK(falls(false, 10, 9.1));
  CHECK(!falls(true, 10, 11.1));
  CHECK(falls(true, 10, 10.9));
  CHECK(!falls(false, -10, -11.1));
  CHECK(falls(false, -10, -10.9));
  CHECK(!falls(true, -10, -8.9));
  CHECK(falls(true, -10, -9.1));
}

TEST_CASE("plateau stays at or above its smallest value") {
  kd::plateau p({.factor = 0.1, .patience = 0, .smallest = 0.05});
  for (int i = 0; i < 9; ++i) p.observe(1);
  CHECK(p.value() == 0.05);
}

TEST_CASE("a metric that is not finite is no improvement, also the first") {
  kd::plateau up({.larger_is_better = true});
  up.observe(HUGE_VAL), up.observe(3), up.observe(HUGE_VAL);
  CHECK(up.state.best == 3);
  kd::plateau p({.factor = 0.5, .patience = 1});
  p.observe(std::nan(""));
  p.observe(3);
  CHECK(p.value() == 1);
  p.observe(std::nan(""));
  p.observe(std::nan(""));
  CHECK(p.value() == 0.5);
  CHECK(p.state.best == 3);
}

TEST_CASE("a plateau whose state was saved goes on as if never stopped") {
  const kd::plateau_options options{.factor = 0.5, .patience = 1};
  const auto metric = [](int i) { return 3 + std::sin(i * i); };
  kd::plateau whole(options), first(options);
  for (int i = 0; i < 13; ++i) whole.observe(metric(i)), first.observe(metric(i));
  const kd::plateau_state saved = first.state;
  kd::plateau second(options);
  second.state = saved;
  for (int i = 13; i < 40; ++i) {
    whole.observe(metric(i)), second.observe(metric(i));
    CHECK(second.value() == whole.value());
  }
  CHECK(whole.value() < first.value());
}

template <class T>
concept HasValue = requires(T&& x) {
  std::forward<T>(x).value();
};
static_assert(HasValue<kd::plateau&> &&
              !HasValue<kd::plateau>);  // a temporary would leave nothing to watch

TEST_CASE("a watched plateau is a schedule") {
  kd::plateau p({.start = 0.1, .factor = 0.5, .patience = 0});
  const kd::schedule rate = kd::watch(p.value());
  p.observe(1), p.observe(1);
  CHECK(rate(0.7) == 0.05);
}

TEST_CASE("options of plateau have ranges") {
  CHECK_THROWS_AS(kd::plateau({.factor = 1}), kd::value_error);
  CHECK_THROWS_AS(kd::plateau({.factor = 0}), kd::value_error);
  CHECK_THROWS_AS(kd::plateau({.start = std::nan("")}), kd::value_error);
  CHECK_THROWS_AS(kd::plateau({.margin = -1}), kd::value_error);
  CHECK_THROWS_AS(kd::plateau({.start = 0.1, .smallest = 0.2}), kd::value_error);
  CHECK_THROWS_WITH(kd::plateau({.patience = -3}),
                    "kd: parameter 'patience' of plateau is -3; it must be 0 or more, and finite");
}
