// SPDX-License-Identifier: MIT
// What a call does about numbers that are not finite.
#pragma once
#include <cmath>
#include <string>

#include <kd/run/prepare.hpp>

namespace kd {

/// What a call does about NaN and +inf in its tensors; -inf is legal, it masks a class. An argument
/// of a call, `kd::non_finite::check`; the default is propagate. To leave rows out of an objective,
/// see `skip_non_finite` and `where_finite`.
///   propagate  a row that is not a number makes its gradient and the value NaN, no other row
///   check      throws value_error that names tensor and position, before anything is computed; or
///              afterwards, if the value is not finite though the tensors are, with what its
///              formulas say about that (not_a_number_because)
enum class non_finite : std::uint8_t { propagate, check };

namespace detail {

constexpr non_finite policy_of() { return non_finite::propagate; }
template <class First, class... Rest>
constexpr non_finite policy_of(const First& first, const Rest&... rest) {
  if constexpr (std::is_same_v<First, non_finite>) return first;
  else return policy_of(rest...);
}

template <class... Arguments>
inline constexpr bool says_policy = (false || ... ||
                                     std::is_same_v<std::remove_cvref_t<Arguments>, non_finite>);

/// Throws value_error at the first NaN or +inf of a bound tensor.
inline void check_finite(const call& c, const graph_table& g) {
  for (int k = 0; k < g.inputs; ++k) {
    const input_info& info = g.input[k];
    const memory_view& view = c.input[k];
    if (is_integer(view.type) || info.is_view()) continue;  // what a view shows is its source's
    axis_set outer = 0;
    for (int a = 0; a + 1 < info.rank; ++a) outer |= single(info.axis[a]);
    const int last = info.rank > 0 ? info.axis[info.rank - 1] : -1;
    const std::int64_t length = last < 0 ? 1 : c.extent[last],
                       stride = last < 0 ? 0 : view.stride[last], rows = c.positions(outer);
    const odometer positions(c, outer);
    visit_floating(view.type, view.data, [&](const auto* data) {
      const auto is_bad = [](auto x) { return !is_finite_or_mask(static_cast<double>(x)); };
      for (std::int64_t r = 0; r < rows; ++r) {
        const auto* row = data + positions.offset(r, view.stride);
        bool bad = false;
        for (std::int64_t i = 0; i < length; ++i) bad |= is_bad(row[i * stride]);
        if (!bad) continue;
        std::int64_t i = 0, rest = r;
        while (!is_bad(row[i * stride])) ++i;
        std::string at = last < 0 ? "" : std::string(g.axis_name[last]) + " " + std::to_string(i);
        for (int a = positions.rank - 1; a >= 0; rest /= positions.extent[a--])
          at = std::string(g.axis_name[positions.axis[a]]) + " " +
               std::to_string(rest % positions.extent[a]) + ", " + at;
        refuse<value_error>({title(info), " holds ", shortest(static_cast<double>(row[i * stride])),
                             (at.empty() ? "" : " at " + at),
                             "; kd::skip_non_finite(objective) leaves such rows out"});
      }
    });
  }
}

/// Throws value_error for a value that is not finite, with the reason that its formulas give.
[[noreturn]] inline void say_not_finite(double value, std::string_view reason) {
  if (!reason.empty()) refuse<value_error>({"the objective is ", shortest(value), ": ", reason});
  refuse<value_error>({"the objective is ", shortest(value),
                       ", though no tensor holds nan or inf: all classes of a row may be masked by "
                       "-inf, a class by the student alone, or numbers overflow"});
}

}  // namespace detail
}  // namespace kd
