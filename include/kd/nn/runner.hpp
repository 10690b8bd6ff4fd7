// SPDX-License-Identifier: MIT
// Runs a network forward and backward over a batch.
//
// The batch is cut into chunks of a fixed number of samples, whatever the number of threads: a
// chunk's sums are made by one thread and the chunks' sums are added in their order, so results are
// bitwise the same for every thread count. Within a chunk, one sample runs through all image layers
// before the next one, so that it stays in cache; the flat layers behind them take all samples of
// the chunk at once, so that their weights do.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <kd/nn/buffer.hpp>
#include <kd/nn/layer.hpp>
#include <kd/run/parallel.hpp>

namespace kd::nn::detail {

inline constexpr std::int64_t chunk_size = 8;
inline constexpr std::int64_t sum_block = 1024;  // parameters, when the chunks' sums are added

template <class T>
class runner {
 public:
  runner(std::span<const layer_plan> plans, std::span<const layer_operations<T>> operations)
      : plans_(plans), operations_(operations) {
    first_trained_ = size();
    for (int layer = 0; layer < size(); ++layer) {
      const layer_plan& p = plan(layer);
      const std::int64_t rounded = rounded_size(p.output.size());
      if (!p.output.flat) images_ = layer + 1;
      if (p.parameters() != 0) first_trained_ = std::min(first_trained_, layer);
      outputs_per_sample_ = std::max(outputs_per_sample_, p.output_offset + rounded);
      if (!p.name.empty()) gradients_per_sample_ = p.gradient_offset + rounded;
      if (p.output.flat) {
        flows_per_sample_ = p.flow_offset + rounded;
      } else {
        partials_per_chunk_ = p.partial_offset + rounded_size(p.parameters());
        image_flow_ = std::max(image_flow_, rounded);
        if (kernels(layer).scratch)
          kernel_scratch_ = std::max(kernel_scratch_, rounded_size(kernels(layer).scratch(p)));
      }
    }
  }

  std::int64_t batch() const { return batch_; }

  /// (batch, output of the layer); the layer before the first is the input.
  const T* output(int layer, std::int64_t sample = 0) const {
    const shape& s = layer < 0 ? plan(0).input : plan(layer).output;
    if (layer < 0 || plan(layer).output_offset < 0) return input_ + sample * s.size();
    return outputs_.data() + plan(layer).output_offset * batch_ + sample * s.size();
  }

  /// (batch, output of the layer): where the caller writes the gradient of a layer that has a name.
  T* gradient(int layer) {
    gradients_.reserve(gradients_per_sample_ * batch_);
    return gradients_.data() + plan(layer).gradient_offset * batch_;
  }

  void forward(const T* parameters, const T* input, std::int64_t batch) {
    input_ = input;
    batch_ = batch;
    outputs_.reserve(outputs_per_sample_ * batch);
    for_each_chunk([&](std::int64_t first, std::int64_t count, T* scratch) {
      for (std::int64_t sample = first; sample < first + count; ++sample)
        for (int layer = 0; layer < images_; ++layer)
          forward_layer(layer, parameters, sample, 1, scratch);
      for (int layer = images_; layer < size(); ++layer)
        forward_layer(layer, parameters, first, count, scratch);
    });
  }

  /// Writes all of parameter_gradient from the gradients of the given layers' outputs.
  void backward(const T* parameters, std::span<const int> given, T* parameter_gradient) {
    const int top = *std::max_element(given.begin(), given.end());
    if (batch_ == 0) {
      const layer_plan& last = plans_.back();
      std::fill_n(parameter_gradient, last.parameter_offset + last.parameters(), T(0));
      return;
    }
    parameters_ = parameters;
    flows_.reserve(flows_per_sample_ * batch_);
    partials_.reserve(partials_per_chunk_ * chunks());
    transpose_weights(parameters, top);
    for_each_chunk([&](std::int64_t first, std::int64_t count, T* scratch) {
      for (int layer = top; layer >= images_; --layer)
        backward_flat(layer, given, top, first, count);
      if (first_trained_ >= images_) return;
      T* partial = partials_.data() + first / chunk_size * partials_per_chunk_;
      std::fill_n(partial, partials_per_chunk_, T(0));
      for (std::int64_t sample = first; sample < first + count; ++sample)
        backward_image(given, top, sample, partial, scratch);
    });
    for (int layer = 0; layer < size(); ++layer)
      finish_gradient(layer, top, parameter_gradient + plan(layer).parameter_offset);
  }

 private:
  int size() const { return static_cast<int>(plans_.size()); }
  const layer_plan& plan(int layer) const { return plans_[static_cast<std::size_t>(layer)]; }
  const layer_operations<T>& kernels(int layer) const {
    return operations_[static_cast<std::size_t>(layer)];
  }
  std::int64_t chunks() const { return (batch_ + chunk_size - 1) / chunk_size; }

  template <class Body>
  void for_each_chunk(const Body& body) {
    const std::int64_t per_thread = 2 * image_flow_ + kernel_scratch_;
    scratch_.reserve(per_thread * threads());
    kd::detail::parallel_for(chunks(), [&](std::int64_t chunk) {
      const std::int64_t first = chunk * chunk_size;
      body(first, std::min(chunk_size, batch_ - first),
           scratch_.data() + kd::detail::thread_index() * per_thread);
    });
  }

