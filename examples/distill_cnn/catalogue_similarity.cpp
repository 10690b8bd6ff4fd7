// SPDX-License-Identifier: MIT
// Similarities of samples; layers may have any sizes.
#include <kd/kd.hpp>
#include "catalogue.hpp"
#include "layer_views.hpp"

namespace example {
namespace {

using namespace kd::axes;
constexpr auto fs = kd::student<"map", batch, feature>;
constexpr auto ft = kd::teacher<"map", batch, teacher_feature>;

auto objective(const kd::schedule& weight) { return weight * kd::similarity_preserving(fs, ft); }

class similarity_term final : public term {
 public:
  explicit similarity_term(const kd::schedule& weight) : program_(kd::compile(objective(weight))) {}

  term_value operator()(const term_inputs& in) override {
    const auto student = as_features(in.student), teacher = as_features(in.teacher);
    auto to = as_features(in.gradient);
    const auto& result =
        program_(kd::at(in.progress), fs = student, ft = teacher, kd::gradient(fs) += to);
    return {result.term<"similarity_preserving">(), result.value()};
  }

 private:
  decltype(kd::compile(objective(1))) program_;
};

}  // namespace

std::vector<loss> similarity_losses() {
  return {{"similarity_preserving", true, true, {}, [](const term_settings& s, const term_shapes&) {
             return std::make_unique<similarity_term>(s.weight);
           }}};
}

}  // namespace example
