// SPDX-License-Identifier: MIT
// Trains a CNN teacher, then a smaller CNN twice from the same weights on the same batches: alone,
// and distilled from the teacher by an objective that a text describes.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <numeric>

#include <kd/io.hpp>
#include <kd/train.hpp>

#include "guide.hpp"
#include "listing.hpp"
#include "networks.hpp"
#include "options.hpp"
#include "results.hpp"
#include "run_folder.hpp"
#include "stage.hpp"

namespace {

using namespace example;

kd::io::labelled_images read(const std::string& folder, const std::string& part) {
  const auto path = [&](const std::string& name) {
    const std::string plain = folder + "/" + part + name;
    return std::filesystem::exists(plain) ? plain : plain + ".gz";
  };
  return kd::io::read_labelled_images(path("-images-idx3-ubyte"), path("-labels-idx1-ubyte"));
}

/// The first samples of a set, at most so many.
kd::io::labelled_images first_of(const kd::io::labelled_images& set, std::int64_t most) {
  std::vector<std::int64_t> samples(static_cast<std::size_t>(std::min(set.count, most)));
  std::iota(samples.begin(), samples.end(), std::int64_t{0});
  return kd::train::subset(set, samples);
}

std::string fingerprint(const kd::io::labelled_images& set) {
  kd::train::fingerprint all = kd::train::fingerprint_of(set);
  all.add(std::as_bytes(std::span(set.labels)));
  return all.text();
}

/// Reads what is needed, and adds to the options what the models depend on of it.
void read_data(options& o, run_data& data) {
  if (o.evaluate.empty()) data.train = read(o.data, "train");
  data.test = read(o.data, "t10k");
  if (!o.evaluate.empty()) return;
  o.classes = data.train.classes;
  o.images = fingerprint(data.train) + " " + fingerprint(data.test);
  if (o.fast) data.train = first_of(data.train, 6000);
  if (o.validation > 0) {
    auto [train, validation] = kd::train::split(data.train, o.validation, 0);  // for every seed
    data.train = std::move(train);
    data.validation = std::move(validation);
  }
  data.some_of_train = first_of(data.train, 10000);
}

/// The step of a model that learns from labels alone.
auto learning_alone(const options& o, kd::nn::any_model<>& model, objective& loss) {
  return [&](double progress, kd::train::batch& b) {
    o.augmentation(b);
    model.forward(b.images.data(), b.size(), b.training());
    return loss(progress, model, b.labels);
  };
}

void run(options o) {
  kd::set_threads(o.threads);
  run_data data;
  std::optional<run_folder> folder;
  if (o.evaluate.empty()) folder.emplace(o);
  read_data(o, data);
  if (folder) folder->check(o);
  if (!o.class_names.empty() && std::ssize(o.class_names) != o.classes)
    throw std::runtime_error("--class-names has " + std::to_string(o.class_names.size()) +
                             " names and the images have " + std::to_string(o.classes) +
                             " classes; give one for each");
  const kd::io::labelled_images& images = folder ? data.train : data.test;
  const kd::nn::data_extents extents{
      {static_cast<int>(images.channels), static_cast<int>(images.height),
       static_cast<int>(images.width)},
      o.classes};
  auto teacher = make_teacher(o.teacher_kind, o.seed, extents);
  auto student = make_student(o.student_kind, o.seed + 1, extents);
  auto pupil = make_student(o.student_kind, o.seed + 1, extents);  // the same initial weights
  kd::train::check_images(data.test, teacher.input());  // now rather than after the training
  kd::train::check_labels(data.test, o.classes);

  objective of_teacher("cross_entropy"), of_student("cross_entropy"), of_pupil(o.objective_text());
  of_teacher.prepare(teacher);
  of_student.prepare(student);
  of_pupil.prepare(pupil, teacher, o.seed + 2);
  if (std::ranges::find(of_pupil.student_layers(), "logits") == of_pupil.student_layers().end())
    std::cerr << "distill_cnn: no loss of the objective reads the logits, so the distilled "
                 "student's classifier learns nothing; add cross_entropy or soft_targets\n";

  guide outputs(o, teacher, data, of_pupil);
  const stage stages[] = {
      {"teacher", "teacher", &o.teacher, o.optimiser_of_teacher(), &teacher, &of_teacher,
       learning_alone(o, teacher, of_teacher)},
      {"alone", "student alone", &o.student, o.optimiser, &student, &of_student,
       learning_alone(o, student, of_student)},
      {"distilled", "student distilled", &o.distilled, o.optimiser, &pupil, &of_pupil,
       outputs.step(o, pupil, of_pupil)},
  };
  kd::train::run_report report;
  kd::train::report_model* const results[] = {&report.teacher, &report.alone, &report.distilled};
  if (folder) {
    // Now rather than after the run that was here is gone.
    if (!folder->goes_on(o) && !o.teacher_from.empty())
      load_trained(o.teacher_from, data, stages[0], *results[0]);
    folder->begin(o);
    begin_table(o, data);
    for (int i = 0; i < 3; ++i) {
      if (i == 2)
        outputs.prepare([](const std::string& warning) {
          std::fprintf(stderr, "distill_cnn: %s\n", warning.c_str());
        });
      if (i == 0 && !o.teacher_from.empty()) load_trained(o.out, data, stages[i], *results[i]);
      else train(o, data, stages[i], *results[i]);
    }
    if (const std::string saved = outputs.summary(); !o.quiet && !saved.empty())
      std::printf("%s\n", saved.c_str());
  } else {
    for (int i = 0; i < 3; ++i) load_trained(o.evaluate, data, stages[i], *results[i]);
  }
  const auto teacher_logits = kd::train::logits_of(teacher, data.test);
  for (int i = 0; i < 3; ++i) test(data, stages[i], teacher_logits, *results[i]);
  print(report);
  if (!folder) return;
  for (const stage& s : stages) write_model(o, s);
  write_results(o, data, report);
}

}  // namespace

int main(int count, char** arguments) {
  const options o = parse(count, arguments);
  try {
    if (o.list) list(o);
    else if (!o.evaluate.empty()) run(with_settings_of(o, o.evaluate));
    else run(o.teacher_from.empty() ? o : with_teacher_taken(o));
  } catch (const interrupted&) {
    std::cerr << "distill_cnn: stopped; the same command with --resume goes on\n";
    return 130;
  } catch (const std::exception& e) {
    std::cerr << "distill_cnn: " << e.what() << '\n';
    return 1;
  }
}
