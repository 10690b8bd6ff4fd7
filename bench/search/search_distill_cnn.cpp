// SPDX-License-Identifier: MIT
// How the hyper-parameters of examples/distill_cnn were found: trains a teacher, and students alone and distilled from it, on the
// first 50,000 training images and prints their accuracy on the other 10,000. The test images are not read.
// usage: search_distill_cnn SEED TEACHER [STUDENT...]
//   TEACHER   RATE:EPOCHS:DECAY   SGD; kept in the folder $TEACHERS, if set, and read from there the next time
//   STUDENT   NETWORK:OPTIMISER:RATE:EPOCHS:DECAY:TEMPERATURE:ALPHA    ALPHA KL(TEMPERATURE) + (1 - ALPHA) cross-entropy;
//             ALPHA 0 is the student alone. NETWORK is 4-8, 8-16, 8-16-32 or 8-16-64 (channels of two convolutions, then hidden
//             units); OPTIMISER is sgd or adam. $CLIP clips the gradient's norm for all.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

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

template <int First, int Second, class... Head>
using convolutional = nn::network<nn::image<1, 28, 28>, nn::conv<"conv1", First, 3>, nn::relu,
                                  nn::max_pool<2>, nn::conv<"conv2", Second, 3>, nn::relu,
                                  nn::max_pool<2>, nn::flatten, Head..., nn::linear<"logits", 10>>;

struct images {
  kd::io::labelled_images train, held_out;
};

kd::io::labelled_images part(const kd::io::labelled_images& all, std::int64_t begin,
                             std::int64_t end) {
  kd::io::labelled_images some = all;
  const std::int64_t pixels = all.height * all.width * all.channels;
  some.count = end - begin;
  some.pixels.assign(all.pixels.begin() + begin * pixels, all.pixels.begin() + end * pixels);
  some.labels.assign(all.labels.begin() + begin, all.labels.begin() + end);
  return some;
}

struct settings {
  bool adam = false;
  double rate = 0;
  int epochs = 0;
  double decay = 0, temperature = 1, alpha = 0;
};

template <class Model, class Step>
void train(Model& model, const images& data, const settings& s, std::uint64_t seed, Step step) {
  const char* clip = std::getenv("CLIP");
  const kd::train::fit_options fit{s.epochs, 128, kd::warmup(0.1, kd::cosine(s.rate, 0)),
                                   clip != nullptr ? std::strtod(clip, nullptr) : 0, seed};
  if (s.adam) {
    nn::adam<float> optimiser({.weight_decay = s.decay, .decoupled = true});
    kd::train::fit(model, optimiser, data.train, fit, {}, step);
  } else {
    nn::sgd<float> optimiser({.momentum = 0.9, .weight_decay = s.decay});
    kd::train::fit(model, optimiser, data.train, fit, {}, step);
  }
}

using teacher_model = nn::model<teacher_network>;

teacher_model teacher_of(std::uint64_t seed, const std::string& text, const images& data) {
  teacher_model teacher(seed);
  const auto bytes = static_cast<std::streamsize>(teacher.parameters().size_bytes());
  const char* folder = std::getenv("TEACHERS");
  const std::string path =
      folder == nullptr ? "" : std::string(folder) + "/" + std::to_string(seed) + ":" + text;
  if (std::ifstream file(path, std::ios::binary); file) {
    if (!file.read(reinterpret_cast<char*>(teacher.parameters().data()), bytes))
      throw std::runtime_error("cannot read " + path);
    return teacher;
  }
  settings s;
  if (std::sscanf(text.c_str(), "%lf:%d:%lf", &s.rate, &s.epochs, &s.decay) != 3)
    throw std::runtime_error("not RATE:EPOCHS:DECAY: " + text);
  auto hard = kd::train::on_networks(kd::cross_entropy(zs, y));
  train(teacher, data, s, seed, [&](double p, const kd::train::batch& b) {
    teacher.forward(b.images.data(), b.size(), b.training());
    return hard(kd::at(p), teacher, kd::train::no_teacher{}, b.labels).value();
  });
  if (!path.empty())
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(teacher.parameters().data()), bytes);
  return teacher;
}

void tell(std::uint64_t seed, const std::string& what, double held_out, double train) {
  std::cout << "seed " << seed << "  " << what << "  " << 100 * held_out << "  (train "
            << 100 * train << ")" << std::endl;
}

template <class Network>
void student(std::uint64_t seed, const std::string& text, const settings& s, const images& data,
             kd::train::recorded<teacher_model>& soft) {
  auto distil =
      kd::train::on_networks(s.alpha * kd::kl_divergence(zs, zt, {.temperature = s.temperature}) +
                             (1 - s.alpha) * kd::cross_entropy(zs, y));
  nn::model<Network> model(seed + 1);
  train(model, data, s, seed, [&](double p, const kd::train::batch& b) {
    model.forward(b.images.data(), b.size(), b.training());
    soft.select(b);
    return distil(kd::at(p), model, soft, b.labels).value();
  });
  tell(seed, text, kd::train::accuracy(model, data.held_out),
       kd::train::accuracy(model, data.train));
}

void run(int count, char** arguments) {
  kd::set_threads(1);  // two searches at a time use two cores best
  const std::uint64_t seed = std::strtoull(arguments[1], nullptr, 10);
  const std::string folder = "/usr/share/datasets/fashion-mnist/train";
  const auto all = kd::io::read_labelled_images(folder + "-images-idx3-ubyte.gz",
                                                folder + "-labels-idx1-ubyte.gz");
  const images data{part(all, 0, 50000), part(all, 50000, 60000)};

  teacher_model teacher = teacher_of(seed, arguments[2], data);
  tell(seed, "teacher " + std::string(arguments[2]), kd::train::accuracy(teacher, data.held_out),
       kd::train::accuracy(teacher, data.train));
  kd::train::recorded soft(teacher, data.train);

  for (int i = 3; i < count; ++i) {
    const std::string text = arguments[i];
    settings s;
    char network[16], optimiser[8];
    if (std::sscanf(text.c_str(), "%15[^:]:%7[^:]:%lf:%d:%lf:%lf:%lf", network, optimiser, &s.rate,
                    &s.epochs, &s.decay, &s.temperature, &s.alpha) != 7)
      throw std::runtime_error("not a student: " + text);
    const std::string name = network;
    s.adam = std::string(optimiser) == "adam";
    if (name == "4-8") student<convolutional<4, 8>>(seed, text, s, data, soft);
    else if (name == "8-16") student<convolutional<8, 16>>(seed, text, s, data, soft);
    else if (name == "8-16-32")
      student<convolutional<8, 16, nn::linear<"hidden", 32>, nn::relu>>(seed, text, s, data, soft);
    else if (name == "8-16-64")
      student<convolutional<8, 16, nn::linear<"hidden", 64>, nn::relu>>(seed, text, s, data, soft);
    else throw std::runtime_error("no such network: " + name);
  }
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::cerr << "usage: search_distill_cnn SEED TEACHER [STUDENT...]\n";
    return 2;
  }
  try {
    run(count, arguments);
  } catch (const std::exception& e) {
    std::cerr << "search_distill_cnn: " << e.what() << '\n';
    return 1;
  }
}
