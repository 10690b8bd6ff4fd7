// SPDX-License-Identifier: MIT
// A loss of one's own needs no gradient: attention transfer, on feature maps of raw memory.
// Zagoruyko, Komodakis. Paying More Attention to Attention. ICLR 2017.
// arXiv:1612.03928, equation 2.
#include <iostream>
#include <vector>

#include <kd/kd.hpp>
using namespace kd::axes;

constexpr auto fs = kd::student<"conv2", batch, channel, height, width>;
constexpr auto ft = kd::teacher<"conv2", batch, teacher_channel, height, width>;  // other channels

int main() {
  const auto map_s = kd::normalize<height, width>(kd::mean<channel>(kd::square(fs)));
  const auto map_t = kd::normalize<height, width>(kd::mean<teacher_channel>(kd::square(ft)));
  const auto objective = kd::mean<batch, height, width>(kd::square(map_s - map_t));

  std::vector<float> student(2 * 3 * 4 * 4), teacher(2 * 8 * 4 * 4);
  for (std::size_t i = 0; i < student.size(); ++i) student[i] = static_cast<float>(i % 7) - 3;
  for (std::size_t i = 0; i < teacher.size(); ++i) teacher[i] = static_cast<float>(i % 5) - 2;

  const auto step = kd::evaluate(objective, fs = kd::tensor(student.data(), {2, 3, 4, 4}),
                                 ft = kd::tensor(teacher.data(), {2, 8, 4, 4}));
  std::cout << "value " << step.value() << ", gradient at the first element "
            << step.gradient(fs).data[0] << "\n\n"
            << kd::explain(objective);
}
