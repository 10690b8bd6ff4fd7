// SPDX-License-Identifier: MIT
// The benchmark table: cases are registered with Google Benchmark, run interleaved, and printed as CSV with medians.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

namespace kd::bench {

/// A row of the table. Times come from the benchmarks named here: `name`, `limit_name`, `peer_name`.
struct row {
  std::string name, backend, type;
  int threads;
  std::int64_t rows, classes;
  double
      bytes_per_element;  // the least that must move through memory; 12 for two reads and a write of floats
  std::string peer;  // empty: none

  std::string id() const {
    return name + "/" + backend + "/" + type + "/" + std::to_string(threads) + "/" +
           std::to_string(rows) + "x" + std::to_string(classes);
  }
};

/// The rows registered so far.
inline std::vector<row>& table() {
  static std::vector<row> rows;
  return rows;
}

inline std::string sweep_id(int threads) { return "memory_sweep/" + std::to_string(threads); }

/// Registers a body that is timed with so many threads (kd_bench.cpp).
void add(const std::string& id, int threads, const std::function<void()>& body);
/// Registers the cases of labels by the handful (labels.cpp).
void add_labels(int threads);

/// Collects medians of nanoseconds per iteration, then prints the table.
class csv_reporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs)
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "median")
        median_[run.run_name.function_name +
                (run.run_name.args.empty() ? "" : "/" + run.run_name.args)] =
            run.GetAdjustedRealTime();
  }
  void Finalize() override;

 private:
  std::map<std::string, double> median_;
};

}  // namespace kd::bench
