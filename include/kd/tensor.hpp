// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <initializer_list>

#include <kd/error.hpp>

namespace kd {

/// The largest number of axes a bound tensor may have.
inline constexpr int max_rank = 8;

/// A strided view of memory that someone else owns: pointer, extents and strides (in elements, any
/// sign, may be 0).
template <class T>
struct tensor_view {
  T* data = nullptr;
  int rank = 0;
  std::int64_t extents[max_rank]{};
  std::int64_t strides[max_rank]{};
};

/// A view of raw memory with the given extents and strides, outermost axis first; without strides,
/// row-major.
/// Throws shape_error if there are more than max_rank axes or the lists differ in length.
template <class T>
constexpr tensor_view<T> tensor(T* data, std::initializer_list<std::int64_t> extents,
                                std::initializer_list<std::int64_t> strides = {}) {
  if (extents.size() > max_rank) throw shape_error("kd: a tensor may have at most 8 axes");
  if (strides.size() != 0 && strides.size() != extents.size())
    throw shape_error("kd: kd::tensor needs as many strides as extents");
  tensor_view<T> view{data, static_cast<int>(extents.size()), {}, {}};
  int axis = 0;
  for (std::int64_t extent : extents) view.extents[axis++] = extent;
  axis = 0;
  for (std::int64_t stride : strides) view.strides[axis++] = stride;
  if (strides.size() == 0)
    for (std::int64_t stride = 1, i = view.rank - 1; i >= 0; --i) {
      view.strides[i] = stride;
      stride *= view.extents[i];
    }
  return view;
}

}  // namespace kd
