// SPDX-License-Identifier: MIT
// The command line.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

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
  std::string teacher_from;  // a folder of another run, whose teacher is taken
  std::string objective;     // empty: soft_targets of temperature and alpha
  std::uint64_t seed = 0;
  int threads = kd::threads();
  // Found by measuring on held-out training images, for each on its own: docs/benchmarks.md.
  training teacher{12, 0.1, 5e-4}, student{16, 0.2, 1e-3}, distilled{16, 0.1, 5e-4};
  double temperature = 2, alpha = 0.9;
  std::int64_t batch = 128;
  double clip = 0;
  std::string optimiser = "sgd";  // sgd, nesterov, adam, adamw
  std::string teacher_optimiser;  // of a teacher that was taken
  std::string images;  // fingerprints of the training's and the test's, once they were read
  int classes = 0;     // of them
  std::vector<std::string> class_names;
  std::string rate_schedule = "warmup(0.1, cosine(1, 0))";  // times the rate
  kd::train::augmentation augmentation;
  double validation = 0;        // share of the training images
  std::int64_t patience = 0;    // epochs; 0: no early stopping
  std::int64_t save_every = 0;  // batches, besides epochs
  bool resume = false, restart = false, fast = false, quiet = false;
  bool list = false;     // say what there is to choose from, and no more
  std::string evaluate;  // a folder of a run: only its models are tested
  std::string command;   // as it was given

  /// The objective's text, given or made of temperature and alpha.
  std::string objective_text() const;
  /// What the teacher is, or was, trained with.
  const std::string& optimiser_of_teacher() const {
    return teacher_optimiser.empty() ? optimiser : teacher_optimiser;
  }
};

/// All that the models depend on, as lines "name = value": a run is resumed with the same.
std::string settings_of(const options& o);
/// The names and values of such a text.
std::vector<std::pair<std::string, std::string>> settings_in(const std::string& text);

/// The options given on the command line; ends the program for --help and for mistakes.
options parse(int count, char** arguments);

}  // namespace example
