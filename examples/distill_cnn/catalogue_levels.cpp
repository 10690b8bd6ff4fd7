// SPDX-License-Identifier: MIT
// Several temperatures at once, evenly from one to another.
#include "label_loss.hpp"

namespace example {
namespace {

constexpr auto temperatures = kd::given<"temperatures", kd::axes::level>;

auto multi_level(const kd::schedule& weight) {
  return weight * kd::multi_level_logit(zs, zt, temperatures);
}

class levels_term final : public term {
 public:
  levels_term(const kd::schedule& weight, const kd::schedule& from, const kd::schedule& to,
              std::size_t levels)
      : program_(kd::compile(multi_level(weight))), from_(from), to_(to), temperatures_(levels) {}

  term_value operator()(const term_inputs& in) override {
    const double from = from_(in.progress), to = to_(in.progress);
    const std::size_t steps = temperatures_.size() - 1;
    for (std::size_t i = 0; i <= steps; ++i) {
      const double share = steps == 0 ? 0 : static_cast<double>(i) / static_cast<double>(steps);
      temperatures_[i] = static_cast<float>(from + share * (to - from));
    }
    auto gradient = in.gradient;
    const auto& result = program_(kd::at(in.progress), zs = in.student, zt = in.teacher,
                                  temperatures = temperatures_, kd::gradient(zs) += gradient);
    return {result.template term<"multi_level_logit">(), result.value()};
  }

 private:
  decltype(kd::compile(multi_level(1))) program_;
  kd::schedule from_, to_;
  std::vector<float> temperatures_;
};

}  // namespace

std::vector<loss> multi_level_losses() {
  // The authors' five temperatures: 2, 3, 4, 5, 6.
  return {{"multi_level_logit",
           false,
           true,
           {{"from", 2, &positive}, {"to", 6, &positive}, {"levels", 5, &constant_count}},
           [](const term_settings& s, const term_shapes&) {
             return std::make_unique<levels_term>(
                 s.weight, s.options[0].value_or(2), s.options[1].value_or(6),
                 static_cast<std::size_t>(s.options[2].value_or(5)(0)));
           }}};
}

}  // namespace example
