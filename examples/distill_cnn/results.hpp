// SPDX-License-Identifier: MIT
// What came out: on the terminal, in summary.json, in report.html.
#pragma once
#include <string>

#include <kd/train/report.hpp>

#include "stage.hpp"

namespace example {

/// Tests a model: scores against the teacher's logits, size and time.
void test(const run_data& data, const stage& s, const kd::train::logits_table& teacher,
          kd::train::report_model& result);

/// Prints the table of the three models.
void print(const kd::train::run_report& run);

/// Writes a trained model into a file of its own, "distilled.safetensors": parameters and running
/// statistics by layer, those of the best epoch if that was kept. Throws kd::io_error if it cannot.
void write_model(const options& o, const stage& s);

/// Writes report.html and summary.json, the summary last. Throws kd::io_error if it cannot.
void write_results(const options& o, const run_data& data, kd::train::run_report& run);

}  // namespace example
