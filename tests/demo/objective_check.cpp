// SPDX-License-Identifier: MIT
#include "objective_check.hpp"

#include <cmath>

#include <kd/nn.hpp>

namespace objective_check {

namespace nn = kd::nn;

using student_network = nn::network<nn::image<1, 6, 8>, nn::conv<"conv1", 3, 3>, nn::relu,
                                    nn::max_pool<2>, nn::conv<"conv2", 2, 3>, nn::relu, nn::flatten,
                                    nn::linear<"hidden", 5>, nn::relu, nn::linear<"logits", 4>>;
using teacher_network = nn::network<nn::image<1, 6, 8>, nn::conv<"conv1", 4, 3>, nn::relu,
                                    nn::max_pool<2>, nn::conv<"conv2", 5, 3>, nn::relu, nn::flatten,
                                    nn::linear<"hidden", 7>, nn::relu, nn::linear<"logits", 4>>;

models::models()
    : student(kd::nn::any_model<float>::of<student_network>(1)),
      teacher(kd::nn::any_model<float>::of<teacher_network>(2)) {
  for (std::int64_t i = 0; i < samples * 48; ++i)
    images.push_back(static_cast<float>(std::sin(0.37 * static_cast<double>(i * i % 101))));
  for (std::int64_t i = 0; i < samples; ++i) labels.push_back(static_cast<int>(i * i % 4));
  forward();
}

void check_close(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  const double size = kd::test::largest_of(expected.data(), expected.size());
  CHECK(size > 0);
  CHECK(kd::test::largest_difference(got.data(), expected.data(), got.size()) < 2e-5 * size);
}

outcome run(example::objective& o, models& m, double progress, std::string_view layer) {
  const double value = o(progress, m.student, m.teacher, m.labels);
  return {value, numbers(m.student.output_gradient(layer))};
}

}  // namespace objective_check
