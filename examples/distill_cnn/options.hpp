// SPDX-License-Identifier: MIT
// The command line.
#pragma once
#include <cstdint>
#include <string>

#include <kd/run/parallel.hpp>

namespace example {

struct options {
  std::string data =
      "/usr/share/datasets/fashion-mnist";  // where Debian's dataset-fashion-mnist lies
  std::string out = "out";
  std::uint64_t seed = 0;
  int threads = kd::threads();
  int teacher_epochs = 8, student_epochs = 12;
  int batch = 128;
  double teacher_rate = 0.1, student_rate = 0.15, distilled_rate = 0.15;
  double weight_decay = 5e-4, clip = 0;
  double temperature = 2, alpha = 0.5;
  bool adam = false;
  bool quiet = false;
};

/// The options given on the command line; ends the program for --help and for mistakes.
options parse(int count, char** arguments);

}  // namespace example
