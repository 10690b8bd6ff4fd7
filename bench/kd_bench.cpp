// SPDX-License-Identifier: MIT
// kd_bench [FILTER]: value and gradient of losses against the memory limit, as CSV. FILTER is a regular expression on
// case/backend/type/threads/rowsxclasses. The limit of a case is its least memory traffic over the bandwidth of a measured
// sweep that reads two arrays and writes one, all larger than the last-level cache, with the same threads in the same run.
#include <cstdio>
#include <memory>
#include <random>

#include <kd/kd.hpp>
#include "peers/eigen_soft_targets.hpp"
#include "table.hpp"

namespace {

using namespace kd::axes;
using kd::bench::add, kd::bench::row;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

template <class T>
using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

template <class T>
struct tensors {
  matrix<T> student, teacher, gradient;
  std::vector<int> labels;

  tensors(std::int64_t rows, std::int64_t columns)
      : student(rows, columns), teacher(rows, columns), gradient(rows, columns) {
    std::mt19937 generator(1);
    std::normal_distribution<double> normal(0, 4);
    for (Eigen::Index i = 0; i < student.size(); ++i) {
      student.data()[i] = static_cast<T>(normal(generator));
      teacher.data()[i] = static_cast<T>(normal(generator));
    }
    for (std::int64_t r = 0; r < rows; ++r)
      labels.push_back(static_cast<int>((r * 7919) % columns));
  }
};

/// value and gradient of an objective that reads `bindings(tensors)`.
template <class T, class Objective, class Call>
void add_case(row r, const Objective& objective, Call call) {
  r.type = sizeof(T) == 4 ? "float" : "double";
  kd::bench::table().push_back(r);
  // Made when first run, so that a filter costs nothing.
  auto t = std::make_shared<std::unique_ptr<tensors<T>>>();
  auto program = std::make_shared<decltype(kd::compile<T>(objective))>(kd::compile<T>(objective));
  add(r.id(), r.threads, [=] {
    if (!*t) *t = std::make_unique<tensors<T>>(r.rows, r.classes);
    benchmark::DoNotOptimize(call(*program, **t));
  });
}

template <class T>
void add_losses(int threads, std::int64_t rows, std::int64_t columns) {
  constexpr double size = sizeof(T);
  const auto with_all = [](auto& program, tensors<T>& t) {
    return program(zs = t.student, zt = t.teacher, y = t.labels, kd::gradient(zs) = t.gradient)
        .value();
  };
  add_case<T>({"soft_targets", "eigen", "", threads, rows, columns, 3 * size, "eigen_by_hand"},
              kd::soft_targets(zs, zt, y, {.temperature = 4}), with_all);
  add_case<T>(
      {"kl_divergence", "eigen", "", threads, rows, columns, 3 * size, ""},
      kd::kl_divergence(zs, zt, {.temperature = 4}), [](auto& program, tensors<T>& t) {
        return program(zs = t.student, zt = t.teacher, kd::gradient(zs) = t.gradient).value();
      });
  add_case<T>({"cross_entropy", "eigen", "", threads, rows, columns, 2 * size, ""},
              kd::cross_entropy(zs, y), [](auto& program, tensors<T>& t) {
                return program(zs = t.student, y = t.labels, kd::gradient(zs) = t.gradient).value();
              });
  add_case<T>(
      {"logit_mse", "eigen", "", threads, rows, columns, 3 * size, ""}, kd::logit_mse(zs, zt),
      [](auto& program, tensors<T>& t) {
        return program(zs = t.student, zt = t.teacher, kd::gradient(zs) = t.gradient).value();
      });
}

/// Hinton's objective by hand, one Eigen expression after another: the peer of soft_targets.
template <class T>
void add_peer(int threads, std::int64_t rows, std::int64_t columns) {
  row r{"soft_targets",
        "eigen_by_hand",
        sizeof(T) == 4 ? "float" : "double",
        threads,
        rows,
        columns,
        0,
        ""};
  auto t = std::make_shared<std::unique_ptr<tensors<T>>>();
  add(r.id(), threads, [=] {
    if (!*t) *t = std::make_unique<tensors<T>>(rows, columns);
    benchmark::DoNotOptimize(kd::bench::eigen_soft_targets<T>(
        (*t)->student, (*t)->teacher, (*t)->labels, T(4), T(0.9), (*t)->gradient));
  });
}

/// g = a s + b t over arrays of n floats, cut among the threads.
void sweep(std::vector<float>& s, std::vector<float>& t, std::vector<float>& g) {
  const std::int64_t n = static_cast<std::int64_t>(g.size()), parts = kd::threads();
  kd::detail::parallel_for(parts, [&](std::int64_t part) {
    const std::int64_t end = n * (part + 1) / parts;
    for (std::int64_t i = n * part / parts; i < end; ++i)
      g[static_cast<std::size_t>(i)] =
          0.25f * s[static_cast<std::size_t>(i)] + 0.75f * t[static_cast<std::size_t>(i)];
  });
  benchmark::ClobberMemory();
}

void add_sweep(const std::string& id, int threads, std::int64_t n) {
  auto arrays = std::make_shared<std::vector<std::vector<float>>>();
  add(id, threads, [=] {
    if (arrays->empty()) arrays->assign(3, std::vector<float>(static_cast<std::size_t>(n), 1.f));
    sweep((*arrays)[0], (*arrays)[1], (*arrays)[2]);
  });
}

constexpr std::int64_t sweep_elements = 1 << 24;  // three arrays of 64 MiB

}  // namespace

