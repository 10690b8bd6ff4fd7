// SPDX-License-Identifier: MIT
#include <clocale>
#include <locale>
#include <kd/schedule.hpp>
#include "schedule/random_schedule.hpp"
#include "support/catch.hpp"

using kd::describe;

TEST_CASE("describe writes every kind as it is called") {
  CHECK(describe(3) == "3");
  CHECK(describe(kd::constant(-0.5)) == "-0.5");
  CHECK(describe(kd::linear(0.9, 0.5)) == "linear(0.9, 0.5)");
  CHECK(describe(kd::cosine(8, 2)) == "cosine(8, 2)");
  CHECK(describe(kd::exponential(0.1, 1e-7)) == "exponential(0.1, 1e-07)");
  CHECK(describe(kd::polynomial(1, 0, 0.9)) == "polynomial(1, 0, 0.9)");
  CHECK(describe(kd::sigmoid(0, 1, 10)) == "sigmoid(0, 1, 10)");
  CHECK(describe(kd::step({{0, 1}, {0.5, 0.1}})) == "step(0: 1, 0.5: 0.1)");
  CHECK(describe(kd::piecewise({{0, 1}, {0.5, 2}, {1, 0}})) == "piecewise(0: 1, 0.5: 2, 1: 0)");
  CHECK(describe(kd::cyclic(3, kd::linear(0, 1))) == "cyclic(3, linear(0, 1))");
  CHECK(describe(kd::warmup(0.1, kd::cosine(8, 2))) == "warmup(0.1, cosine(8, 2))");
  CHECK(describe(kd::hold(0.1, kd::cosine(8, 2))) == "hold(0.1, cosine(8, 2))");
  CHECK(describe(kd::then(0.1, 1, kd::cosine(8, 2))) == "then(0.1, 1, cosine(8, 2))");
}

TEST_CASE("describe writes only the parentheses that are needed") {
  const kd::schedule a = 1, b = 2, c = 3;
  CHECK(describe(0.5 * kd::cosine(8, 2) + 1) == "0.5 * cosine(8, 2) + 1");
  CHECK(describe(a + b - c) == "1 + 2 - 3");
  CHECK(describe(a - (b - c)) == "1 - (2 - 3)");
  CHECK(describe(a + (b + c)) == "1 + (2 + 3)");  // rounds differently without
  CHECK(describe(a / b * c) == "1 / 2 * 3");
  CHECK(describe(a / (b * c)) == "1 / (2 * 3)");
  CHECK(describe((a + b) * c) == "(1 + 2) * 3");
  CHECK(describe(a * b + c * a) == "1 * 2 + 3 * 1");
  CHECK(describe(-(a + b)) == "-(1 + 2)");
  CHECK(describe(-kd::linear(0, 1) * b) == "-linear(0, 1) * 2");
  CHECK(describe(-(a * b)) == "-(1 * 2)");
  CHECK(describe(kd::warmup(0.5, a + b)) == "warmup(0.5, 1 + 2)");
}

TEST_CASE("numbers are written with a point in every locale") {
  struct comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale(), new comma));  // C++'s
  const std::string before_in_c = std::setlocale(LC_ALL, nullptr);  // C's, where one is installed
  for (const char* name : {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  CHECK(describe(kd::linear(0.1, 1234567.5)) == "linear(0.1, 1234567.5)");
  CHECK(kd::parse_schedule("0.25")(0) == 0.25);
  std::locale::global(before);
  std::setlocale(LC_ALL, before_in_c.c_str());
}

TEST_CASE("what describe writes of any schedule is read back as the same function and text") {
  kd::test::random_schedule random(1);
  for (const auto* kind : kd::detail::schedule_kinds)
    for (int i = 0; i < 50; ++i) {
      const kd::schedule s = random.of_kind(*kind, random(1), random(1));
      const std::string text = describe(s);
      INFO(text);
      CHECK(kd::test::same(kd::parse_schedule(text), s));
      CHECK(describe(kd::parse_schedule(text)) == text);
    }
  for (int i = 0; i < 5000; ++i) {
    const kd::schedule s = random(1 + random.below(4));
    const std::string text = describe(s);
    const kd::schedule again = kd::parse_schedule(text);
    if (!kd::test::same(again, s) || describe(again) != text) FAIL(text);
  }
}
