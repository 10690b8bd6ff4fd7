// SPDX-License-Identifier: MIT
// How the files catalogue_*.cpp make catalogue entries of kd's label losses.
#pragma once
#include <initializer_list>
#include <utility>

#include <kd/kd.hpp>
#include "catalogue.hpp"

namespace example {

inline constexpr auto zs = kd::student<"logits", kd::axes::batch, kd::axes::classes>;
inline constexpr auto zt = kd::teacher<"logits", kd::axes::batch, kd::axes::classes>;
inline constexpr auto y = kd::labels<"y", kd::axes::batch>;

/// What a loss reads beside the student's logits.
enum class reads { labels, teacher, both };

template <kd::fixed_string Name, reads Reads, class Objective>
class label_term final : public term {
 public:
  explicit label_term(const Objective& objective) : program_(kd::compile(objective)) {}

  term_value operator()(const term_inputs& in) override {
    const auto& result = run(in);
    return {result.template term<Name>(), result.value()};
  }

 private:
  decltype(kd::compile(std::declval<const Objective&>())) program_;

  const auto& run(const term_inputs& in) {
    const auto at = kd::at(in.progress);
    auto to = in.gradient;
    if constexpr (Reads == reads::labels)
      return program_(at, zs = in.student, y = in.labels, kd::gradient(zs) += to);
    else if constexpr (Reads == reads::teacher)
      return program_(at, zs = in.student, zt = in.teacher, kd::gradient(zs) += to);
    else
      return program_(at, zs = in.student, zt = in.teacher, y = in.labels, kd::gradient(zs) += to);
  }
};

/// The name of an option in texts, and where its value is.
template <class Options>
struct member_option {
  std::string_view name;
  kd::schedule Options::*member;
  const option_range* range;
};
struct no_options {};

template <kd::fixed_string Name, reads Reads, class Objective>
std::unique_ptr<term> make_label_term(const Objective& objective) {
  return std::make_unique<label_term<Name, Reads, Objective>>(objective);
}

/// An entry for a loss of logits, `expression(options)`; the values that options have without being
/// given are those of kd's structure.
template <kd::fixed_string Name, reads Reads, class Options, class Expression>
loss label_loss(std::initializer_list<member_option<Options>> members, Expression expression) {
  const std::vector<member_option<Options>> all(members);
  loss l{Name.view(), false, Reads != reads::labels, {}, {}};
  for (const auto& o : all) l.options.push_back({o.name, (Options{}.*o.member)(0), o.range});
  l.make = [all, expression](const term_settings& s, const term_shapes&) {
    Options options;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (s.options[i]) options.*all[i].member = *s.options[i];
    return make_label_term<Name, Reads>(s.weight * expression(options));
  };
  return l;
}
/// The same of a loss without options.
template <kd::fixed_string Name, reads Reads, class Objective>
loss label_loss(const Objective& objective) {
  return {Name.view(),
          false,
          Reads != reads::labels,
          {},
          [objective](const term_settings& s, const term_shapes&) {
            return make_label_term<Name, Reads>(s.weight * objective);
          }};
}

}  // namespace example
