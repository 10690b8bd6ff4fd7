// SPDX-License-Identifier: MIT
// A temperature that is learnt, against the student.
#include "label_loss.hpp"

namespace example {
namespace {

constexpr auto a = kd::learnable<"temperature">;
using curriculum_options = kd::curriculum_temperature_options;

auto curriculum(const kd::schedule& weight, const curriculum_options& o) {
  return weight * kd::curriculum_temperature(zs, zt, a, o);
}

class curriculum_term final : public term {
 public:
  curriculum_term(const kd::schedule& weight, const curriculum_options& o)
      : program_(kd::compile(curriculum(weight, o))) {}

  std::int64_t parameter_count() const override { return 1; }

  void initialise(std::span<float> parameters, std::uint64_t) const override {
    parameters[0] = 1;  // as the authors begin: T = start + 0.73 range
  }

  term_value operator()(const term_inputs& in) override {
    auto to = in.gradient;
    const auto& result = program_(kd::at(in.progress), zs = in.student, zt = in.teacher,
                                  a = kd::tensor(in.parameters.data(), {}), kd::gradient(zs) += to,
                                  kd::gradient(a) = kd::tensor(in.parameter_gradients.data(), {}));
    return {result.template term<"curriculum_temperature">(), result.value()};
  }

 private:
  decltype(kd::compile(curriculum(1, {}))) program_;
};

}  // namespace

std::vector<loss> curriculum_losses() {
  const curriculum_options standard;
  return {{"curriculum_temperature",
           false,
           true,
           {{"start", standard.start(0), &positive},
            {"range", standard.range(0), &positive},
            {"lambda", standard.lambda(0), &any_number}},
           [](const term_settings& s, const term_shapes&) {
             curriculum_options o;
             o.start = s.options[0].value_or(o.start);
             o.range = s.options[1].value_or(o.range);
             o.lambda = s.options[2].value_or(o.lambda);
             return std::make_unique<curriculum_term>(s.weight, o);
           }}};
}

}  // namespace example
