// SPDX-License-Identifier: MIT
// Views of a layer's output, whose channels lie innermost in memory, for the losses of features.
// Flat layers, (batch, feature), are maps of one position.
#pragma once
#include <string>

#include <kd/error.hpp>
#include <kd/nn/shape.hpp>
#include <kd/tensor.hpp>

namespace example {

/// How the maps of two layers come to one size: the larger is pooled.
enum class pooling { none, student, teacher };

/// Extents of a batch of maps, and their memory, which is (batch, height, width, channel).
template <class T>
struct layer_map {
  T* data;
  std::int64_t batch, height, width, channels;
};

/// Throws shape_error for a view whose memory is not (batch, height, width, channel).
template <class T>
layer_map<T> map_of(const kd::tensor_view<T>& v) {
  const bool flat = v.rank == 2;
  const layer_map<T> m{v.data, v.extents[0], flat ? 1 : v.extents[2], flat ? 1 : v.extents[3],
                       v.extents[1]};
  const std::int64_t row = m.width * m.channels, image = m.height * row;
  const bool dense =
      flat ? v.strides[1] == 1
           : v.rank == 4 && v.strides[1] == 1 && v.strides[2] == row && v.strides[3] == m.channels;
  if (!dense || v.strides[0] != image)
    throw kd::shape_error("kd: a layer's output must be dense, with channels innermost");
  return m;
}

/// Axes (position of the batch, channel).
template <class T>
kd::tensor_view<T> as_positions(const kd::tensor_view<T>& v) {
  const layer_map<T> m = map_of(v);
  return kd::tensor(m.data, {m.batch * m.height * m.width, m.channels});
}
/// Axes (batch, feature).
template <class T>
kd::tensor_view<T> as_features(const kd::tensor_view<T>& v) {
  const layer_map<T> m = map_of(v);
  return kd::tensor(m.data, {m.batch, m.height * m.width * m.channels});
}
/// Axes (batch, height, width, channel).
template <class T>
kd::tensor_view<T> as_images(const kd::tensor_view<T>& v) {
  const layer_map<T> m = map_of(v);
  return kd::tensor(m.data, {m.batch, m.height, m.width, m.channels});
}

/// Which of two layers is pooled. Throws shape_error if each is larger along one side.
inline pooling pooling_of(const kd::nn::shape& student, const kd::nn::shape& teacher) {
  const auto height = [](const kd::nn::shape& s) { return s.flat ? 1 : s.height; };
  const auto width = [](const kd::nn::shape& s) { return s.flat ? 1 : s.width; };
  const bool student_larger = height(student) > height(teacher) || width(student) > width(teacher);
  const bool teacher_larger = height(student) < height(teacher) || width(student) < width(teacher);
  if (student_larger && teacher_larger)
    throw kd::shape_error(
        "kd: the student's map is " + std::to_string(height(student)) + " x " +
        std::to_string(width(student)) + " and the teacher's " + std::to_string(height(teacher)) +
        " x " + std::to_string(width(teacher)) +
        "; one of them must be at least as large as the other both ways, and is pooled to it");
  return student_larger ? pooling::student : teacher_larger ? pooling::teacher : pooling::none;
}

}  // namespace example
