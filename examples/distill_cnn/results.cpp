// SPDX-License-Identifier: MIT
#include "results.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include <nlohmann/json.hpp>
#include <kd/version.hpp>

#include "objective_text.hpp"
#include "run_folder.hpp"

namespace example {
namespace {

using kd::train::report_model;

std::string date_of_now() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return text;
}

/// The names that were given, or those of Fashion-MNIST if it is in a folder of that name.
std::vector<std::string> class_names(const options& o) {
  if (!o.class_names.empty() || o.classes != 10) return o.class_names;
  if (std::filesystem::path(o.data + "/").parent_path().filename() != "fashion-mnist") return {};
  return {"T-shirt", "trouser", "pullover", "dress", "coat",
          "sandal",  "shirt",   "sneaker",  "bag",   "ankle boot"};
}

/// What moved while the distilled student was trained, as far as that went.
std::vector<kd::train::report_schedule> schedules_of(const options& o, std::size_t epochs) {
  const double until = static_cast<double>(epochs) / static_cast<double>(o.distilled.epochs);
  std::vector<kd::train::report_schedule> all;
  const auto add = [&](const std::string& name, const kd::schedule& s) {
    kd::train::report_schedule sampled{name, {}, until};
    for (int i = 0; i <= 100; ++i) sampled.values.push_back(s(until * i / 100));
    const auto [low, high] = std::minmax_element(sampled.values.begin(), sampled.values.end());
    if (*low < *high) all.push_back(sampled);  // a constant is among the settings
  };
  add("learning rate of the distilled student",
      o.distilled.rate * kd::parse_schedule(o.rate_schedule));
  for (const objective_term& term : parse_objective(o.objective_text())) {
    const std::string name(term.kind->name);
    add("weight of " + name, term.settings.weight);
    for (std::size_t i = 0; i < term.settings.options.size(); ++i)
      if (term.settings.options[i])
        add(name + "'s " + std::string(term.kind->options[i].name), *term.settings.options[i]);
  }
  return all;
}

nlohmann::ordered_json json_of(const report_model& m) {
  nlohmann::ordered_json json{{"accuracy", m.result.accuracy},
                              {"f1_macro", m.result.macro.f1},
                              {"training_accuracy", m.training_accuracy.value()},
                              {"negative_log_likelihood", m.result.negative_log_likelihood},
                              {"expected_calibration_error", m.result.expected_calibration_error},
                              {"parameters", m.parameters},
                              {"flops", m.flops},
                              {"bytes", m.bytes},
                              {"latency_us", m.latency_us},
                              {"train_seconds", m.seconds},
                              {"epochs", m.loss.size()},
                              {"epoch", m.epoch}};
  if (m.validation_accuracy) json["validation_accuracy"] = *m.validation_accuracy;
  if (m.result.agreement) json["agreement_with_teacher"] = *m.result.agreement;
  return json;
}

}  // namespace

void test(const run_data& data, const stage& s, const kd::train::logits_table& teacher,
          report_model& result) {
  const auto logits = kd::train::logits_of(*s.model, data.test);
  const int k = std::min<int>(5, static_cast<int>(logits.classes));
  result.name = s.title;
  result.result = kd::train::scores_of(logits.view(), data.test.labels, teacher.view(), {.k = k});
  if (s.key == "teacher") result.result.agreement.reset();
  if (data.some_of_train.count > 0)
    result.training_accuracy = kd::train::accuracy(*s.model, data.some_of_train);
  result.parameters = static_cast<std::int64_t>(s.model->parameters().size());
  result.flops = s.model->flops();
  result.bytes = kd::train::parameter_bytes(*s.model);
  result.latency_us = kd::train::latency(*s.model, data.test);
}

void print(const kd::train::run_report& run) {
  const bool validated = run.alone.validation_accuracy.has_value();
  std::printf("\n%-18s %s%9s %7s %11s %9s %9s %11s %9s\n", "", validated ? "validation " : "",
              "test", "F1", "calibration", "params", "MFLOPs", "us / image", "seconds");
  for (const report_model* m : {&run.teacher, &run.alone, &run.distilled}) {
    std::printf("%-18s ", m->name.c_str());
    if (validated) std::printf("%8.2f %% ", 100 * m->validation_accuracy.value_or(0));
    std::printf("%7.2f %% %7.4f %11.4f %9lld %9.2f %11.1f %9.1f\n", 100 * m->result.accuracy,
                m->result.macro.f1, m->result.expected_calibration_error,
                static_cast<long long>(m->parameters), static_cast<double>(m->flops) / 1e6,
                m->latency_us, m->seconds);
  }
  std::printf("\nthe distilled student's test accuracy less that of the student alone: %+.2f\n",
              100 * (run.distilled.result.accuracy - run.alone.result.accuracy));
}

void write_model(const options& o, const stage& s) {
  const std::string path = o.out + "/" + s.key + ".safetensors";
  const std::string& network = s.key == "teacher" ? o.teacher_kind : o.student_kind;
  kd::train::save_checkpoint(path, *s.model, {{"model", s.title}, {"network", network}});
  std::printf("written: %s\n", path.c_str());
}

void write_results(const options& o, const run_data& data, kd::train::run_report& run) {
  run.title = "Distilling " + o.teacher_kind + " into " + o.student_kind;
  run.command = o.command;
  run.date = date_of_now();
  run.version = kd::version;
  run.accuracy_of = data.validation.count > 0 ? "validation images" : "test images";
  run.classes = class_names(o);
  run.labels = data.test.labels;
  run.schedules = schedules_of(o, run.distilled.loss.size());
  run.images = kd::train::disagreements(run, data.test);
  run.settings = settings_in(settings_of(o));
  const auto write = [&](const std::string& path, const std::string& text) {
    kd::io::write_file_atomically(path, std::as_bytes(std::span(text)));
    std::printf("written: %s\n", path.c_str());
  };
  write(o.out + "/report.html", kd::train::report_html(run));

  nlohmann::ordered_json json{{"teacher", json_of(run.teacher)},
                              {"student_alone", json_of(run.alone)},
                              {"student_distilled", json_of(run.distilled)},
                              {"seed", o.seed},
                              {"threads", o.threads},
                              {"version", kd::version}};
  for (const auto& [name, value] : run.settings) json["settings"][name] = value;
  write(summary_path(o), json.dump(2) + '\n');
}

}  // namespace example
