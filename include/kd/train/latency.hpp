// SPDX-License-Identifier: MIT
// What a model costs: the time for one image, and the memory of its parameters.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <kd/error.hpp>
#include <kd/train/check_set.hpp>

namespace kd::train {

struct latency_options {
  int warm_up = 20;    // images that are not timed; 0 or more
  int repeats = 200;   // images that are; 1 or more
  double seconds = 2;  // no further image is begun after this long, but 5 are timed in any case
};

namespace detail {
/// The middle of the values; of an even number the mean of the two in the middle.
inline double median(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(middle);
  std::nth_element(values.begin(), at, values.end());
  const double upper = *at;
  return values.size() % 2 == 1 ? upper : (*std::max_element(values.begin(), at) + upper) / 2;
}
}  // namespace detail

/// The median time in microseconds for an image alone (a batch of 1), on kd::threads() threads, of
/// images of the set in turn. Throws shape_error if the network cannot read the set, value_error
/// for an empty set or options out of range.
template <class Model>
double latency(Model& model, const io::labelled_images& set, const latency_options& options = {}) {
  using clock = std::chrono::steady_clock;
  check_images(set, model.input());
  if (options.warm_up < 0 || options.repeats < 1 || !(options.seconds >= 0))
    throw value_error("kd: latency was given a warm-up of " + std::to_string(options.warm_up) +
                      " and " + std::to_string(options.repeats) +
                      " repeats; it needs 0 or more, 1 or more, and seconds of 0 or more");
  const std::int64_t pixels = set.height * set.width * set.channels;
  const auto run = [&](std::int64_t i) {
    model.forward(set.pixels.data() + i % set.count * pixels, 1);
  };
  for (std::int64_t i = 0; i < options.warm_up; ++i) run(i);
  std::vector<double> microseconds;
  const auto start = clock::now();
  const auto spent = [&] { return std::chrono::duration<double>(clock::now() - start).count(); };
  for (std::int64_t i = 0; i < options.repeats && (i < 5 || spent() < options.seconds); ++i) {
    const auto begin = clock::now();
    run(i);
    microseconds.push_back(std::chrono::duration<double, std::micro>(clock::now() - begin).count());
  }
  return detail::median(std::move(microseconds));
}

/// The memory of a model's parameters as it computes with them.
template <class Model>
std::int64_t parameter_bytes(const Model& model) {
  return static_cast<std::int64_t>(model.parameters().size_bytes());
}

}  // namespace kd::train
