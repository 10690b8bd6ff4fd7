// SPDX-License-Identifier: MIT
// Runs a network forward and backward over a batch.
//
// The batch is cut into chunks of a fixed number of samples, whatever the number of threads: a
// chunk's sums are made by one thread and the chunks' sums are added in their order, so results are
// bitwise the same for every thread count. passes.hpp has the order of the layers within a chunk,
// places.hpp where their values and gradients lie.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <kd/nn/buffer.hpp>
#include <kd/nn/chunks.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/passes.hpp>
#include <kd/nn/places.hpp>
#include <kd/nn/random.hpp>
#include <kd/nn/relu.hpp>
#include <kd/nn/training.hpp>
#include <kd/nn/way_back.hpp>
#include <kd/run/parallel.hpp>

namespace kd::nn::detail {

inline constexpr std::int64_t sum_block = 1024;  // parameters, when the chunks' sums are added

template <class T>
class runner {
 public:
  runner(std::span<const layer_plan> plans, std::span<const layer_operations<T>> operations)
      : plans_(plans),
        operations_(operations),
        places_(plans),
        evaluation_(forward_pass(plans, false)),
        training_(forward_pass(plans, true)),
        backward_(backward_pass(plans, places_.trained())),
        way_(plans.size()) {
    places_.place_flows(backward_);
    std::int64_t scratch = 0, sums = 0;
    for (int layer = 0; layer < size(); ++layer) {
      const layer_plan& p = plan(layer);
      if (kernels(layer).add_gradient)
        partials_per_chunk_ =
            std::max(partials_per_chunk_, p.partial_offset + rounded_size(p.parameters()));
      if (kernels(layer).scratch) scratch = std::max(scratch, kernels(layer).scratch(p));
      if (p.couples) sums = std::max(sums, p.sums());
    }
    chunks_.set_sizes(places_.slots + places_.spare + rounded_size(scratch), rounded_size(sums));
  }

  std::int64_t batch() const { return batch_; }

  /// (batch, output of the layer)
  const T* output(int layer, std::int64_t sample = 0) const {
    return value(places_[layer].value, sample);
  }

  /// (batch, output of the layer): where the caller writes the gradient of a layer that has a name.
  T* gradient(int layer) {
    gradients_.reserve(places_.gradients * batch_);
    return gradients_.data() + places_[layer].gradient * batch_;
  }

  /// `running` are the running statistics; training, as `mode` says it is, updates them.
  void forward(const T* parameters, T* running, const T* input, std::int64_t batch,
               const training* mode = nullptr) {
    input_ = input;
    batch_ = batch;
    parameters_ = parameters;
    running_ = running;
    in_training_ = mode != nullptr;
    outputs_.reserve(places_.outputs * batch);
    statistics_.reserve(2 * plans_.back().statistic_offset + 2 * plans_.back().statistics);
    if (mode) remember(*mode);
    for (int layer = 0; layer < size(); ++layer)
      if (plan(layer).couples && !mode) kernels(layer).recall(plan(layer), totals(layer));
    chunks_.run(
        mode ? training_ : evaluation_, batch, [](std::int64_t) {},
        [&](const step& s, std::int64_t first, std::int64_t count, T* scratch) {
          forward_step(s, first, count, scratch);
        },
        [&](int layer) { kernels(layer).settle(plan(layer), totals(layer)); });
  }

  /// Writes all of parameter_gradient from the gradients of the given layers' outputs.
  void backward(const T* parameters, std::span<const int> given, T* parameter_gradient) {
    if (batch_ == 0) {
      const layer_plan& last = plans_.back();
      std::fill_n(parameter_gradient, last.parameter_offset + last.parameters(), T(0));
      return;
    }
    parameters_ = parameters;
    parameter_gradient_ = parameter_gradient;
    way_.find(plans_, places_, given);
    flows_.reserve(places_.flows * batch_);
    partials_.reserve(partials_per_chunk_ * chunk_count());
    transpose_weights();
    chunks_.run(
        backward_, batch_,
        [&](std::int64_t chunk) {
          std::fill_n(partials_.data() + chunk * partials_per_chunk_, partials_per_chunk_, T(0));
        },
        [&](const step& s, std::int64_t first, std::int64_t count, T* scratch) {
          if (way_[s.layer].reached) backward_step(s, first, count, scratch);
        },
        [&](int layer) {
          if (way_[layer].reached) kernels(layer).settle_gradient(plan(layer), totals(layer));
        });
    for (int layer = 0; layer < size(); ++layer)
      finish_gradient(layer, parameter_gradient + plan(layer).parameter_offset);
  }

