// SPDX-License-Identifier: MIT
// How the hyper-parameters of examples/distill_cnn were found: trains students alone and distilled on the first 50,000 training
// images and prints their accuracy on the other 10,000, which no default was ever fitted to the test images with.
// usage: [TEACHER_RATE=0.05] [WEIGHT_DECAY=5e-4] [CLIP=0] search_distill_cnn SEED TEACHER_EPOCHS CONFIGURATION...   a configuration is
//   alone:OPTIMISER:RATE:EPOCHS                          OPTIMISER is sgd or adam
//   distilled:OPTIMISER:RATE:EPOCHS:TEMPERATURE:ALPHA    ALPHA KL(TEMPERATURE) + (1 - ALPHA) cross-entropy
//   matched:OPTIMISER:RATE:EPOCHS:WEIGHT:ALPHA           ALPHA WEIGHT logit_mse + (1 - ALPHA) cross-entropy
// Each with the student, or with another behind "small-" (4 and 8 channels) or "wide-" (8 and 16, 64 hidden units).
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include <kd/io.hpp>
#include <kd/kd.hpp>
#include <kd/train.hpp>

#include "../../examples/distill_cnn/networks.hpp"

namespace {

using namespace kd::axes;
using namespace example;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;

kd::io::labelled_images part(const kd::io::labelled_images& all, std::int64_t begin,
                             std::int64_t end) {
  kd::io::labelled_images some = all;
  const std::int64_t pixels = all.height * all.width * all.channels;
  some.count = end - begin;
  some.pixels.assign(all.pixels.begin() + begin * pixels, all.pixels.begin() + end * pixels);
  some.labels.assign(all.labels.begin() + begin, all.labels.begin() + end);
  return some;
}

/// A number from the environment.
double setting(const char* name, double otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtod(text, nullptr);
}

template <class Model, class Step>
double train(Model& model, const kd::io::labelled_images& images,
             const kd::io::labelled_images& test, bool adam, double rate, int epochs,
             std::uint64_t seed, Step step) {
  const kd::train::fit_options fit{epochs, 128, kd::warmup(0.1, kd::cosine(rate, 0)),
                                   setting("CLIP", 0), seed};
  const auto quiet = [](const kd::train::fit_state&) {};
  if (adam) {
    nn::adam<float> optimiser({.weight_decay = 1e-2, .decoupled = true});
    kd::train::fit(model, optimiser, images, fit, step, quiet);
  } else {
    nn::sgd<float> optimiser({.momentum = 0.9, .weight_decay = setting("WEIGHT_DECAY", 5e-4)});
    kd::train::fit(model, optimiser, images, fit, step, quiet);
  }
  return kd::train::accuracy(model, test);
}

using small_network = nn::network<nn::image<1, 28, 28>, nn::conv<"conv1", 4, 3>, nn::relu,
                                  nn::max_pool<2>, nn::conv<"conv2", 8, 3>, nn::relu,
                                  nn::max_pool<2>, nn::flatten, nn::linear<"logits", 10>>;

using wide_network =
    nn::network<nn::image<1, 28, 28>, nn::conv<"conv1", 8, 3>, nn::relu, nn::max_pool<2>,
                nn::conv<"conv2", 16, 3>, nn::relu, nn::max_pool<2>, nn::flatten,
                nn::linear<"hidden", 64>, nn::relu, nn::linear<"logits", 10>>;

}  // namespace

int main(int count, char** arguments) {
  if (count < 4)
    return std::fprintf(stderr, "usage: search_distill_cnn SEED TEACHER_EPOCHS CONFIGURATION...\n"),
           2;
  kd::set_threads(1);  // two searches at a time use two cores best
  const std::uint64_t seed = std::strtoull(arguments[1], nullptr, 10);
  const std::string folder = "/usr/share/datasets/fashion-mnist/train";
  const auto all = kd::io::read_labelled_images(folder + "-images-idx3-ubyte.gz",
                                                folder + "-labels-idx1-ubyte.gz");
  const auto images = part(all, 0, 50000), held_out = part(all, 50000, 60000);

  auto hard = kd::train::on_networks(kd::cross_entropy(zs, y));
  nn::model<teacher_network> teacher(seed);
  const double of_teacher =
      train(teacher, images, held_out, false, setting("TEACHER_RATE", 0.05),
            std::atoi(arguments[2]), seed, [&](double p, const kd::train::batch& b) {
              teacher.forward(b.images.data(), b.size());
              return hard(kd::at(p), teacher, kd::train::no_teacher{}, b.labels).value();
            });
  std::printf("teacher %.4f\n", of_teacher);
  std::fflush(stdout);
  kd::train::recorded<teacher_network> soft(teacher, images);

  for (int i = 3; i < count; ++i) {
    std::stringstream text(arguments[i]);
    std::string kind, optimiser, rate, epochs, temperature = "1", alpha = "0";
    std::getline(text, kind, ':'), std::getline(text, optimiser, ':'),
        std::getline(text, rate, ':'), std::getline(text, epochs, ':');
    if (kind.find("alone") == std::string::npos)
      std::getline(text, temperature, ':'), std::getline(text, alpha, ':');
    const double a = std::stod(alpha), knob = std::stod(temperature);
    const bool small = kind.rfind("small-", 0) == 0, wide = kind.rfind("wide-", 0) == 0;
    kind = kind.substr(small ? 6 : wide ? 5 : 0);
    auto distil = kd::train::on_networks(a * kd::kl_divergence(zs, zt, {.temperature = knob}) +
                                         (1 - a) * kd::cross_entropy(zs, y));
    auto match = kd::train::on_networks(a * knob * kd::logit_mse(zs, zt) +
                                        (1 - a) * kd::cross_entropy(zs, y));
    const auto run = [&](auto& student) {
      return train(student, images, held_out, optimiser == "adam", std::stod(rate),
                   std::stoi(epochs), seed, [&](double p, const kd::train::batch& b) {
                     student.forward(b.images.data(), b.size());
                     if (kind == "alone")
                       return hard(kd::at(p), student, kd::train::no_teacher{}, b.labels).value();
                     soft.select(b.indices);
                     return kind == "matched" ? match(kd::at(p), student, soft, b.labels).value()
                                              : distil(kd::at(p), student, soft, b.labels).value();
                   });
    };
    nn::model<student_network> student(seed + 1);
    nn::model<small_network> small_student(seed + 1);
    nn::model<wide_network> wide_student(seed + 1);
    const double accuracy = small ? run(small_student) : wide ? run(wide_student) : run(student);
    std::printf("seed %llu  %-40s %.4f\n", static_cast<unsigned long long>(seed), arguments[i],
                accuracy);
    std::fflush(stdout);
  }
}
