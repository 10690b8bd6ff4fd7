// SPDX-License-Identifier: MIT
// A number of 64 bits by which another model or another set is noticed: made for mistakes, not for
// attacks.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <kd/io/idx.hpp>
#include <kd/nn/layer.hpp>
#include <kd/train/checkpoint.hpp>

namespace kd::train {

class fingerprint {
 public:
  /// Adds bytes and their number.
  void add(std::span<const std::byte> bytes) {
    add(bytes.size());
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(8, bytes.size()))) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data(), std::min<std::size_t>(8, bytes.size()));
      add(word);
    }
  }
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
  void add(std::uint64_t word) {  // each step can be undone, so two that differ stay apart
    sum_ = (sum_ ^ word) * 0x9e3779b97f4a7c15u;
    sum_ ^= sum_ >> 32;
  }

  /// 16 hexadecimal digits.
  std::string text() const {
    constexpr char digits[] = "0123456789abcdef";
    std::string all;
    for (int shift = 60; shift >= 0; shift -= 4) all += digits[sum_ >> shift & 15];
    return all;
  }

 private:
  std::uint64_t sum_ = 0x6b6421;
};

/// Of a set's images; labels are left out.
inline fingerprint fingerprint_of(const io::labelled_images& set) {
  fingerprint all;
  for (const std::int64_t extent : {set.count, set.height, set.width, set.channels})
    all.add(static_cast<std::uint64_t>(extent));
  all.add(std::as_bytes(std::span(set.pixels)));
  return all;
}

/// Of a model: its state, and where it has layers what they are.
template <State Model>
fingerprint fingerprint_of(Model& model) {
  fingerprint all;
  if constexpr (requires { model.layers(); })
    for (const nn::layer_plan& p : model.layers()) {
      all.add(p.kind);
      for (const int number : {p.source, p.other, p.kernel, p.stride, p.padding, p.groups})
        all.add(static_cast<std::uint64_t>(number));
      all.add(static_cast<std::uint64_t>(p.output.size()));
    }
  for (const detail::state_array& array : detail::collect(model)) {
    all.add(array.name);
    all.add(std::span<const std::byte>(array.bytes));
  }
  return all;
}

}  // namespace kd::train
