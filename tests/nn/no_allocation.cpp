// SPDX-License-Identifier: MIT
// Counts every allocation of the program while a network trains: a source file of its own, because
// it replaces operator new.
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

#include <kd/nn.hpp>

#include "nn/numbers.hpp"
#include "support/catch.hpp"

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t size, std::size_t alignment) noexcept {
  ++allocations;
  return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}
void* or_throw(void* memory) {
  if (!memory) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return or_throw(counted(size, alignof(std::max_align_t))); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return or_throw(counted(size, static_cast<std::size_t>(alignment)));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace nn = kd::nn;

TEST_CASE("no_allocation: the counter counts", "[nn]") {
  const long before = allocations;
  std::vector<float> memory(10);
  nn::detail::buffer<float> aligned;
  aligned.reserve(10);
  CHECK(allocations >= before + 2);
}

namespace {

using chain = nn::network<nn::image<1, 12, 12>, nn::conv<"a", 5, 3>, nn::relu, nn::max_pool<2>,
                          nn::conv<"b", 6, 3>, nn::relu, nn::flatten, nn::linear<"c", 20>, nn::relu,
                          nn::linear<"d", 10>>;
using branched =
    nn::network<nn::image<1, 12, 12>, nn::conv<"a", 5, 3>, nn::batch_norm, nn::relu,
                nn::residual<nn::depthwise_conv<"b", 3>, nn::batch_norm, nn::dropout<0.5>>,
                nn::global_average_pool, nn::linear<"d", 10>>;

}  // namespace

TEMPLATE_TEST_CASE("no_allocation: after the first step none, whatever the batch up to that one's",
                   "[nn]", chain, branched) {
  nn::model<TestType> model(4);
  nn::sgd<float> sgd({.momentum = 0.9});
  nn::adam<float> adam;
  const auto images = numbers::distinct<float>(40 * 144, 5);
  const std::vector<std::int64_t> samples(40, 7);
  const auto step = [&](std::int64_t batch) {
    model.forward(images.data(), batch);
    model.forward(images.data(), batch,
                  {.samples = {samples.data(), static_cast<std::size_t>(batch)}});
    const auto d = model.template output<"d">();
    const auto into_d = model.template output_gradient<"d">();
    for (std::int64_t i = 0; i < batch * 10; ++i) into_d.data[i] = d.data[i];
    model.template backward<"d">();
    nn::clip_by_norm(model.gradients(), 1.0);
    sgd.step(0.01, model.parameters(), model.gradients());
    adam.step(0.001, model.parameters(), model.gradients());
  };
  step(40);
  const long before = allocations;
  for (std::int64_t batch : {40, 17, 1, 40}) step(batch);
  const long after = allocations;
  CHECK(after == before);
}
