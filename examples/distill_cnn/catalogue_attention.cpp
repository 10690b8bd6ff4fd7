// SPDX-License-Identifier: MIT
// Attention transfer:  L = mean over batch and positions of (a_s - a_t)^2,
//   a = mean over channels of the map's squares, divided by its norm over the positions
// Zagoruyko, Komodakis. Paying More Attention to Attention. ICLR 2017. arXiv:1612.03928, equation 2
// with p = 2, as a mean of squares like the authors' code. Of maps of two sizes the larger is
// pooled.
#include "feature_maps.hpp"

namespace example {
namespace {

using namespace kd::axes;

template <pooling Pooling>
auto attention_transfer(const kd::schedule& weight) {
  const auto of_student = kd::mean<channel>(kd::square(pooled_student<Pooling>()));
  const auto of_teacher = kd::mean<teacher_channel>(kd::square(pooled_teacher<Pooling>()));
  const auto loss = [&] {
    if constexpr (Pooling == pooling::student)
      return kd::mean<batch, teacher_height, teacher_width>(
          kd::square(kd::normalize<teacher_height, teacher_width>(of_student) -
                     kd::normalize<teacher_height, teacher_width>(of_teacher)));
    else
      return kd::mean<batch, height, width>(kd::square(kd::normalize<height, width>(of_student) -
                                                       kd::normalize<height, width>(of_teacher)));
  };
  return weight * kd::named<"attention_transfer">(loss());
}

template <pooling Pooling>
class attention_term final : public term {
 public:
  explicit attention_term(const kd::schedule& weight)
      : program_(kd::compile(attention_transfer<Pooling>(weight))) {}

  term_value operator()(const term_inputs& in) override {
    constexpr auto ft = teacher_map<Pooling>();
    const auto student = as_images(in.student), teacher = as_images(in.teacher);
    auto to = as_images(in.gradient);
    const auto& result = program_(kd::at(in.progress), student_map = student, ft = teacher,
                                  kd::gradient(student_map) += to);
    return {result.template term<"attention_transfer">(), result.value()};
  }

 private:
  decltype(kd::compile(attention_transfer<Pooling>(1))) program_;
};

}  // namespace

std::vector<loss> attention_losses() {
  return {{"attention_transfer", true, true, {}, [](const term_settings& s, const term_shapes& l) {
             return with_pooling(l, [&](auto pooled) -> std::unique_ptr<term> {
               return std::make_unique<attention_term<decltype(pooled)::value>>(s.weight);
             });
           }}};
}

}  // namespace example
