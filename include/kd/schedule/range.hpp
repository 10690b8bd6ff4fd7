// SPDX-License-Identifier: MIT
// What the parameters of schedules may be, and the sentence for what they may not.
#pragma once
#include <string>

#include <kd/error.hpp>
#include <kd/schedule/shortest.hpp>

namespace kd::detail {

/// A range of numbers; or, without a test, any schedule.
struct parameter_range {
  const char* words;
  bool (*holds)(double);
};
namespace in {
inline constexpr parameter_range any_schedule{"a schedule", nullptr};
inline constexpr parameter_range finite{
    "finite", [](double x) { return x - x == 0; }};  // std::isfinite is not constexpr
inline constexpr parameter_range positive{"positive and finite",
                                          [](double x) { return x > 0 && x - x == 0; }};
inline constexpr parameter_range not_negative{"0 or more, and finite",
                                              [](double x) { return x >= 0 && x - x == 0; }};
inline constexpr parameter_range between_0_and_1{"between 0 and 1, neither of them",
                                                 [](double x) { return x > 0 && x < 1; }};
inline constexpr parameter_range fraction_below_1{"in [0, 1)",
                                                  [](double x) { return x >= 0 && x < 1; }};
inline constexpr parameter_range progress{"in [0, 1]; kd::timeline makes it from epochs or steps",
                                          [](double x) { return x >= 0 && x <= 1; }};
inline constexpr parameter_range progress_below_1{
    "in [0, 1); kd::timeline makes it from epochs or steps",
    [](double x) { return x >= 0 && x < 1; }};
inline constexpr parameter_range whole{
    "a whole number in 1..1000000000",
    [](double x) { return x >= 1 && x <= 1e9 && x == static_cast<double>(static_cast<int>(x)); }};
}  // namespace in

inline std::string out_of_range(double value, const char* parameter, const std::string& of,
                                const parameter_range& range) {
  return "kd: parameter '" + std::string(parameter) + "' of " + of + " is " + shortest(value) +
         "; it must be " + range.words;
}
/// Throws value_error unless the value of this parameter is in range.
constexpr void require(double value, const char* parameter, const char* of,
                       const parameter_range& range) {
  if (!range.holds(value)) throw value_error(out_of_range(value, parameter, of, range));
}

}  // namespace kd::detail
