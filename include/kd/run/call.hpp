// SPDX-License-Identifier: MIT
// What one call of a program knows at run time: extents, where every tensor lies, the scalars.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include <kd/graph/placement.hpp>
#include <kd/run/element.hpp>

namespace kd::detail {

/// A tensor in memory, with a stride per axis of the graph (0 along axes that it lacks).
struct memory_view {
  const void* data = nullptr;
  element type = element::none;
  bool accumulate = false;  // of a gradient: add to what is there
  std::int64_t stride[max_axes]{};
};

struct call {
  int axes = max_axes;  // that the graph has
  std::int64_t extent[max_axes]{};
  std::vector<memory_view> input, gradient, kept;
  std::vector<double> scalar;

  call() = default;
  /// With room for what a program has.
  explicit call(const program_table& p)
      : axes(p.g.axes),
        input(static_cast<std::size_t>(p.g.inputs)),
        gradient(input.size()),
        kept(static_cast<std::size_t>(p.kept)),
        scalar(static_cast<std::size_t>(p.scalars)) {}

  const memory_view& source(const memory& m) const {
    const auto k = static_cast<std::size_t>(m.number);
    return m.kind == memory::input ? input[k] : m.kind == memory::gradient ? gradient[k] : kept[k];
  }
  /// The memory behind a buffer of the program, with strides along the axes of the view.
  memory_view view(const memory& m) const {
    const memory_view& from = source(m);
    memory_view v{from.data, from.type, from.accumulate, {}};
    for (int axis = 0; axis < axes; ++axis)
      if (m.axis[axis] >= 0) v.stride[axis] = from.stride[m.axis[axis]];
    return v;
  }
  /// The number of positions along some axes.
  std::int64_t positions(axis_set along) const {
    std::int64_t n = 1;
    for (axis_set left = along; left != 0; left &= left - 1) n *= extent[std::countr_zero(left)];
    return n;
  }
};

/// A number that a call knows: an extent, or how a tensor's elements are rounded.
inline double number_of_call(const call& c, const node& n) {
  if (n.code == op::unit_roundoff) return unit_roundoff(c.input[n.payload].type);
  return static_cast<double>(c.positions(n.over));
}

/// Memory that only grows; contents are lost when it does.
class arena {
 public:
  arena() = default;
  arena(arena&&) noexcept = default;
  arena& operator=(arena&&) noexcept = default;
  arena(const arena& other) {
    if (other.storage_) std::memcpy(reserve(other.room()), other.first(), other.room());
  }

  /// At least `bytes` bytes, aligned to a cache line.
  std::byte* reserve(std::size_t bytes) {
    if (bytes + alignment > size_) {
      storage_.reset(new std::byte[bytes + alignment]);
      size_ = bytes + alignment;
    }
    return first();
  }
  std::size_t bytes() const { return size_; }
  /// Where a copy of this arena has what lies at an address; elsewhere, the address itself.
  const void* moved(const void* address, const arena& copy) const {
    const auto offset =
        reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(first());
    return storage_ && offset < room() ? copy.first() + offset : address;
  }

 private:
  static constexpr std::size_t alignment = 64;
  std::byte* first() const {
    const auto address = reinterpret_cast<std::uintptr_t>(storage_.get());
    return storage_.get() + (alignment - address % alignment) % alignment;
  }
  std::size_t room() const { return size_ - alignment; }
  std::unique_ptr<std::byte[]> storage_;
  std::size_t size_ = 0;
};

/// The axes of a set with their extents and strides, outermost first, walked as one index.
struct odometer {
  int rank = 0;
  int axis[max_axes];
  std::int64_t extent[max_axes];

  odometer(const call& c, axis_set axes) {
    for (axis_set left = axes; left != 0; left &= left - 1) {
      axis[rank] = std::countr_zero(left);
      extent[rank] = c.extent[axis[rank]];
      ++rank;
    }
  }
  /// The offset of position `index` in a tensor with these strides.
  std::int64_t offset(std::int64_t index, const std::int64_t* stride) const {
    if (rank == 1) return index * stride[axis[0]];
    std::int64_t at = 0;
    for (int k = rank - 1; k >= 0; --k) {
      at += index % extent[k] * stride[axis[k]];
      index /= extent[k];
    }
    return at;
  }
  /// Whether a tensor with these strides is contiguous along the positions.
  bool contiguous(const std::int64_t* stride) const {
    std::int64_t expected = 1;
    for (int k = rank - 1; k >= 0; --k) {
      if (extent[k] != 1 && stride[axis[k]] != expected) return false;
      expected *= extent[k];
    }
    return true;
  }
};

}  // namespace kd::detail
