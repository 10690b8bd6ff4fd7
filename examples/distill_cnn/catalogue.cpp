// SPDX-License-Identifier: MIT
#include "catalogue.hpp"

#include <algorithm>
#include <cmath>

namespace example {

const option_range any_number{"finite", [](double x) { return std::isfinite(x); }};
const option_range positive{"positive and finite",
                            [](double x) { return x > 0 && std::isfinite(x); }};
const option_range fraction{"in [0, 1]", [](double x) { return x >= 0 && x <= 1; }};
const option_range whole_number{"a whole number",
                                [](double x) { return std::abs(x) < 1e9 && x == std::floor(x); }};
const option_range constant_count{
    "a whole number in 1 to 1000 that stays the same",
    [](double x) { return x >= 1 && x <= 1000 && x == std::floor(x); }, true};

const std::vector<loss>& catalogue() {
  static const std::vector<loss> all = [] {
    std::vector<loss> found;
    for (const auto part :
         {label_losses, divergences, skewed_divergences, logit_losses, normalized_losses,
          transformed_losses, hint_losses, attention_losses, similarity_losses, ranking_losses,
          binary_losses, curriculum_losses, multi_level_losses, topk_losses})
      for (loss& l : part()) found.push_back(std::move(l));
    std::sort(found.begin(), found.end(),
              [](const loss& a, const loss& b) { return a.name < b.name; });
    return found;
  }();
  return all;
}

const loss* find_loss(std::string_view name) {
  for (const loss& l : catalogue())
    if (l.name == name) return &l;
  return nullptr;
}

std::string loss_names() {
  std::string names;
  for (const loss& l : catalogue()) names.append(names.empty() ? "" : ", ").append(l.name);
  return names;
}

std::string signature(const loss& l) {
  std::string text;
  if (l.reads_layer) text = l.reads_teacher ? "layer or layer, teacher's layer" : "layer";
  for (const loss_option& o : l.options)
    text.append(text.empty() ? "" : ", ")
        .append(o.name)
        .append(" = " + kd::describe(kd::schedule(o.standard)));
  return std::string(l.name) + (text.empty() ? "" : "(" + text + ")");
}

}  // namespace example