 private:
  int size() const { return static_cast<int>(plans_.size()); }
  const layer_plan& plan(int layer) const { return plans_[static_cast<std::size_t>(layer)]; }
  const layer_operations<T>& kernels(int layer) const {
    return operations_[static_cast<std::size_t>(layer)];
  }
  std::int64_t chunk_count() const { return chunks<T>::count(batch_); }

  const T* value(int layer, std::int64_t sample) const {
    if (layer < 0) return input_ + sample * plan(0).input.size();
    return outputs_.data() + places_[layer].output * batch_ + sample * plan(layer).output.size();
  }
  /// The gradient of a layer's output: of the whole batch, or of this thread's sample.
  T* flow(int layer, std::int64_t sample, T* scratch) {
    const layer_place& place = places_[layer];
    if (!place.flow_in_batch) return scratch + place.flow;
    return flows_.data() + place.flow * batch_ + sample * plan(layer).output.size();
  }

  void remember(const training& mode) {
    numbers_.reserve(batch_);
    std::copy_n(mode.samples.data(),
                std::min<std::size_t>(mode.samples.size(), static_cast<std::size_t>(batch_)),
                numbers_.data());
    seed_ = mode.seed;
    epoch_ = mode.epoch;
  }

  layer_totals<T> totals(int layer) {
    const layer_plan& p = plan(layer);
    return {.chunks = chunk_count(),
            .stride = chunks_.sums_size(),
            .sums = chunks_.sums(0),
            .training = in_training_,
            .statistics = statistics_.data() + 2 * p.statistic_offset,
            .running = running_ + p.statistic_offset,
            .parameter_gradient =
                parameter_gradient_ ? parameter_gradient_ + p.parameter_offset : nullptr};
  }

  /// What forward and backward kernels read alike.
  layer_work<T> work(int layer, std::int64_t first, std::int64_t count, T* scratch) {
    const layer_plan& p = plan(layer);
    const layer_place& place = places_[layer];
    layer_work<T> w{.samples = count,
                    .parameters = parameters_ + p.parameter_offset,
                    .input = value(place.input, first),
                    .output = outputs_.data() + place.output * batch_ + first * p.output.size(),
                    .scratch = scratch + places_.slots + places_.spare};
    if (p.other != no_layer) w.other = value(place.other, first);
    if (p.couples) {
      w.statistics = statistics_.data() + 2 * p.statistic_offset;
      w.sums = chunks_.sums(first / chunk_size);
    }
    if (p.drop != 0 && in_training_) {
      w.numbers = numbers_.data() + first;
      w.key =
          random_bits(seed_, static_cast<std::uint64_t>(epoch_), static_cast<std::uint64_t>(layer));
    }
    return w;
  }

  void forward_step(const step& s, std::int64_t first, std::int64_t count, T* scratch) {
    const auto kernel = s.measures ? kernels(s.layer).measure : kernels(s.layer).forward;
    const layer_work<T> w = work(s.layer, first, count, scratch);
    kernel(plan(s.layer), w);
    if (plan(s.layer).rectified_output && !s.measures)
      rectify(w.output, count * plan(s.layer).output.size());
  }

