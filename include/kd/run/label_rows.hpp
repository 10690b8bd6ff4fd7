// SPDX-License-Identifier: MIT
// Rows that labels make: picked from where each label says, or added up there, position after
// position of the labels, so that a sum has the same bits whoever makes it. Such a row costs as
// many steps as it has labels: one that is added up is cleared at these classes only, once it was
// read.
#pragma once
#include <kd/graph/program.hpp>
#include <kd/run/copy_row.hpp>

namespace kd::detail {

/// The label of each position of some axes, and what lies at that position in another tensor.
struct labelled {
  const memory_view& labels;
  std::int64_t first;  // offset of the row's labels
  const odometer& positions;
  std::int64_t count, classes;

  /// Calls visit(position, label) for labels that name a class.
  template <class Visit>
  void each(Visit visit) const {
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t label = label_at(labels, first + positions.offset(i, labels.stride));
      if (label >= 0 && label < classes) visit(i, label);
    }
  }
};

/// to[i * step] = x at the class of label i of the row, 0 where it names none.
template <class T>
KD_NOINLINE void pick_row(T* to, std::int64_t step, const labelled& row, const memory_view& x,
                          std::int64_t offset, int axis) {
  for (std::int64_t i = 0; i < row.count; ++i) to[i * step] = 0;
  row.each([&](std::int64_t i, std::int64_t label) {
    const std::int64_t at = row.positions.offset(i, x.stride) + label * x.stride[axis];
    to[i * step] = number_at<T>(x, offset + at);
  });
}

/// to[class * step] += x at each label that names the class.
template <class T>
KD_NOINLINE void add_row(T* to, std::int64_t step, const labelled& row, const memory_view& x,
                         std::int64_t offset) {
  row.each([&](std::int64_t i, std::int64_t label) {
    to[label * step] += number_at<T>(x, offset + row.positions.offset(i, x.stride));
  });
}
/// to[class * step] += 1 for each label that names the class.
template <class T>
KD_NOINLINE void count_row(T* to, std::int64_t step, const labelled& row) {
  row.each([&](std::int64_t, std::int64_t label) { to[label * step] += T(1); });
}
/// to[class * step] = 0 for each class that a label names.
template <class T>
KD_NOINLINE void clear_row(T* to, std::int64_t step, const labelled& row) {
  row.each([&](std::int64_t, std::int64_t label) { to[label * step] = T(0); });
}

}  // namespace kd::detail
