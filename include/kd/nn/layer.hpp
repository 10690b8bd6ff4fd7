// SPDX-License-Identifier: MIT
// What a layer is. A layer type (conv, relu, ...) holds two functions:
//   static constexpr layer_plan plan(shape input)         what it makes of an input, a plain value
//   static constexpr layer_operations<T> operations<T>()  its kernels, shared by all of its kind
// so a network is an array of plans and an array of kernels, and a new layer is one new header. A
// block of layers (residual) holds two other functions, see network.hpp.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <kd/nn/shape.hpp>

namespace kd::nn {

/// Why a network cannot be built, or a layer cannot follow the one before it.
enum class misfit {
  none,
  same_name,
  bad_input,
  bad_number,
  bad_groups,
  bad_rate,
  shapes_differ,
  misplaced_shortcut,
  needs_flatten,
  needs_image,
  window_too_large
};

/// The source of a layer without a second one. The network's input is -1.
inline constexpr int no_layer = -2;

/// One layer of a network, with everything its kernels need to know; the network sets the offsets.
struct layer_plan {
  std::string_view name{};  // empty: an objective cannot name this layer
  std::string_view kind{};  // "conv", "relu", ...
  shape input{};            // of one sample
  shape output{};
  misfit problem = misfit::none;
  int source = -1;       // the layer whose output it reads
  int other = no_layer;  // and adds, if it is a sum

  int kernel = 1;  // windows of conv and max_pool: square
  int stride = 1;
  int padding = 0;
  int groups = 1;          // of conv
  std::uint64_t drop = 0;  // of 2^32 numbers, by dropout

  bool view = false;              // writes nothing: its output is its input
  bool in_place = false;          // its backward may write the input's gradient over the output's
  bool rectifies = false;         // is a relu
  bool fuses_relu = false;        // can apply the relu before it while it reads
  bool rectified = false;         // does so
  bool lends_output = false;      // a relu behind it may change its output
  bool rectified_output = false;  // does so
  bool couples = false;           // a sample's output depends on the batch's statistics

  std::int64_t weights = 0;  // counts; the biases lie behind the weights
  std::int64_t biases = 0;
  bool scales = false;          // the weights are factors, which start at 1
  std::int64_t statistics = 0;  // running means, then variances
  int fan_in = 1;               // inputs of one output, outputs of one input
  int fan_out = 1;
  std::int64_t flops = 0;  // per sample, forward; a multiplication with its addition counts 2

  std::int64_t parameter_offset = 0;  // in the model's parameters
  std::int64_t partial_offset = 0;    // in one chunk's partial sums of gradients
  std::int64_t statistic_offset = 0;  // in the model's running statistics

  constexpr std::int64_t parameters() const { return weights + biases; }
  /// What a chunk of a batch measures: the number of values per channel, and two sums of each.
  constexpr std::int64_t sums() const { return 1 + statistics; }
};

/// The memory of one call of a kernel. Samples are row-major, images (height, width, channel).
template <class T>
struct layer_work {
  std::int64_t samples = 0;
  const T* parameters = nullptr;    // weights, then biases
  T* transposed = nullptr;          // the weights as backward reads them; transpose writes them
  const T* input = nullptr;         // (samples, input)
  const T* other = nullptr;         // the same, of a sum's second source
  T* output = nullptr;              // (samples, output)
  T* output_gradient = nullptr;     // (samples, output); backward may overwrite it
  T* input_gradient = nullptr;      // (samples, input)
  T* parameter_gradient = nullptr;  // weights, then biases
  T* scratch = nullptr;             // as many elements as the plan needs
  const std::int64_t* numbers = nullptr;  // of the samples in their set; null: not in training
  std::uint64_t key = 0;                  // of what is random in this layer
  T* statistics = nullptr;  // of the batch: means, inverse deviations, and two means of gradients
  double* sums = nullptr;   // of a chunk
};

/// What happens between two phases: the chunks' sums become statistics.
template <class T>
struct layer_totals {
  std::int64_t chunks = 0;
  std::int64_t stride = 0;  // from a chunk's sums to the next one's
  const double* sums = nullptr;
  bool training = false;  // whether the last forward was
  T* statistics = nullptr;
  T* running = nullptr;  // means, then variances
  T* parameter_gradient = nullptr;
};

/// The kernels of one kind of layer; null where there is nothing to do.
template <class T>
struct layer_operations {
  using kernel = void (*)(const layer_plan&, const layer_work<T>&);
  using block_kernel = void (*)(const layer_plan&, const layer_work<T>&, std::int64_t block);
  using total_kernel = void (*)(const layer_plan&, const layer_totals<T>&);
  using count = std::int64_t (*)(const layer_plan&);

  kernel forward = nullptr;
  kernel backward = nullptr;              // the input's gradient from the output's
  kernel add_gradient = nullptr;          // adds these samples' part to parameter_gradient
  block_kernel whole_gradient = nullptr;  // writes a block of it, over all samples
  block_kernel transpose = nullptr;       // writes a block of transposed
  count blocks = nullptr;                 // how many blocks the two above have
  count scratch = nullptr;                // elements of scratch memory per thread

  // Of layers that couple samples: what a chunk adds to its sums, and what is made of all of them.
  kernel measure = nullptr;                // of the input
  kernel measure_gradient = nullptr;       // of the output's gradient
  total_kernel settle = nullptr;           // statistics and running statistics
  total_kernel settle_gradient = nullptr;  // means of gradients, and the parameters' gradient
  total_kernel recall = nullptr;           // statistics from running ones
};

namespace detail {

/// Layers' memory has sizes of this kind, so that vectors do not straddle cache lines.
constexpr std::int64_t rounded_size(std::int64_t count) { return (count + 15) / 16 * 16; }

/// The number of places a window of the given size has along an axis.
constexpr int window_count(int extent, int size, int stride, int padding) {
  const int room = extent + 2 * padding - size;
  return room < 0 ? 0 : room / stride + 1;
}

/// The plan of a layer that moves a square window over an image.
constexpr layer_plan window_plan(shape input, int channels, int size, int stride, int padding) {
  layer_plan p{.input = input, .kernel = size, .stride = stride, .padding = padding};
  if (channels < 1 || size < 1 || stride < 1 || padding < 0 || padding >= size) {
    p.problem = misfit::bad_number;
    return p;
  }
  p.output = {channels, window_count(input.height, size, stride, padding),
              window_count(input.width, size, stride, padding), false};
  if (input.flat) p.problem = misfit::needs_image;
  else if (p.output.size() == 0) p.problem = misfit::window_too_large;
  return p;
}

}  // namespace detail

/// What a layer is called in files and tables: its name, or "layer3" for one without at place 3.
inline std::string layer_name(std::span<const layer_plan> layers, std::size_t place) {
  if (!layers[place].name.empty()) return std::string(layers[place].name);
  return "layer" + std::to_string(place);
}

}  // namespace kd::nn