void kd::bench::add(const std::string& id, int threads, const std::function<void()>& body) {
  constexpr int repetitions = 9;
  constexpr double seconds = 0.05;
  benchmark::RegisterBenchmark(id.c_str(),
                               [=](benchmark::State& state) {
                                 kd::set_threads(threads);
                                 body();  // touches the memory
                                 for (auto _ : state) body();
                               })
      ->UseRealTime()
      ->MinTime(seconds)
      ->Repetitions(repetitions)
      ->ReportAggregatesOnly(true);
}

void kd::bench::csv_reporter::Finalize() {
  std::puts(
      "case,backend,type,threads,rows,classes,ns_per_element,limit_ns_per_element,ratio_to_limit,"
      "peer,peer_ns_per_element");
  const auto find = [&](const std::string& id) {
    for (const auto& [name, time] : median_)
      if (name.rfind(id + "/", 0) == 0 || name == id) return time;
    return 0.0;
  };
  for (const row& r : table()) {
    const double time = find(r.id()), sweep_time = find(sweep_id(r.threads));
    if (time == 0) continue;
    const double elements = static_cast<double>(r.rows * r.classes);
    const double limit =
        sweep_time / static_cast<double>(sweep_elements) * r.bytes_per_element / 12;
    row peer = r;
    peer.backend = r.peer;
    const double peer_time = r.peer.empty() ? 0 : find(peer.id());
    std::printf("%s,%s,%s,%d,%lld,%lld,%.4f,%.4f,%.2f,%s,", r.name.c_str(), r.backend.c_str(),
                r.type.c_str(), r.threads, static_cast<long long>(r.rows),
                static_cast<long long>(r.classes), time / elements, limit, time / elements / limit,
                peer_time == 0 ? "" : r.peer.c_str());
    if (peer_time != 0) std::printf("%.4f", peer_time / elements);
    std::puts("");
  }
}

int main(int count, char** arguments) {
  std::string filter = count > 1 ? arguments[1] : ".";
  std::vector<std::string> flags = {
      arguments[0], "--benchmark_enable_random_interleaving=true",
      "--benchmark_filter=" + (filter == "." ? filter : "(" + filter + ")|memory_sweep")};
  std::vector<char*> pointers;
  for (std::string& flag : flags) pointers.push_back(flag.data());
  int flag_count = static_cast<int>(pointers.size());
  benchmark::Initialize(&flag_count, pointers.data());

  for (int threads : {1, 2}) {
    add_sweep(kd::bench::sweep_id(threads), threads, sweep_elements);
    for (const auto& [rows, columns] : {std::pair{128, 10}, {256, 1000}, {64, 32000}}) {
      const row in_cache{"read_read_write", "none", "float", threads, rows, columns, 12, ""};
      kd::bench::table().push_back(in_cache);  // the sweep over arrays of the case's size, warm
      add_sweep(in_cache.id(), threads, std::int64_t{rows} * columns);
      add_losses<float>(threads, rows, columns);
      add_peer<float>(threads, rows, columns);
    }
    kd::bench::add_labels(threads);
    add_losses<double>(threads, 256, 1000);
    add_peer<double>(threads, 256, 1000);
  }
  kd::bench::csv_reporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
}
