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
    std::printf("%s\n%sAn objective may name: %s\n\n", who.c_str(), kd::nn::summary(m).c_str(),
                names_of(m).c_str());
  };
  show("Teacher " + o.teacher_kind, make_teacher(o.teacher_kind, 0, fashion));
  show("Student " + o.student_kind, make_student(o.student_kind, 0, fashion));
  std::printf("Losses, with the values of options that are not given\n");
  for (const loss& l : catalogue())
    std::printf("  %s\n      %.*s\n", signature(l).c_str(), static_cast<int>(words_of(l).size()),
                words_of(l).data());
  std::printf(
      "p_s, p_t: softmax of logits / T (temperature) of student and teacher; maps: a layer of both "
      "networks,\nor one of each. A layer is what it makes before any relu behind it. Means over "
      "the "
      "batch, and over maps.\n\nSchedules of the training's progress, which weights and options "
      "may be in place of numbers\n");
  for (const kd::detail::schedule_kind* kind : kd::detail::schedule_kinds)
    std::printf("  %s\n", kd::detail::signature(*kind).c_str());
  std::printf(
      "\nAs in  --objective \"soft_targets(T=cosine(8,2)) + linear(1,0)*hint(%s)\"\n"
      "Weights of maps' losses are found by trying: the report shows what each term comes to.\n",
      o.teacher_kind == "resnet" && o.student_kind == "mobile" ? "block3" : "conv2");
}

}  // namespace example
