// SPDX-License-Identifier: MIT
// Milliseconds per training step of the teacher network (two convolutions, two fully connected layers):
// forward, softmax cross-entropy at the logits, backward, SGD with momentum; batch 128, float.
//   usage:   kd_bench_teacher [THREADS]
//   prints:  teacher_training,THREADS,MILLISECONDS    the median of 30 steps after 10
// bench/peers/teacher.py does the same with PyTorch; scripts/bench runs both in turn.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <kd/nn.hpp>

namespace nn = kd::nn;

namespace {

using teacher_network = nn::network<nn::image<1, 28, 28>,                 // (1, 28, 28)
                                    nn::conv<"conv1", 32, 3>, nn::relu,   // (32, 28, 28)
                                    nn::max_pool<2>,                      // (32, 14, 14)
                                    nn::conv<"conv2", 64, 3>, nn::relu,   // (64, 14, 14)
                                    nn::max_pool<2>, nn::flatten,         // (3136)
                                    nn::linear<"hidden", 128>, nn::relu,  // (128)
                                    nn::linear<"logits", 10>>;
constexpr std::int64_t batch = 128, classes = 10, warm_up = 10, measured = 30;

/// The mean loss of the batch; writes its gradient (batch, class).
double cross_entropy(const float* logits, const int* labels, float* gradient) {
  double loss = 0;
  for (std::int64_t row = 0; row < batch; ++row, logits += classes, gradient += classes) {
    const float largest = *std::max_element(logits, logits + classes);
    float sum = 0;
    for (std::int64_t c = 0; c < classes; ++c) sum += gradient[c] = std::exp(logits[c] - largest);
    for (std::int64_t c = 0; c < classes; ++c) gradient[c] /= sum * static_cast<float>(batch);
    gradient[labels[row]] -= 1 / static_cast<float>(batch);
    loss += static_cast<double>(largest + std::log(sum) - logits[labels[row]]);
  }
  return loss / static_cast<double>(batch);
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 2;
  kd::set_threads(threads);

  std::vector<float> images(static_cast<std::size_t>(batch * teacher_network::input.size()));
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(nn::random_bits(1, 0, i) >> 40) / 16777216.0f;
  std::vector<int> labels(batch);
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels[i] = static_cast<int>(nn::random_bits(1, 1, i) % classes);

  nn::model<teacher_network> teacher(1);
  nn::sgd<float> optimiser({.momentum = 0.9, .weight_decay = 5e-4});
  std::vector<double> milliseconds;
  double first = 0, last = 0;
  for (std::int64_t step = 0; step < warm_up + measured; ++step) {
    const auto start = std::chrono::steady_clock::now();
    teacher.forward(images.data(), batch);
    last = cross_entropy(teacher.output<"logits">().data, labels.data(),
                         teacher.output_gradient<"logits">().data);
    teacher.backward<"logits">();
    optimiser.step(0.01, teacher.parameters(), teacher.gradients());
    const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    if (step >= warm_up) milliseconds.push_back(time.count());
    if (step == 0) first = last;
  }
  if (!(last < first)) {
    std::fprintf(stderr, "teacher: the loss went from %g to %g; nothing was learned\n", first,
                 last);
    return 1;
  }
  std::nth_element(milliseconds.begin(), milliseconds.begin() + measured / 2, milliseconds.end());
  std::printf("teacher_training,%d,%.3f\n", threads, milliseconds[measured / 2]);
}
