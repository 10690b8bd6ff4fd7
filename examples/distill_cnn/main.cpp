// SPDX-License-Identifier: MIT
// Trains a CNN teacher on Fashion-MNIST, then a smaller CNN twice from the same weights on the same
// batches: alone, and distilled from the teacher by an objective that is one expression.
#include <chrono>
#include <filesystem>
#include <iostream>

#include <kd/io.hpp>
#include <kd/kd.hpp>
#include <kd/train.hpp>

#include "networks.hpp"
#include "options.hpp"
#include "report.hpp"

namespace {

using namespace kd::axes;
using namespace example;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

kd::io::labelled_images read(const std::string& folder, const std::string& part) {
  const auto path = [&](const std::string& name) {
    const std::string plain = folder + "/" + part + name;
    return std::filesystem::exists(plain) ? plain : plain + ".gz";
  };
  return kd::io::read_labelled_images(path("-images-idx3-ubyte"), path("-labels-idx1-ubyte"));
}

/// Trains with SGD or Adam at a rate that warms up and then falls to 0 as a cosine.
template <class Model, class Step>
trained train(const char* title, Model& model, const options& o, const training& t,
              const kd::io::labelled_images& images, const kd::io::labelled_images& test,
              Step step) {
  const kd::train::fit_options fit{t.epochs, o.batch, kd::warmup(0.1, kd::cosine(t.rate, 0)),
                                   o.clip, o.seed};
  progress_display display(title, o.quiet);
  const auto tell = [&](const kd::train::fit_state& state) { display.show(state); };
  trained result;
  if (o.adam) {
    nn::adam<float> optimiser({.weight_decay = t.weight_decay, .decoupled = true});
    result.seconds = kd::train::fit(model, optimiser, images, fit, {}, step, tell).seconds;
  } else {
    nn::sgd<float> optimiser({.momentum = 0.9, .weight_decay = t.weight_decay});
    result.seconds = kd::train::fit(model, optimiser, images, fit, {}, step, tell).seconds;
  }
  result.parameters = Model::network::parameter_count;
  result.images_per_second = static_cast<double>(images.count) * t.epochs / result.seconds;
  result.accuracy = kd::train::accuracy(model, test);
  display.end(result);
  return result;
}

void run(const options& o) {
  kd::set_threads(o.threads);
  prepare_output(o);
  const auto images = read(o.data, "train"), test = read(o.data, "t10k");
  for (const auto* set : {&images, &test}) {  // now rather than after the training
    kd::train::check_images<teacher_network>(*set);
    kd::train::check_labels<teacher_network>(*set);
  }
  forget_summary(o);

  auto hard = kd::train::on_networks(kd::cross_entropy(zs, y));
  const auto alone = [&](auto& model) {
    return [&](double progress, const kd::train::batch& b) {
      model.forward(b.images.data(), b.size(), b.training());
      return hard(kd::at(progress), model, kd::train::no_teacher{}, b.labels).value();
    };
  };

  nn::model<teacher_network> teacher(o.seed);
  const trained of_teacher = train("teacher", teacher, o, o.teacher, images, test, alone(teacher));

  nn::model<student_network> student(o.seed + 1);
  const trained of_student =
      train("student alone", student, o, o.student, images, test, alone(student));

  // Hinton's objective, on what the teacher said once about every image.
  auto distil =
      kd::train::on_networks(o.alpha * kd::kl_divergence(zs, zt, {.temperature = o.temperature}) +
                             (1 - o.alpha) * kd::cross_entropy(zs, y));
  kd::train::recorded soft(teacher, images);
  soft.run_all();
  nn::model<student_network> pupil(o.seed + 1);  // the same initial weights
  const trained of_pupil = train("student distilled", pupil, o, o.distilled, images, test,
                                 [&](double progress, const kd::train::batch& b) {
                                   pupil.forward(b.images.data(), b.size(), b.training());
                                   soft.select(b);
                                   return distil(kd::at(progress), pupil, soft, b.labels).value();
                                 });

  report(o, of_teacher, of_student, of_pupil);
}

}  // namespace

int main(int count, char** arguments) {
  const options o = parse(count, arguments);
  try {
    run(o);
  } catch (const std::exception& e) {
    std::cerr << "distill_cnn: " << e.what() << '\n';
    return 1;
  }
}
