// SPDX-License-Identifier: MIT
#include <limits>
#include <random>
#include <kd/schedule.hpp>
#include "schedule/random_schedule.hpp"
#include "support/catch.hpp"

namespace {

std::string canonical(const std::string& text) { return kd::describe(kd::parse_schedule(text)); }

std::string message(const std::string& text) {
  try {
    kd::parse_schedule(text);
  } catch (const kd::value_error& e) { return e.what(); }
  return "no error";
}

/// The error of a text, whose ^ marks where the error is; the mark is not part of the text.
void check_error(std::string marked, const std::string& what) {
  const std::size_t at = marked.find('^');
  marked.erase(at, 1);
  const std::string end = at == marked.size() ? ", where the text ends" : "";
  CHECK(message(marked) == "kd: at character " + std::to_string(at + 1) + " of the schedule" + end +
                               ": " + what + "\n  " + marked + "\n  " + std::string(at, ' ') + "^");
}

const std::string operand = "a number, '(' or the name of a schedule has to stand here";

}  // namespace

TEST_CASE("a text is the schedule that the same C++ would be") {
  using kd::test::same;
  CHECK(same(kd::parse_schedule("cosine(8,2)"), kd::cosine(8, 2)));
  CHECK(same(kd::parse_schedule(" warmup ( 0.1 ,\n\tlinear(0, 1) ) "),
             kd::warmup(0.1, kd::linear(0, 1))));
  CHECK(same(kd::parse_schedule("1 - step(0: 0.5, 30/90: 0.1)"),
             1 - kd::step({{0, 0.5}, {30.0 / 90, 0.1}})));
  CHECK(same(kd::parse_schedule("then(.2, hold(.5, 1), cyclic(3, sigmoid(-1, 1, 8)))"),
             kd::then(.2, kd::hold(.5, 1), kd::cyclic(3, kd::sigmoid(-1, 1, 8)))));
}

TEST_CASE("a text may be part of a longer one, of which nothing else is read") {
  const std::string_view longer = "12 3(1 2)";
  CHECK(kd::parse_schedule(longer.substr(0, 1))(0) == 1);
  CHECK(kd::parse_schedule(longer.substr(0, 3))(0) == 12);
  CHECK_THROWS_WITH(kd::parse_schedule(longer.substr(4, 2)),
                    "kd: at character 3 of the schedule, where the text ends: an operator or ')' "
                    "has to stand here\n  (1\n    ^");
}

TEST_CASE("operators bind as in C++") {
  CHECK(kd::parse_schedule("1 + 2 * 3")(0) == 7);
  CHECK(kd::parse_schedule("(1 + 2) * 3")(0) == 9);
  CHECK(kd::parse_schedule("8 - 4 - 2")(0) == 2);
  CHECK(kd::parse_schedule("8 / 4 / 2")(0) == 1);
  CHECK(kd::parse_schedule("-2 * 3 - -1")(0) == -5);
  CHECK(kd::parse_schedule("-linear(0, 1) + 3")(1) == 2);
}

TEST_CASE("describe gives the canonical form of a text") {
  CHECK(canonical("cosine(8,2)") == "cosine(8, 2)");
  CHECK(canonical("((0.5)*cosine(8.0,2e0))+constant(1)") == "0.5 * cosine(8, 2) + 1");
  CHECK(canonical("step(0:1,45/90:1-.9e0)") == "step(0: 1, 0.5: 0.09999999999999998)");
}

TEST_CASE("a number that is too long for a double is rounded, one beyond doubles is an error") {
  CHECK(kd::parse_schedule("0.1000000000000000055511151231257827021181583404541015625")(0) == 0.1);
  CHECK(kd::parse_schedule("1.7976931348623157e308")(0) == std::numeric_limits<double>::max());
  CHECK(kd::parse_schedule("5e-324")(0) == std::numeric_limits<double>::denorm_min());
  check_error("1 + ^1e309", "this number is out of range; write one that a double holds");
}

TEST_CASE("an error points at its character and says what has to stand there") {
  check_error("^", operand);
  check_error("cosine(8, ^&)", operand);
  check_error("1 + ^", operand);
  check_error("1 ^2", "an operator or the end of the text has to stand here");
  check_error("cosine(8, 2)^)", "an operator or the end of the text has to stand here");
  check_error("(1 + 2^", "an operator or ')' has to stand here");
  check_error("cosine ^8", "'(' has to stand here, as in cosine(from, to)");
  check_error("cosine(8 ^2)", "an operator or ',' has to stand here, as in cosine(from, to)");
  check_error("cosine(8, 2^", "an operator or ')' has to stand here, as in cosine(from, to)");
  check_error("step(0 ^1)",
              "an operator or ':' has to stand here, as in step(progress: value, ...)");
  check_error("step(0: 1^",
              "an operator, ',' or ')' has to stand here, as in step(progress: value, ...)");
  check_error("^.", "this is not a number; write it as in 0.5 or 1e-3");
}

