// SPDX-License-Identifier: MIT
// Whether a network can read a set: asked once, before anything is computed.
#pragma once
#include <string>
#include <string_view>

#include <kd/error.hpp>
#include <kd/io/idx.hpp>
#include <kd/nn/network.hpp>

namespace kd::train {

namespace detail {

/// "28 x 28 with 1 channel": height, width, channels.
inline std::string text_of_extents(std::int64_t height, std::int64_t width, std::int64_t channels) {
  return std::to_string(height) + " x " + std::to_string(width) + " with " +
         std::to_string(channels) + (channels == 1 ? " channel" : " channels");
}
inline std::string text_of_input(const nn::shape& input) {
  return input.flat ? "rows of " + std::to_string(input.channels) + " features"
                    : "images of " + text_of_extents(input.height, input.width, input.channels);
}

/// Throws value_error unless the set has this sample.
inline void check_sample(std::int64_t sample, std::int64_t count) {
  if (sample < 0 || sample >= count)
    throw value_error("kd: sample " + std::to_string(sample) + " is not in a set of " +
                      std::to_string(count) + "; samples are counted from 0");
}

}  // namespace detail

/// Checks that a set holds as many pixels and labels as it says. Throws shape_error.
inline void check_set(const io::labelled_images& set) {
  const std::int64_t pixels = static_cast<std::int64_t>(set.pixels.size());
  const std::int64_t labels = static_cast<std::int64_t>(set.labels.size());
  if (pixels != set.count * set.height * set.width * set.channels || labels != set.count)
    throw shape_error("kd: the set holds " + std::to_string(pixels) + " pixels and " +
                      std::to_string(labels) + " labels, and should hold " +
                      std::to_string(set.count) + " images of " +
                      detail::text_of_extents(set.height, set.width, set.channels) +
                      "; fill it, or correct its count and extents");
}

/// Checks that a set has samples and that a network can read them: images of its extents, or as
/// many pixels as it has features. Throws shape_error or value_error.
inline void check_images(const io::labelled_images& set, const nn::shape& input) {
  check_set(set);
  if (set.count == 0)
    throw value_error("kd: the set holds no samples; there is nothing to train or test on");
  const bool fits = input.flat ? set.height * set.width * set.channels == input.channels
                               : set.height == input.height && set.width == input.width &&
                                     set.channels == input.channels;
  if (!fits)
    throw shape_error("kd: the set's images are " +
                      detail::text_of_extents(set.height, set.width, set.channels) +
                      ", and the network reads " + detail::text_of_input(input) +
                      "; resize the images or change the network's input");
}

template <class Network>
void check_images(const io::labelled_images& set) {
  check_images(set, Network::input);
}

/// Checks that each label is below the number of features of a network's layer. Throws value_error.
inline void check_labels(const io::labelled_images& set, int classes,
                         std::string_view layer = "logits") {
  for (std::size_t i = 0; i < set.labels.size(); ++i)
    if (set.labels[i] < 0 || set.labels[i] >= classes)
      throw value_error("kd: the set's label " + std::to_string(set.labels[i]) + " of sample " +
                        std::to_string(i) + " names no class: layer '" + std::string(layer) +
                        "' has " + std::to_string(classes) + ", so labels are 0 to " +
                        std::to_string(classes - 1));
}

template <class Network, fixed_string Layer = "logits">
void check_labels(const io::labelled_images& set) {
  check_labels(set, Network::template output_shape<Layer>().channels, Layer.view());
}

}  // namespace kd::train
