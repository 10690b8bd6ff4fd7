// SPDX-License-Identifier: MIT
// expect: kd: the network has no layer of this name
// expect: network_has<
// expect: 'c', 'o', 'n', 'v', '9'
// expect: 'c', 'o', 'n', 'v', '1'
#include <kd/kd.hpp>
#include <kd/nn.hpp>
#include <kd/train/on_networks.hpp>
using namespace kd::axes;
namespace nn = kd::nn;
using student_network =
    nn::network<nn::image<1, 8, 8>, nn::conv<"conv1", 4, 3>, nn::flatten, nn::linear<"logits", 10>>;

#ifdef KD_MISTAKE
constexpr auto f = kd::student<"conv9", batch, channel, height, width>;
#else
constexpr auto f = kd::student<"conv1", batch, channel, height, width>;
#endif
double mistake(nn::model<student_network>& student, const std::vector<int>& labels) {
  auto objective = kd::train::on_networks(kd::mean<batch, channel, height, width>(kd::square(f)));
  return objective(kd::at(0), student, kd::train::no_teacher{}, labels).value();
}
