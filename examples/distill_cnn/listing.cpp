// SPDX-License-Identifier: MIT
#include "listing.hpp"

#include <cstdio>

#include <kd/schedule/kinds.hpp>

#include "catalogue.hpp"
#include "networks.hpp"

namespace example {

void list(const options& o) {
  const kd::nn::data_extents fashion{{1, 28, 28}, 10};
  const auto show = [](const std::string& who, const kd::nn::any_model<>& m) {
    std::printf("%s\n%s\n", who.c_str(), kd::nn::summary(m).c_str());
  };
  show("teacher " + o.teacher_kind, make_teacher(o.teacher_kind, 0, fashion));
  show("student " + o.student_kind, make_student(o.student_kind, 0, fashion));
  std::printf("losses, with the values of options that are not given\n");
  for (const loss& l : catalogue()) std::printf("  %s\n", signature(l).c_str());
  std::printf(
      "\nschedules of the training's progress, which weights and options may be in place of "
      "numbers\n");
  for (const kd::detail::schedule_kind* kind : kd::detail::schedule_kinds)
    std::printf("  %s\n", kd::detail::signature(*kind).c_str());
  std::printf("\nas in  --objective \"0.9*soft_targets(T=cosine(8,2)) + linear(5,0)*hint(%s)\"\n",
              o.teacher_kind == "resnet" && o.student_kind == "mobile" ? "block3" : "conv2");
}

}  // namespace example
