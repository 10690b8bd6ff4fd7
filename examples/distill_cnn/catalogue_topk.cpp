// SPDX-License-Identifier: MIT
// The teacher's k most likely classes, and all others as one.
#include <algorithm>
#include <limits>
#include <numeric>

#include "label_loss.hpp"

namespace example {
namespace {

using namespace kd::axes;
constexpr auto indices = kd::labels<"indices", batch, top>;

auto topk(const kd::schedule& weight, const kd::schedule& temperature) {
  const auto log_p = kd::pick<classes>(kd::log_softmax<classes>(zt / temperature), indices);
  return weight * kd::topk_kl_divergence(zs, indices, log_p, {.temperature = temperature});
}

class topk_term final : public term {
 public:
  topk_term(const kd::schedule& weight, const kd::schedule& temperature, std::int64_t k)
      : program_(kd::compile(topk(weight, temperature))), k_(k) {}

  term_value operator()(const term_inputs& in) override {
    choose(in.teacher);
    auto to = in.gradient;
    const auto& result = program_(kd::at(in.progress), zs = in.student, zt = in.teacher,
                                  indices = kd::tensor(chosen_.data(), {in.teacher.extents[0], k_}),
                                  kd::gradient(zs) += to);
    return {result.template term<"topk_kl_divergence">(), result.value()};
  }

 private:
  decltype(kd::compile(topk(1, 1))) program_;
  std::int64_t k_;
  std::vector<int> chosen_, order_;

  /// The k classes with the largest logits of every row; of equal ones the first.
  void choose(const kd::tensor_view<const float>& logits) {
    order_.resize(static_cast<std::size_t>(logits.extents[1]));
    chosen_.clear();
    for (std::int64_t row = 0; row < logits.extents[0]; ++row) {
      const auto at = [&](int c) {
        const float z = logits.data[row * logits.strides[0] + c * logits.strides[1]];
        return z == z ? z : -std::numeric_limits<float>::infinity();  // NaN has no order
      };
      std::iota(order_.begin(), order_.end(), 0);
      std::partial_sort(order_.begin(), order_.begin() + k_, order_.end(),
                        [&](int i, int j) { return at(i) > at(j) || (at(i) == at(j) && i < j); });
      chosen_.insert(chosen_.end(), order_.begin(), order_.begin() + k_);
    }
  }
};

}  // namespace

std::vector<loss> topk_losses() {
  const double temperature = kd::topk_kl_divergence_options{}.temperature(0);
  return {{"topk_kl_divergence",
           false,
           true,
           {{"k", 5, &constant_count}, {"temperature", temperature, &positive}},
           [temperature](const term_settings& s, const term_shapes& shapes) {
             const auto k = static_cast<std::int64_t>(s.options[0].value_or(5)(0));
             if (k > shapes.teacher.channels)
               throw kd::shape_error("kd: option 'k' of topk_kl_divergence is " +
                                     std::to_string(k) + ", and there are " +
                                     std::to_string(shapes.teacher.channels) +
                                     " classes; it must be at most as many");
             return std::make_unique<topk_term>(s.weight, s.options[1].value_or(temperature), k);
           }}};
}

}  // namespace example