  void forward_layer(int layer, const T* parameters, std::int64_t first, std::int64_t count,
                     T* scratch) {
    const layer_plan& p = plan(layer);
    if (p.view) return;
    kernels(layer).forward(p, {.samples = count,
                               .parameters = parameters + p.parameter_offset,
                               .input = output(layer - 1, first),
                               .output = output_memory(layer, first),
                               .scratch = scratch});
  }
  T* output_memory(int layer, std::int64_t sample) {
    return outputs_.data() + plan(layer).output_offset * batch_ +
           sample * plan(layer).output.size();
  }

  /// The gradient of a flat layer's output; a layer that works in place shares its input's.
  T* flow(int layer, std::int64_t sample) {
    return flows_.data() + plan(layer).flow_offset * batch_ + sample * plan(layer).output.size();
  }

  /// Joins the caller's gradient of a layer to the flow: the topmost starts it, others are added.
  void join(int layer, std::span<const int> given, int top, std::int64_t first, std::int64_t count,
            T* flow) {
    if (std::find(given.begin(), given.end(), layer) == given.end()) return;
    const std::int64_t size = plan(layer).output.size();
    const T* source = gradients_.data() + plan(layer).gradient_offset * batch_ + first * size;
    if (layer == top) std::copy_n(source, count * size, flow);
    else
      for (std::int64_t i = 0; i < count * size; ++i) flow[i] += source[i];
  }

  void backward_layer(int layer, std::int64_t first, std::int64_t count, T* from, T* to,
                      T* scratch) {
    const layer_plan& p = plan(layer);
    kernels(layer).backward(p, {.samples = count,
                                .parameters = parameters_ + p.parameter_offset,
                                .transposed = transposed_.data() + p.parameter_offset,
                                .input = output(layer - 1, first),
                                .output = output_memory(layer, first),
                                .output_gradient = from,
                                .input_gradient = to,
                                .scratch = scratch});
  }

  void backward_flat(int layer, std::span<const int> given, int top, std::int64_t first,
                     std::int64_t count) {
    join(layer, given, top, first, count, flow(layer, first));
    if (layer > first_trained_ && !plan(layer).view)
      backward_layer(layer, first, count, flow(layer, first), flow(layer - 1, first), nullptr);
  }

  void backward_image(std::span<const int> given, int top, std::int64_t sample, T* partial,
                      T* scratch) {
    T* const one = scratch;
    T* const other = scratch + image_flow_;
    T* const kernel_scratch = scratch + 2 * image_flow_;
    T* from = top >= images_ ? flow(images_, sample) : one;
    for (int layer = std::min(top, images_ - 1);; --layer) {
      join(layer, given, top, sample, 1, from);
      if (kernels(layer).add_gradient)
        kernels(layer).add_gradient(plan(layer),
                                    {.samples = 1,
                                     .input = output(layer - 1, sample),
                                     .output_gradient = from,
                                     .parameter_gradient = partial + plan(layer).partial_offset,
                                     .scratch = kernel_scratch});
      if (layer == first_trained_) return;  // nobody reads the gradient of what comes before
      if (plan(layer).view) continue;
      T* const to = plan(layer).in_place ? from : from == one ? other : one;
      backward_layer(layer, sample, 1, from, to, kernel_scratch);
      from = to;
    }
  }

  void transpose_weights(const T* parameters, int top) {
    transposed_.reserve(plans_.back().parameter_offset + plans_.back().parameters());
    for (int layer = first_trained_ + 1; layer <= top; ++layer) {
      const layer_plan& p = plan(layer);
      if (!kernels(layer).transpose) continue;
      const layer_work<T> work{.parameters = parameters + p.parameter_offset,
                               .transposed = transposed_.data() + p.parameter_offset};
      kd::detail::parallel_for(kernels(layer).blocks(p), [&](std::int64_t block) {
        kernels(layer).transpose(p, work, block);
      });
    }
  }

  /// The gradient of one layer's parameters from what the chunks left behind.
  void finish_gradient(int layer, int top, T* result) {
    const layer_plan& p = plan(layer);
    if (layer > top) {
      std::fill_n(result, p.parameters(), T(0));
    } else if (kernels(layer).whole_gradient) {
      const layer_work<T> work{.samples = batch_,
                               .input = output(layer - 1),
                               .output_gradient = flow(layer, 0),
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
        for (std::int64_t chunk = 1; chunk < chunks(); ++chunk)
          for (std::int64_t i = first; i < last; ++i)
            result[i] += partials[chunk * partials_per_chunk_ + i];
      });
    }
  }

  std::span<const layer_plan> plans_;
  std::span<const layer_operations<T>> operations_;
  int images_ = 0;         // this many layers from the first on put out images
  int first_trained_ = 0;  // the first layer with parameters
  std::int64_t outputs_per_sample_ = 0, gradients_per_sample_ = 0, flows_per_sample_ = 0;
  std::int64_t partials_per_chunk_ = 0, image_flow_ = 0, kernel_scratch_ = 0;

  std::int64_t batch_ = 0;
  const T* input_ = nullptr;
  const T* parameters_ = nullptr;
  buffer<T> outputs_, gradients_, flows_;  // per layer: (batch, output of the layer)
  buffer<T> partials_;                     // (chunk, parameters of the image layers)
  buffer<T> transposed_;                   // as the parameters
  buffer<T> scratch_;                      // (thread, two flows of an image and a kernel's scratch)
};

}  // namespace kd::nn::detail
