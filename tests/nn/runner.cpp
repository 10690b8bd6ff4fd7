// SPDX-License-Identifier: MIT
#include <kd/nn/runner.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <thread>
#include <vector>

#include <kd/nn.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace nn = kd::nn;

namespace {

using network = nn::network<nn::image<1, 12, 12>, nn::conv<"a", 5, 3>, nn::relu, nn::max_pool<2>,
                            nn::conv<"b", 6, 3>, nn::relu, nn::flatten, nn::linear<"c", 20>,
                            nn::relu, nn::linear<"d", 10>>;
// Everything that couples samples, branches or is random.
using branched = nn::network<nn::image<1, 12, 12>, nn::conv<"a", 5, 3>, nn::batch_norm, nn::relu,
                             nn::residual<nn::shortcut<nn::conv<"s", 6, 1, 2, 0>, nn::batch_norm>,
                                          nn::depthwise_conv<"d1", 3, 2>, nn::batch_norm, nn::gelu,
                                          nn::conv<"b", 6, 1, 1, 0>, nn::dropout<0.3>>,
                             nn::global_average_pool, nn::linear<"c", 20>, nn::batch_norm, nn::relu,
                             nn::linear<"d", 10>>;

// Everything that one training step computes, as bytes, for a batch with a last incomplete chunk.
template <class Network>
std::vector<float> step_with(int threads, std::int64_t batch) {
  kd::set_threads(threads);
  nn::model<Network> model(4);
  const auto images = numbers::distinct<float>(static_cast<std::size_t>(batch) * 144, 5);
  std::vector<std::int64_t> samples(static_cast<std::size_t>(batch));
  std::iota(samples.begin(), samples.end(), 30);
  std::vector<float> all;
  nn::sgd<float> optimiser({.momentum = 0.9});
  for (int repeat = 0; repeat < 2; ++repeat) {
    model.forward(images.data(), batch, {.seed = 1, .epoch = repeat, .samples = samples});
    const auto d = model.template output<"d">(), b = model.template output<"b">();
    const auto into_d = model.template output_gradient<"d">();
    const auto into_b = model.template output_gradient<"b">();
    for (std::int64_t i = 0; i < batch * 10; ++i) into_d.data[i] = 0.1f * d.data[i];
    for (std::int64_t i = 0; i < batch * b.strides[0]; ++i) into_b.data[i] = 0.01f * b.data[i];
    model.template backward<"d", "b">();
    nn::clip_by_norm(model.gradients(), 1.0);
    optimiser.step(0.01, model.parameters(), model.gradients());
    all.insert(all.end(), d.data, d.data + batch * 10);
    all.insert(all.end(), b.data, b.data + batch * b.strides[0]);
    all.insert(all.end(), model.gradients().begin(), model.gradients().end());
    all.insert(all.end(), model.parameters().begin(), model.parameters().end());
    all.insert(all.end(), model.running_statistics().begin(), model.running_statistics().end());
  }
  return all;
}

// A kernel that writes its input to its scratch, waits for the other thread to do so, and reads.
std::atomic<int> arrived{0};
void meet(const nn::layer_plan&, const nn::layer_work<float>& work) {
  work.output[0] = work.input[0];
  if (work.input[0] == 0.0f) return;
  work.scratch[0] = work.input[0];
  ++arrived;
  const auto start = std::chrono::steady_clock::now();
  while (arrived < 2 && std::chrono::steady_clock::now() - start < std::chrono::seconds(1))
    std::this_thread::yield();
  work.output[0] = work.scratch[0];
}

}  // namespace

TEST_CASE("runner: threads have scratch memory of their own", "[nn]") {
  const int before = kd::threads();
  kd::set_threads(2);
  if (kd::threads() < 2) return;                // built without OpenMP
  const std::array<nn::layer_plan, 1> plans{};  // one pixel in, one out
  const std::array<nn::layer_operations<float>, 1> operations{
      {{.forward = &meet, .scratch = [](const nn::layer_plan&) { return std::int64_t{1}; }}}};
  nn::detail::runner<float> runner(plans, operations);
  std::vector<float> input(2 * nn::detail::chunk_size);
  input[0] = 1;  // the first sample of either chunk
  input[nn::detail::chunk_size] = 2;
  runner.forward(nullptr, nullptr, input.data(), 2 * nn::detail::chunk_size);
  for (std::size_t i = 0; i < input.size(); ++i) CHECK(runner.output(0)[i] == input[i]);
  kd::set_threads(before);
}

TEMPLATE_TEST_CASE("runner: bitwise the same for every number of threads", "[nn]", network,
                   branched) {
  const int before = kd::threads();
  for (std::int64_t batch : {2, 8, 37, 64}) {
    const auto one = step_with<TestType>(1, batch);
    for (int threads : {2, 3, 4}) {
      const auto more = step_with<TestType>(threads, batch);
      REQUIRE(more.size() == one.size());
      CHECK(std::memcmp(more.data(), one.data(), one.size() * sizeof(float)) == 0);
    }
  }
  kd::set_threads(before);
}

TEST_CASE("runner: two models at once in threads of the caller", "[nn]") {
  const auto images = numbers::distinct<float>(20 * 144, 5);
  std::vector<std::vector<float>> results(4);
#if defined(_OPENMP)
#pragma omp parallel for num_threads(2)
#endif
  for (int i = 0; i < 4; ++i) {
    nn::model<network> model(4);
    model.forward(images.data(), 20);
    const auto d = model.output<"d">();
    results[static_cast<std::size_t>(i)].assign(d.data, d.data + 200);
  }
  for (const auto& result : results) CHECK(result == results[0]);
}
