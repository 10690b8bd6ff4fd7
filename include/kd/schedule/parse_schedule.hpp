// SPDX-License-Identifier: MIT
// The text of a schedule, as in a configuration file:
//
//   sum       =  product { ("+" | "-") product }
//   product   =  factor { ("*" | "/") factor }
//   factor    =  "-" factor  |  number  |  "(" sum ")"  |  name "(" argument { "," argument } ")"
//   argument  =  sum  |  sum ":" sum, a breakpoint;  where a number belongs, a sum of numbers
#pragma once
#include <array>
#include <charconv>
#include <string>
#include <string_view>

#include <kd/schedule/kinds.hpp>
#include <kd/schedule/text_error.hpp>

namespace kd {
namespace detail {

class schedule_parser {
 public:
  explicit schedule_parser(std::string_view text) : text_(text) {}

  schedule whole() {
    const schedule s = sum();
    if (here_ < text_.size()) fail(here_, "an operator or the end of the text has to stand here");
    return s;
  }

 private:
  static constexpr int deepest = 32;  // of parentheses, calls and signs; the call stack has an end
  static constexpr auto operand = "a number, '(' or the name of a schedule has to stand here";
  std::string_view text_;
  std::size_t here_ = 0;
  int depth_ = 0;

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw text_error(text_, at, what, "schedule");
  }
  static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  /// The next character that is not white; 0 at the end, which no text may hold.
  char peek() {
    constexpr std::string_view white = " \t\r\n";
    while (here_ < text_.size() && white.find(text_[here_]) != white.npos) ++here_;
    return here_ < text_.size() ? text_[here_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++here_;
    return true;
  }
  /// Makes a part; what is wrong with it is said at this position.
  template <class Make>
  schedule make(std::size_t at, const Make& part) const {
    try {
      return part();
    } catch (const value_error& e) { fail(at, e.what() + std::string_view("kd: ").size()); }
  }

  schedule sum() {
    schedule s = product();
    for (char c = peek(); c == '+' || c == '-'; c = peek()) {
      const std::size_t at = here_++;
      const schedule right = product();
      s = make(at, [&] { return c == '+' ? s + right : s - right; });
    }
    return s;
  }

  schedule product() {
    schedule s = factor();
    for (char c = peek(); c == '*' || c == '/'; c = peek()) {
      const std::size_t at = here_++;
      const schedule right = factor();
      s = make(at, [&] { return c == '*' ? s * right : s / right; });
    }
    return s;
  }

  schedule factor() {
    const char c = peek();
    const std::size_t at = here_;
    if (++depth_ > deepest)
      fail(at, "at most 32 parentheses, calls and signs may lie in each other");
    schedule s;
    if (take('(')) {
      s = sum();
      if (!take(')')) fail(here_, "an operator or ')' has to stand here");
    } else if (take('-')) {
      const char next = peek();
      s = is_digit(next) || next == '.' ? schedule(-number())
                                        : make(at, [s = factor()] { return -s; });
    } else if (is_digit(c) || c == '.') {
      s = number();
    } else if (is_letter(c)) {
      s = call();
    } else {
      fail(at, operand);
    }
    --depth_;
    return s;
  }

  double number() {
    double value = 0;
    const char* const begin = text_.data() + here_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range)
      fail(here_, "this number is out of range; write one that a double holds");
    if (error != std::errc()) fail(here_, "this is not a number; write it as in 0.5 or 1e-3");
    here_ += static_cast<std::size_t>(end - begin);
    return value;
  }

  schedule call() {
    const std::size_t at = here_;
    while (here_ < text_.size() && (is_letter(text_[here_]) || is_digit(text_[here_]))) ++here_;
    const schedule_kind& kind = find(text_.substr(at, here_ - at), at);
    if (!take('(')) fail(here_, "'(' has to stand here, as in " + signature(kind));
    return kind.form == notation::breakpoints ? breakpoints(kind) : arguments(kind, at);
  }

  const schedule_kind& find(std::string_view name, std::size_t at) const {
    std::string known;
    for (const schedule_kind* k : schedule_kinds) {
      if (name == k->name) return *k;
      known += (known.empty() ? "" : ", ") + std::string(k->name);
    }
    fail(at, "this name is not that of a schedule; write one of " + known);
  }

  schedule arguments(const schedule_kind& kind, std::size_t at) {
    const std::string takes = signature(kind) + " takes " + std::to_string(kind.count()) +
                              (kind.count() == 1 ? " argument" : " arguments");
    std::array<double, 3> numbers{};
    schedule over[2];
    for (int k = 0; k < kind.count(); ++k) {
      if (peek() == ')') fail(here_, takes + " and is given " + std::to_string(k));
      if (k < kind.numbers()) numbers[static_cast<unsigned>(k)] = number_in(kind, k);
      else over[k - kind.numbers()] = sum();
      if (k + 1 < kind.count() && !take(','))
        fail(here_, peek() == ')'
                        ? takes + " and is given " + std::to_string(k + 1)
                        : "an operator or ',' has to stand here, as in " + signature(kind));
    }
    if (peek() == ',') fail(here_, takes + " and is given more");
    if (!take(')')) fail(here_, "an operator or ')' has to stand here, as in " + signature(kind));
    return make(at, [&]() -> schedule {
      switch (kind.count() - kind.numbers()) {
        case 0: return {kind, numbers};
        case 1: return {kind, numbers, over[0]};
        default: return {kind, numbers, over[0], over[1]};
      }
    });
  }

  schedule breakpoints(const schedule_kind& kind) {
    schedule s;
    bool first = true;
    do {
      peek();
      const std::size_t at = here_;
      const double progress = number_in(kind, 0);
      if (!take(':')) fail(here_, "an operator or ':' has to stand here, as in " + signature(kind));
      const double value = number_in(kind, 1);
      s = make(at, [&] {
        return first ? schedule(kind, {progress, value})
                     : with_breakpoint(s, kind, progress, value);
      });
      first = false;
    } while (take(','));
    if (!take(')'))
      fail(here_, "an operator, ',' or ')' has to stand here, as in " + signature(kind));
    return s;
  }

  /// A sum of numbers where the kind's parameter k belongs.
  double number_in(const schedule_kind& kind, int k) {
    peek();
    const std::size_t at = here_;
    const schedule s = sum();
    if (!is_number(s.root()))
      fail(at, "parameter '" + std::string(kind.parameters[k].name) + "' of " + signature(kind) +
                   " has to be a number; write one, or a sum or product of numbers");
    const double value = s(0);
    if (!kind.parameters[k].range->holds(value))
      fail(at, out_of_range(value, kind, k).substr(std::string_view("kd: ").size()));
    return value;
  }

  static bool is_number(schedule_part s) {
    switch (s.kind().form) {
      case notation::number: return true;
      case notation::sign: return is_number(s.left());
      case notation::sum:
      case notation::product: return is_number(s.left()) && is_number(s.right());
      default: return false;
    }
  }
};

}  // namespace detail

/// The schedule that a text such as "cosine(8, 2)", "warmup(0.1, linear(0, 1))" or
/// "1 - step(0: 0.5, 30/90: 0.1)" describes. Throws text_error, whose message points at the
/// character where the text went wrong, counted from 1.
inline schedule parse_schedule(std::string_view text) {
  return detail::schedule_parser(text).whole();
}

}  // namespace kd
