// SPDX-License-Identifier: MIT
// The command line.
#pragma once
#include <cstdint>
#include <string>

#include <kd/run/parallel.hpp>
#include <kd/schedule.hpp>
#include <kd/train.hpp>

namespace example {

/// How one model is trained.
struct training {
  std::int64_t epochs;
  double rate, weight_decay;  // the learning rate at its largest
};

struct options {
  std::string data =
      "/usr/share/datasets/fashion-mnist";  // where Debian's dataset-fashion-mnist lies
  std::string out = "out";
  std::string teacher_kind = "cnn", student_kind = "cnn";
  std::string objective;  // empty: soft_targets of temperature and alpha
  std::uint64_t seed = 0;
  int threads = kd::threads();
  // Found by measuring on held-out training images, for each on its own: docs/benchmarks.md.
  training teacher{12, 0.1, 5e-4}, student{16, 0.2, 1e-3}, distilled{16, 0.1, 5e-4};
  double temperature = 2, alpha = 0.9;
  std::int64_t batch = 128;
  double clip = 0;
  std::string optimiser = "sgd";                            // sgd, nesterov, adam, adamw
  std::string rate_schedule = "warmup(0.1, cosine(1, 0))";  // times the rate
  kd::train::augmentation augmentation;
  double validation = 0;        // share of the training images
  std::int64_t patience = 0;    // epochs; 0: no early stopping
  std::int64_t save_every = 0;  // batches, besides epochs
  bool resume = false, restart = false, fast = false, quiet = false;
  std::string evaluate;  // a folder of a run: only its models are tested
  std::string command;   // as it was given
  std::string settings;  // all that the models depend on, one line each

  /// The objective's text, given or made of temperature and alpha.
  std::string objective_text() const;
};

/// The options given on the command line; ends the program for --help and for mistakes.
options parse(int count, char** arguments);

}  // namespace example
