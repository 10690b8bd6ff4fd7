// SPDX-License-Identifier: MIT
// expect: kd: the objective is too large for one program: which limit it exceeds, how many of it a program holds, and about how many more it takes
#include <kd/kd.hpp>
using namespace kd::axes;
constexpr auto zs = kd::student<"logits", batch, classes>;

template <int... Part>
constexpr auto parts(std::integer_sequence<int, Part...>) {
  return (kd::named<"part">(kd::mean<batch, classes>(kd::constant_of<Part> * zs)) + ...);
}

double mistake(const Eigen::MatrixXf& S) {
#ifdef KD_MISTAKE
  auto program = kd::compile(parts(std::make_integer_sequence<int, 65>{}));
#else
  auto program = kd::compile(parts(std::make_integer_sequence<int, 64>{}));
#endif
  return program(zs = S).value();
}