TEST_CASE("an unknown name is answered with the known ones") {
  check_error("1 - ^cosin(8, 2)",
              "this name is not that of a schedule; write one of constant, cosine, cyclic, "
              "exponential, hold, linear, piecewise, polynomial, sigmoid, step, then, warmup");
}

TEST_CASE("a wrong number of arguments is said with the right one") {
  check_error("cosine(^)", "cosine(from, to) takes 2 arguments and is given 0");
  check_error("cosine(8^)", "cosine(from, to) takes 2 arguments and is given 1");
  check_error("cosine(8,^)", "cosine(from, to) takes 2 arguments and is given 1");
  check_error("cosine(8, 2^, 1)", "cosine(from, to) takes 2 arguments and is given more");
  check_error("constant(^)", "constant(value) takes 1 argument and is given 0");
}

TEST_CASE("a number out of range, or a schedule where a number belongs, is said at the argument") {
  check_error("2 * warmup( ^1.5, 3)",
              "parameter 'fraction' of warmup(fraction, then) is 1.5; it must be in [0, 1); "
              "kd::timeline makes it from epochs or steps");
  check_error("exponential(1, ^1/0)",
              "parameter 'to' of exponential(from, to) is inf; it must be positive and finite");
  check_error("hold(^linear(0, 1), 3)",
              "parameter 'fraction' of hold(fraction, then) has to be a number; write one, or a "
              "sum or product of numbers");
  check_error("step(0: 1, ^0: 2)",
              "step(progress: value, ...) has a breakpoint at 0 after one at 0; put them in order");
}

TEST_CASE("a text of too many parts or levels is an error") {
  const std::string parts = "1+1+1+1+1+1+1+1";
  CHECK(kd::parse_schedule(parts)(0) == 8);
  CHECK(kd::parse_schedule("-1-1+-1+-1+-1+-1+-1+-1")(0) == -8);  // the sign of a number is no part
  check_error(parts + "^+1",
              "a schedule may have at most 16 parts; compute some of them beforehand");
  CHECK(kd::parse_schedule(std::string(31, '(') + "1" + std::string(31, ')'))(0) == 1);
  CHECK(kd::parse_schedule("((((1))))+((((1))))+((((1))))+((((1))))+((((1))))+((((1))))+((((1))))")(
            0) == 7);  // levels that were left do not count
  for (const char* opening : {"(", "-", "warmup(0,", "warmup("}) {
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += opening;
    CHECK_THAT(message(deep),
               Catch::Contains("at most 32 parentheses, calls and signs may lie in each other"));
  }
}

TEST_CASE("a long text is shown around the error, without control characters") {
  const std::string text = std::string(200, ' ') + "\x1b\x7f\xb1" + std::string(200, '\n');
  CHECK(message(text) == "kd: at character 201 of the schedule: " + operand + "\n  ..." +
                             std::string(60, ' ') + "???" + std::string(57, ' ') + "...\n  " +
                             std::string(63, ' ') + "^");
}

TEST_CASE("whatever the bytes, parse_schedule gives a schedule or a value_error") {
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return random() % n; };
  const std::string seeds[] = {"warmup(0.1, linear(0, 1)) * 2 - cosine(8, 2)",
                               "step(0: 1, 0.25: 2, 30 / 90: -1e-3)",
                               "then(0.5, cyclic(3, -sigmoid(0, 1, 10)), piecewise(0: 1, 1: 2))",
                               "(1 + exponential(1, 2)) / hold(0.3, polynomial(1, 0, 2))"};
  const std::string alphabet = std::string("()+-*/:,. \0\t0123456789einf", 26) + "acostp\xff\x80";
  int errors = 0, schedules = 0;
  std::string text;
  for (int i = 0; i < 100000; ++i) {
    if (i % 8 == 0) text = seeds[below(4)];  // then eight mutations of it, each of the last
    const std::size_t at = below(text.size() + 1), length = below(6);
    switch (below(5)) {
      case 0: text.insert(at, 1, alphabet[below(alphabet.size())]); break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(below(text.size() + 1), length)); break;
      case 3: text.resize(at); break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random());
    }
    try {
      const std::string once = canonical(text);
      if (canonical(once) != once) FAIL(text);
      ++schedules;
    } catch (const kd::value_error& e) {
      const std::string said = e.what(), start = "kd: at character ";
      if (said.compare(0, start.size(), start) != 0) FAIL(said);
      const auto character = std::stoul(said.substr(start.size()));
      if (character < 1 || character > text.size() + 1) FAIL(said);
      ++errors;
    }
  }
  CHECK(errors > 10000);
  CHECK(schedules > 1000);
}
