// SPDX-License-Identifier: MIT
// Whether two tensors share a byte, decided exactly for any strides: blocks of one matrix lie
// between each other's rows and share none.
#pragma once
#include <algorithm>
#include <cstdint>

#include <kd/run/call.hpp>

namespace kd::detail {

constexpr axis_set axes_of(const input_info& input) {
  axis_set axes = 0;
  for (int a = 0; a < input.rank; ++a) axes |= single(input.axis[a]);
  return axes;
}

/// The bytes of a tensor: its lowest element, and steps up from there.
class region {
 public:
  struct step {
    std::int64_t stride = 0, most = 0;  // in bytes, above 0; the largest index
  };

  KD_NOINLINE region(const memory_view& m, const std::int64_t* extent, axis_set axes) {
    const std::int64_t size = visit_element(
        m.type, m.data, [](auto* data) { return static_cast<std::int64_t>(sizeof(*data)); });
    begin_ = reinterpret_cast<std::intptr_t>(m.data);
    bytes_ = size;
    for (int axis = 0; axis < max_axes; ++axis) {
      if (!contains(axes, single(axis))) continue;
      if (extent[axis] == 0) bytes_ = 0;
      const std::int64_t stride = m.stride[axis] * size, most = extent[axis] - 1;
      if (stride == 0 || most < 1) continue;
      if (stride < 0) begin_ += stride * most;
      add({stride < 0 ? -stride : stride, most});
    }
  }

  /// Whether it shares a byte with another.
  KD_NOINLINE bool meets(const region& other) const {
    if (bytes_ == 0 || other.bytes_ == 0) return false;
    if (end() <= other.begin_ || other.end() <= begin_) return false;
    region both = *this;  // the distance of two elements is a sum of steps of both
    for (int i = 0; i < other.steps_; ++i) both.add(other.step_[i]);
    const std::int64_t apart = other.end() - other.bytes_ - begin_;
    return both.reaches(apart - bytes_ + 1, apart + other.bytes_ - 1);
  }

  /// Whether two of its own elements share a byte.
  bool meets_itself() const {
    std::int64_t below = bytes_;  // what smaller steps cover
    bool nested = true;
    for (int i = steps_ - 1; i >= 0; --i) {
      nested = nested && step_[i].stride >= below;
      below += step_[i].stride * step_[i].most;
    }
    if (bytes_ == 0) return false;
    if (repeats_) return true;
    if (nested) return false;
    // Two elements differ by steps of -most to most; the first that is not 0 may be positive.
    for (int first = 0; first < steps_; ++first) {
      region apart = *this;
      std::int64_t shift = -step_[first].stride;
      apart.steps_ = 0;
      apart.add({step_[first].stride, step_[first].most - 1});
      for (int i = first + 1; i < steps_; ++i) {
        apart.add({step_[i].stride, 2 * step_[i].most});
        shift += step_[i].stride * step_[i].most;
      }
      if (apart.reaches(shift - bytes_ + 1, shift + bytes_ - 1)) return true;
    }
    return false;
  }

 private:
  std::intptr_t begin_ = 0;
  std::int64_t bytes_ = 0;  // of an element; 0 if there is none
  bool repeats_ = false;    // two of its axes have the same stride
  int steps_ = 0;
  step step_[2 * max_axes]{};  // largest stride first, each stride once

  std::intptr_t end() const {
    std::intptr_t last = begin_ + bytes_;
    for (int i = 0; i < steps_; ++i) last += step_[i].stride * step_[i].most;
    return last;
  }

  void add(step s) {
    int at = 0;
    while (at < steps_ && step_[at].stride > s.stride) ++at;
    if (at < steps_ && step_[at].stride == s.stride) {
      step_[at].most += s.most;
      repeats_ = true;
      return;
    }
    for (int i = steps_++; i > at; --i) step_[i] = step_[i - 1];
    step_[at] = s;
  }

  /// Whether some sum of steps lies in [low, high].
  bool reaches(std::int64_t low, std::int64_t high) const {
    std::int64_t rest[2 * max_axes + 1]{};  // the largest sum of the steps from i on
    for (int i = steps_ - 1; i >= 0; --i) rest[i] = rest[i + 1] + step_[i].stride * step_[i].most;
    int tries = 10000;  // strides that nest need a few; where it takes more, the answer is yes
    return reaches(0, low, high, rest, tries);
  }
  bool reaches(int i, std::int64_t low, std::int64_t high, const std::int64_t* rest,
               int& tries) const {
    if (high < 0 || low > rest[i]) return false;
    if (low <= 0 || --tries <= 0) return true;
    const auto [stride, most] = step_[i];
    const std::int64_t below = low - rest[i + 1];
    const std::int64_t first = below <= 0 ? 0 : (below + stride - 1) / stride;
    const std::int64_t last = std::min(most, high / stride);
    for (std::int64_t k = last; k >= first; --k)
      if (reaches(i + 1, low - k * stride, high - k * stride, rest, tries)) return true;
    return false;
  }
};

}  // namespace kd::detail
