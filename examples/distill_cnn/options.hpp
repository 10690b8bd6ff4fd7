// SPDX-License-Identifier: MIT
// The command line.
#pragma once
#include <cstdint>
#include <string>

#include <kd/run/parallel.hpp>

namespace example {

/// How one model is trained.
struct training {
  int epochs;
  double rate, weight_decay;  // the learning rate at its largest
};

struct options {
  std::string data =
      "/usr/share/datasets/fashion-mnist";  // where Debian's dataset-fashion-mnist lies
  std::string out = "out";
  std::uint64_t seed = 0;
  int threads = kd::threads();
  // Found by measuring on held-out training images, for each on its own: docs/benchmarks.md.
  training teacher{12, 0.1, 5e-4}, student{16, 0.2, 1e-3}, distilled{16, 0.1, 5e-4};
  double temperature = 2, alpha = 0.9;
  int batch = 128;
  double clip = 0;
  bool adam = false;
  bool quiet = false;
};

/// The options given on the command line; ends the program for --help and for mistakes.
options parse(int count, char** arguments);

}  // namespace example
