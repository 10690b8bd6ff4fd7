// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>
#include <kd/version.hpp>

namespace example {

namespace {
double seconds_since(std::chrono::steady_clock::time_point t) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - t).count();
}
std::string summary_path(const options& o) { return o.out + "/summary.json"; }
}  // namespace

void prepare_output(const options& o) {
  std::error_code error;
  std::filesystem::create_directories(o.out, error);
  const std::string path = summary_path(o);
  const bool existed = std::filesystem::exists(path, error);
  const bool writable = std::ofstream(path, std::ios::app).is_open();
  if (!writable)
    throw std::runtime_error("cannot write '" + path + "'; pass --out with a folder of yours");
  if (!existed) std::filesystem::remove(path, error);
}

void forget_summary(const options& o) {
  std::error_code error;
  std::filesystem::remove(summary_path(o), error);
}

progress_display::progress_display(std::string title, bool quiet)
    : title_(std::move(title)),
      quiet_(quiet),
      terminal_(isatty(fileno(stdout)) != 0),
      start_(std::chrono::steady_clock::now()),
      shown_(start_) {}

void progress_display::show(const kd::train::fit_state& s) {
  const bool epoch_ends = s.samples == s.of_samples;
  if (quiet_ || (terminal_ ? !epoch_ends && seconds_since(shown_) < 0.1 : !epoch_ends)) return;
  shown_ = std::chrono::steady_clock::now();
  const double spent = seconds_since(start_), left = spent * (1 - s.progress) / s.progress;
  std::string bar(30, ' ');
  for (std::size_t i = 0; i < bar.size() && static_cast<double>(i) < s.progress * 30; ++i)
    bar[i] = '=';
  std::printf("%s%-18s [%s] epoch %lld/%lld  loss %.4f  %.0f s, %.0f s left%s",
              terminal_ ? "\r" : "", title_.c_str(), bar.c_str(),
              static_cast<long long>(s.epoch + 1), static_cast<long long>(s.epochs), s.loss, spent,
              left, terminal_ ? "   " : "\n");
  std::fflush(stdout);
}

void progress_display::end(const trained& r) {
  if (quiet_) return;
  std::printf("%s%-18s %.2f %% of the test images right after %.1f s%s\n", terminal_ ? "\r" : "",
              title_.c_str(), 100 * r.accuracy, r.seconds,
              terminal_ ? std::string(50, ' ').c_str() : "");
  std::fflush(stdout);
}

void report(const options& o, const trained& teacher, const trained& alone,
            const trained& distilled) {
  nlohmann::ordered_json json;
  std::printf("\n%-18s %10s %12s %10s %12s\n", "", "accuracy", "parameters", "seconds", "images/s");
  const auto add = [&](const char* title, const char* key, const trained& t) {
    std::printf("%-18s %8.2f %% %12lld %10.1f %12.0f\n", title, 100 * t.accuracy,
                static_cast<long long>(t.parameters), t.seconds, t.images_per_second);
    json[key] = {{"accuracy", t.accuracy},
                 {"parameters", t.parameters},
                 {"train_seconds", t.seconds},
                 {"images_per_second", t.images_per_second}};
  };
  add("teacher", "teacher", teacher);
  add("student alone", "student_alone", alone);
  add("student distilled", "student_distilled", distilled);
  std::printf("\ndistillation gained %+.2f points of accuracy (seed %llu)\n",
              100 * (distilled.accuracy - alone.accuracy), static_cast<unsigned long long>(o.seed));

  std::ostringstream recipe;
  const auto settings = [&](const char* name, const training& t) {
    recipe << "; " << name << ": " << t.epochs << " epochs, rate " << t.rate << ", weight decay "
           << t.weight_decay;
  };
  recipe << o.alpha << " * kl_divergence(temperature = " << o.temperature << ") + " << 1 - o.alpha
         << " * cross_entropy; " << (o.adam ? "AdamW" : "SGD, momentum 0.9") << "; batch "
         << o.batch << "; clip " << o.clip;
  settings("teacher", o.teacher);
  settings("alone", o.student);
  settings("distilled", o.distilled);
  json["seed"] = o.seed;
  json["threads"] = o.threads;
  json["recipe"] = recipe.str();
  json["version"] = kd::version;
  const std::string path = summary_path(o);
  std::ofstream file(path);
  file << json.dump(2) << '\n';
  file.close();
  if (!file) throw std::runtime_error("cannot write '" + path + "'");
  std::printf("written: %s\n", path.c_str());
}

}  // namespace example
