// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <cstdlib>

#include <CLI/CLI.hpp>
#include <kd/version.hpp>

namespace example {

options parse(int count, char** arguments) {
  options o;
  CLI::App app("Trains a CNN on Fashion-MNIST, and a smaller one with and without its help.");
  app.option_defaults()->multi_option_policy(
      CLI::MultiOptionPolicy::TakeLast);  // scripts give some
  app.set_version_flag("--version", kd::version);
  app.add_option("--data", o.data, "folder with the four IDX files, plain or .gz")
      ->capture_default_str();
  app.add_option("--out", o.out, "folder for summary.json; made if absent")->capture_default_str();
  app.add_option("--seed", o.seed, "of weights and of the order of images")->capture_default_str();
  app.add_option("--threads", o.threads, "threads to use")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--teacher-epochs", o.teacher_epochs)
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--student-epochs", o.student_epochs)
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--batch", o.batch, "images per step")
      ->check(CLI::Range(1, 60000))
      ->capture_default_str();
  app.add_option("--teacher-rate", o.teacher_rate, "learning rate at its largest")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--student-rate", o.student_rate, "the same, of the student alone")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--distilled-rate", o.distilled_rate, "the same, of the distilled student")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--weight-decay", o.weight_decay)
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--clip", o.clip, "largest norm of the gradient; 0: any")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_option("--temperature", o.temperature, "of the soft targets")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--alpha", o.alpha, "weight of the soft targets; the labels have the rest")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_flag("--adam", o.adam, "Adam instead of SGD with momentum 0.9");
  app.add_flag("--quiet", o.quiet, "no progress display");
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& e) { std::exit(app.exit(e)); }
  return o;
}

}  // namespace example
