// SPDX-License-Identifier: MIT
// Losses without a teacher.
#include "label_loss.hpp"

namespace example {

std::vector<loss> label_losses() {
  using smoothing = kd::self_label_smoothing_options;
  loss cross_entropy = label_loss<"cross_entropy", reads::labels, kd::cross_entropy_options>(
      {{"label_smoothing", &kd::cross_entropy_options::label_smoothing, &fraction},
       {"ignore_index", &kd::cross_entropy_options::ignore_index, &whole_number}},
      [](const auto& o) { return kd::cross_entropy(zs, y, o); });
  cross_entropy.make = [general = cross_entropy.make](const term_settings& s,
                                                      const term_shapes& shapes) {
    for (const auto& option : s.options)
      if (option) return general(s, shapes);
    // Without options it computes nothing for them.
    return make_label_term<"cross_entropy", reads::labels>(s.weight * kd::cross_entropy(zs, y));
  };
  return {cross_entropy, label_loss<"self_label_smoothing", reads::labels, smoothing>(
                             {{"correct_probability", &smoothing::correct_probability, &fraction},
                              {"temperature", &smoothing::temperature, &positive}},
                             [](const auto& o) { return kd::self_label_smoothing(zs, y, o); })};
}

}  // namespace example