  void backward_step(const step& s, std::int64_t first, std::int64_t count, T* scratch) {
    const layer_plan& p = plan(s.layer);
    const layer_place& place = places_[s.layer];
    const way_back::visit& visit = way_[s.layer];
    const std::int64_t size = count * p.output.size();
    T* const from = flow(s.layer, first, scratch);
    if (visit.given && s.measures == p.couples)
      pass_on(gradients_.data() + place.gradient * batch_ + first * p.output.size(), size, from,
              visit.adds_given);
    layer_work<T> w = work(s.layer, first, count, scratch);
    w.transposed = transposed_.data() + p.parameter_offset;
    w.output_gradient = from;
    if (p.rectified_output && s.measures == p.couples) rectify_gradient(w.output, from, size);
    if (s.measures) return kernels(s.layer).measure_gradient(p, w);
    if (kernels(s.layer).add_gradient) {
      w.parameter_gradient =
          partials_.data() + first / chunk_size * partials_per_chunk_ + p.partial_offset;
      kernels(s.layer).add_gradient(p, w);
    }
    if (place.other >= 0 && places_[place.other].trained)  // of a sum: gradients are equal
      pass_on(from, size, flow(place.other, first, scratch), visit.adds_other);
    if (place.input < 0 || !places_[place.input].trained) return;
    T* const to = flow(place.input, first, scratch);
    w.input_gradient = visit.adds_input ? scratch + places_.slots : to;
    kernels(s.layer).backward(p, w);
    if (visit.adds_input) pass_on(w.input_gradient, count * p.input.size(), to, true);
  }
  static void pass_on(const T* from, std::int64_t count, T* to, bool adds) {
    if (!adds) std::copy_n(from, count, to);
    else
      for (std::int64_t i = 0; i < count; ++i) to[i] += from[i];
  }

  void transpose_weights() {
    transposed_.reserve(plans_.back().parameter_offset + plans_.back().parameters());
    for (int layer = 0; layer < size(); ++layer) {
      const layer_plan& p = plan(layer);
      const int input = places_[layer].input;
      if (!kernels(layer).transpose || !way_[layer].reached) continue;
      if (input < 0 || !places_[input].trained) continue;  // nobody reads its input's gradient
      const layer_work<T> work{.parameters = parameters_ + p.parameter_offset,
                               .transposed = transposed_.data() + p.parameter_offset};
      kd::detail::parallel_for(kernels(layer).blocks(p), [&](std::int64_t block) {
        kernels(layer).transpose(p, work, block);
      });
    }
  }

  /// The gradient of one layer's parameters from what the chunks left behind.
  void finish_gradient(int layer, T* result) {
    const layer_plan& p = plan(layer);
    if (!way_[layer].reached) {
      std::fill_n(result, p.parameters(), T(0));
    } else if (kernels(layer).whole_gradient) {
      const layer_work<T> work{.samples = batch_,
                               .input = value(places_[layer].input, 0),
                               .output_gradient = flow(layer, 0, nullptr),
                               .parameter_gradient = result};
      kd::detail::parallel_for(kernels(layer).blocks(p), [&](std::int64_t block) {
        kernels(layer).whole_gradient(p, work, block);
      });
    } else if (kernels(layer).add_gradient) {
      const T* partials = partials_.data() + p.partial_offset;
      const std::int64_t blocks = (p.parameters() + sum_block - 1) / sum_block;
      kd::detail::parallel_for(blocks, [&](std::int64_t block) {
        const std::int64_t first = block * sum_block;
        const std::int64_t last = std::min(first + sum_block, p.parameters());
        std::copy(partials + first, partials + last, result + first);
        for (std::int64_t chunk = 1; chunk < chunk_count(); ++chunk)
          for (std::int64_t i = first; i < last; ++i)
            result[i] += partials[chunk * partials_per_chunk_ + i];
      });
    }
  }

  std::span<const layer_plan> plans_;
  std::span<const layer_operations<T>> operations_;
  layer_places places_;
  pass evaluation_, training_, backward_;
  way_back way_;
  std::int64_t partials_per_chunk_ = 0;

  std::int64_t batch_ = 0;
  const T* input_ = nullptr;
  const T* parameters_ = nullptr;
  T* parameter_gradient_ = nullptr;
  T* running_ = nullptr;
  bool in_training_ = false;
  std::uint64_t seed_ = 0;
  std::int64_t epoch_ = 0;
  buffer<std::int64_t> numbers_;           // (batch)
  buffer<T> outputs_, gradients_, flows_;  // per layer: (batch, output of the layer)
  buffer<T> partials_;                     // (chunk, parameters of the image layers)
  buffer<T> statistics_;                   // (2, running statistics)
  buffer<T> transposed_;                   // as the parameters
  chunks<T> chunks_;  // scratch: flows of a sample, one that is added to another, a kernel's own
};

}  // namespace kd::nn::detail
