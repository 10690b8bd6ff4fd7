// SPDX-License-Identifier: MIT
// Maps of a layer in kd's language, brought to one size.
#pragma once
#include <kd/kd.hpp>
#include "catalogue.hpp"
#include "layer_views.hpp"

namespace example {

inline constexpr struct teacher_height : kd::axis<"teacher_height"> {
} teacher_height;
inline constexpr struct teacher_width : kd::axis<"teacher_width"> {
} teacher_width;

inline constexpr auto student_map =
    kd::student<"map", kd::axes::batch, kd::axes::height, kd::axes::width, kd::axes::channel>;
/// The teacher's map: with the student's height and width, or with its own.
template <pooling Pooling>
constexpr auto teacher_map() {
  using namespace kd::axes;
  if constexpr (Pooling == pooling::none)
    return kd::teacher<"map", batch, height, width, teacher_channel>;
  else return kd::teacher<"map", batch, teacher_height, teacher_width, teacher_channel>;
}

/// The student's map, (batch, height, width, channel); pooled, with the teacher's height and width.
template <pooling Pooling>
auto pooled_student() {
  using namespace kd::axes;
  if constexpr (Pooling == pooling::student)
    return kd::adaptive_average_pool<width, teacher_width>(
        kd::adaptive_average_pool<height, teacher_height>(student_map));
  else return student_map;
}
/// The teacher's map, in the size that the student's has here.
template <pooling Pooling>
auto pooled_teacher() {
  using namespace kd::axes;
  if constexpr (Pooling == pooling::teacher)
    return kd::adaptive_average_pool<teacher_width, width>(
        kd::adaptive_average_pool<teacher_height, height>(teacher_map<Pooling>()));
  else return teacher_map<Pooling>();
}

/// Calls make with the pooling that two layers need, known while compiling.
template <class Make>
auto with_pooling(const term_shapes& shapes, const Make& make) {
  switch (pooling_of(shapes.student, shapes.teacher)) {
    case pooling::student: return make(std::integral_constant<pooling, pooling::student>{});
    case pooling::teacher: return make(std::integral_constant<pooling, pooling::teacher>{});
    default: return make(std::integral_constant<pooling, pooling::none>{});
  }
}

}  // namespace example
