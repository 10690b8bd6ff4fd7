// SPDX-License-Identifier: MIT
// Hints:  L = mean of (W f_s - f_t)^2,  W a 1 x 1 convolution that is learnt
// Romero et al. FitNets: Hints for Thin Deep Nets. ICLR 2015. arXiv:1412.6550, equation 3, as a
// mean and not half the sum. Of maps of two sizes the larger is pooled; the paper's regressor is a
// convolution wide enough to lose the difference.
#include <cmath>

#include <kd/nn/random.hpp>
#include "feature_maps.hpp"

namespace example {
namespace {

using namespace kd::axes;
constexpr auto W = kd::learnable<"projection", teacher_channel, channel>;

// Maps of one size are one matrix, a row for each position.
constexpr auto student_rows = kd::student<"map", space, channel>;
constexpr auto teacher_rows = kd::teacher<"map", space, teacher_channel>;

template <pooling Pooling>
auto hint(const kd::schedule& weight) {
  if constexpr (Pooling == pooling::none) {
    const auto projected = kd::dot<channel>(student_rows, W);  // (space, teacher_channel)
    const auto square = kd::square(projected - teacher_rows);
    return weight * kd::named<"hint">(kd::mean<space, teacher_channel>(square));
  } else {
    const auto projected = kd::dot<channel>(pooled_student<Pooling>(), W);
    const auto square = kd::square(projected - pooled_teacher<Pooling>());
    if constexpr (Pooling == pooling::student)
      return weight * kd::named<"hint">(
                          kd::mean<batch, teacher_height, teacher_width, teacher_channel>(square));
    else return weight * kd::named<"hint">(kd::mean<batch, height, width, teacher_channel>(square));
  }
}

template <pooling Pooling>
class hint_term final : public term {
 public:
  hint_term(const kd::schedule& weight, std::int64_t channels, std::int64_t teacher_channels)
      : program_(kd::compile(hint<Pooling>(weight))), rows_(teacher_channels), columns_(channels) {}

  std::int64_t parameter_count() const override { return rows_ * columns_; }

  void initialise(std::span<float> parameters, std::uint64_t seed) const override {
    const double scale = 1 / std::sqrt(static_cast<double>(columns_));
    for (std::size_t i = 0; i < parameters.size(); ++i)
      parameters[i] = static_cast<float>(scale * (2 * kd::nn::random_uniform(seed, 0, i) - 1));
  }

  term_value operator()(const term_inputs& in) override {
    const auto projection = kd::tensor(in.parameters.data(), {rows_, columns_});
    auto to_projection = kd::tensor(in.parameter_gradients.data(), {rows_, columns_});
    const auto& result = run(in, projection, to_projection);
    return {result.template term<"hint">(), result.value()};
  }

 private:
  decltype(kd::compile(hint<Pooling>(1))) program_;
  std::int64_t rows_, columns_;

  const auto& run(const term_inputs& in, const kd::tensor_view<const float>& projection,
                  kd::tensor_view<float>& to_projection) {
    const auto at = kd::at(in.progress);
    if constexpr (Pooling == pooling::none) {
      const auto student = as_positions(in.student), teacher = as_positions(in.teacher);
      auto to = as_positions(in.gradient);
      return program_(at, student_rows = student, teacher_rows = teacher, W = projection,
                      kd::gradient(student_rows) += to, kd::gradient(W) = to_projection);
    } else {
      constexpr auto ft = teacher_map<Pooling>();
      const auto student = as_images(in.student), teacher = as_images(in.teacher);
      auto to = as_images(in.gradient);
      return program_(at, student_map = student, ft = teacher, W = projection,
                      kd::gradient(student_map) += to, kd::gradient(W) = to_projection);
    }
  }
};

}  // namespace

std::vector<loss> hint_losses() {
  return {{"hint", true, true, {}, [](const term_settings& s, const term_shapes& l) {
             return with_pooling(l, [&](auto pooled) -> std::unique_ptr<term> {
               return std::make_unique<hint_term<decltype(pooled)::value>>(
                   s.weight, l.student.channels, l.teacher.channels);
             });
           }}};
}

}  // namespace example
