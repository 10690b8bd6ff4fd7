// SPDX-License-Identifier: MIT
// The text of an objective:
//
//   objective  =  term { ("+" | "-") term }
//   term       =  [weight "*"] loss ["(" argument { "," argument } ")"]
//   argument   =  layer  |  option "=" value
//
// where weight and value are numbers or schedules in the language of kd::parse_schedule.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue.hpp"

namespace example {

struct layer_name {
  std::string name;
  std::size_t at;  // in the text
};

struct objective_term {
  const loss* kind;
  term_settings settings;
  std::vector<layer_name> layers;  // none, the student's and the teacher's, or one for both
  std::size_t at = 0;              // of the loss's name
};

/// The terms of a text; at least one. Throws kd::text_error, which points at the character where it
/// went wrong.
std::vector<objective_term> parse_objective(std::string_view text);

/// A text that reads back as the same terms.
std::string describe(const std::vector<objective_term>& terms);

/// What is thrown for a mistake in an objective's text.
inline kd::text_error objective_error(std::string_view text, std::size_t at,
                                      const std::string& what) {
  return {text, at, what, "objective"};
}

}  // namespace example
