// SPDX-License-Identifier: MIT
// Rows that labels make: picked from where each label says, or added up there, position after
// position of the labels and in double, so that a sum keeps its digits and has the same bits
// whoever makes it. Such a row costs as many steps as it has labels: one that is added up is
// cleared at these classes only, once it was read.
#pragma once
#include <utility>

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

/// to[class * step] = sums[class] for each class that a label names; both are 0 elsewhere, and so
/// are the sums afterwards.
template <class T>
void round_row(T* to, std::int64_t step, const labelled& row, double* sums) {
  if (row.count >= row.classes) {  // no more steps than labels
    for (std::int64_t k = 0; k < row.classes; ++k)
      to[k * step] += static_cast<T>(std::exchange(sums[k], 0.0));
    return;
  }
  row.each([&](std::int64_t, std::int64_t label) {  // 0 is left for a label that comes again
    to[label * step] += static_cast<T>(std::exchange(sums[label], 0.0));
  });
}
/// to[class * step] = the sum of x at each label that names the class.
template <class T>
KD_NOINLINE void add_row(T* to, std::int64_t step, const labelled& row, const memory_view& x,
                         std::int64_t offset, double* sums) {
  row.each([&](std::int64_t i, std::int64_t label) {
    sums[label] += static_cast<double>(number_at<T>(x, offset + row.positions.offset(i, x.stride)));
  });
  round_row(to, step, row, sums);
}
/// to[class * step] = the number of labels that name the class.
template <class T>
KD_NOINLINE void count_row(T* to, std::int64_t step, const labelled& row, double* sums) {
  row.each([&](std::int64_t, std::int64_t label) { ++sums[label]; });
  round_row(to, step, row, sums);
}
/// to[class * step] = 0 for each class that a label names.
template <class T>
KD_NOINLINE void clear_row(T* to, std::int64_t step, const labelled& row) {
  if (row.count >= row.classes) {
    for (std::int64_t k = 0; k < row.classes; ++k) to[k * step] = T(0);
    return;
  }
  row.each([&](std::int64_t, std::int64_t label) { to[label * step] = T(0); });
}

}  // namespace kd::detail
