// SPDX-License-Identifier: MIT
// One training of the run: of the teacher, of the student alone, of the distilled one.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include <kd/io.hpp>
#include <kd/nn.hpp>
#include <kd/train.hpp>
#include <kd/train/report.hpp>

#include "objective.hpp"
#include "options.hpp"

namespace example {

/// What the trainings share.
struct run_data {
  kd::io::labelled_images train, validation, test;  // validation: empty if none was put aside
  kd::io::labelled_images some_of_train;            // to see how well the models know it
  std::optional<kd::io::csv_writer> table;          // metrics.csv
  kd::train::stop_on_interrupt interruption;
};

struct stage {
  std::string key, title;  // "distilled": its folder; "student distilled": what people read
  const training* settings;
  std::string optimiser;
  kd::nn::any_model<float>* model;
  objective* learnt;  // may have something to learn, too
  std::function<double(double progress, kd::train::batch& b)> step;
};

/// Thrown when the user stopped the run; all was saved.
struct interrupted {};

/// Trains a model, goes on where it was, or finds that it is trained already; fills in what a
/// report tells of the training. Throws kd::train::diverged, with the last checkpoint in its
/// sentence, and interrupted.
void train(const options& o, run_data& data, const stage& s, kd::train::report_model& result);

/// Loads the model of a run's folder as its training left it, and fills in the same. Throws
/// std::runtime_error if it was not trained to its end.
void load_trained(const std::string& folder, run_data& data, const stage& s,
                  kd::train::report_model& result);

/// Begins metrics.csv; the trainings fill in what they know of epochs that are over.
void begin_table(const options& o, run_data& data);

}  // namespace example
