// SPDX-License-Identifier: MIT
#include "networks.hpp"

namespace example {

kd::nn::any_model<> make_teacher(const std::string& kind, std::uint64_t seed,
                                 const nn::data_extents& data) {
  if (kind == "resnet") return kd::nn::any_model<>::of<resnet_teacher>(seed, data);
  return kd::nn::any_model<>::of<teacher_network>(seed, data);
}

kd::nn::any_model<> make_student(const std::string& kind, std::uint64_t seed,
                                 const nn::data_extents& data) {
  if (kind == "mobile") return kd::nn::any_model<>::of<mobile_student>(seed, data);
  return kd::nn::any_model<>::of<student_network>(seed, data);
}

std::string names_of(const kd::nn::any_model<>& network) {
  std::string names;
  for (const kd::nn::layer_plan& p : network.layers())
    if (!p.name.empty()) names.append(names.empty() ? "" : ", ").append(p.name);
  return names;
}

}  // namespace example
