// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include <CLI/CLI.hpp>
#include <kd/version.hpp>

namespace example {
namespace {

/// Checks a number. CLI11's own checks of ranges let NaN and infinity pass, and --seed -1 wraps.
CLI::Validator number(const char* description, bool (*inside)(double)) {
  const std::string what = description;
  return {[=](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && std::isfinite(value) && inside(value))
              return {};
            return text + " is not " + what;
          },
          what};
}
/// Checks a whole number; CLI11 takes one that is too large as the largest.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const std::string what =
      "a whole number in " + std::to_string(least) + " to " + std::to_string(most);
  return {[=](std::string& text) -> std::string {
            std::uint64_t value = 0;
            const char* const last = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), last, value);
            if (error == std::errc() && end == last && value >= least && value <= most) return {};
            return text + " is not " + what;
          },
          what};
}
const CLI::Validator positive = number("a number above 0", [](double x) { return x > 0; });
const CLI::Validator not_negative = number("a number >= 0", [](double x) { return x >= 0; });
const CLI::Validator share = number("in 0 to 1", [](double x) { return x >= 0 && x <= 1; });
const CLI::Validator temperature =  // float holds its square and 1 / its square
    number("a number in 1e-18 to 1e18", [](double x) { return x >= 1e-18 && x <= 1e18; });
const CLI::Validator not_empty(
    [](std::string& text) -> std::string { return text.empty() ? "it names no folder" : ""; }, "");

/// --NAME-epochs, --NAME-rate and --NAME-decay.
void add(CLI::App& app, const std::string& name, const std::string& who, training& t) {
  app.add_option("--" + name + "-epochs", t.epochs, "epochs of the " + who)
      ->check(whole_number(1, 10000))
      ->capture_default_str();
  app.add_option("--" + name + "-rate", t.rate, "learning rate of the " + who + " at its largest")
      ->check(positive)
      ->capture_default_str();
  app.add_option("--" + name + "-decay", t.weight_decay, "weight decay of the " + who)
      ->check(not_negative)
      ->capture_default_str();
}

}  // namespace

options parse(int count, char** arguments) {
  options o;
  CLI::App app("Trains a CNN on Fashion-MNIST, and a smaller one with and without its help.");
  app.option_defaults()->multi_option_policy(
      CLI::MultiOptionPolicy::TakeLast);  // scripts give some
  app.set_version_flag("--version", kd::version);
  app.add_option("--data", o.data, "folder with the four IDX files, plain or .gz")
      ->check(not_empty)
      ->capture_default_str();
  app.add_option("--out", o.out, "folder for summary.json; made if absent")
      ->check(not_empty)
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of weights and of the order of images")
      ->check(whole_number(0, UINT64_MAX))
      ->capture_default_str();
  app.add_option("--threads", o.threads, "threads to use")
      ->check(whole_number(1, 1024))
      ->capture_default_str();
  add(app, "teacher", "teacher", o.teacher);
  add(app, "student", "student alone", o.student);
  add(app, "distilled", "distilled student", o.distilled);
  app.add_option("--batch", o.batch, "images per step")
      ->check(whole_number(1, 60000))
      ->capture_default_str();
  app.add_option("--clip", o.clip, "largest norm of the gradient; 0: any")
      ->check(not_negative)
      ->capture_default_str();
  app.add_option("--temperature", o.temperature, "of the soft targets")
      ->check(temperature)
      ->capture_default_str();
  app.add_option("--alpha", o.alpha, "weight of the soft targets; the labels have the rest")
      ->check(share)
      ->capture_default_str();
  app.add_flag("--adam", o.adam, "Adam instead of SGD with momentum 0.9");
  app.add_flag("--quiet", o.quiet, "no progress display");
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& e) { std::exit(app.exit(e)); }
  return o;
}

}  // namespace example
