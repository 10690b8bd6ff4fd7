// SPDX-License-Identifier: MIT
// Rows of every label loss: of logits (batch, token, classes) that are padded, masked, weighted and
// have ignored labels, against the same rows as a batch. One row of the table gives these checks,
// because they need the loss on other inputs; check_rows.cpp compares what it gives.
#pragma once
#include "loss/table.hpp"

namespace kd::test {

/// What a loss is called with: logits and labels of any outer axes.
template <class S, class T, class Y>
struct loss_inputs {
  S s;
  T t;
  Y y;
};
inline constexpr loss_inputs<decltype(zs), decltype(zt), decltype(y)> flat{zs, zt, y};

inline constexpr auto zs3 = student<"logits", batch, token, classes>;
inline constexpr auto zt3 = teacher<"logits", batch, token, classes>;
inline constexpr auto y3 = labels<"y", batch, token>;
inline constexpr auto w3 = learnable<"w", batch, token>;

/// Evaluates an objective of those on as many of them as it reads.
template <class Objective, class... More>
double run_padded(const Objective& objective, const padded_rows& p, std::vector<double>& gradient,
                  std::vector<double>& of_weights, const More&... more) {
  constexpr auto& g = detail::compiled<detail::tag_of<Objective>>::lowered.g;
  constexpr bool teacher = detail::find_input<std::remove_cvref_t<decltype(zt3)>>(g) >= 0;
  constexpr bool labels = detail::find_input<std::remove_cvref_t<decltype(y3)>>(g) >= 0;
  const auto wide = [&](auto& v) { return tensor(v.data(), {p.samples, p.tokens, p.columns}); };
  const auto narrow = [&](auto& v) { return tensor(v.data(), {p.samples, p.tokens}); };
  gradient.assign(p.s.size(), 99.0), of_weights.assign(p.weights.size(), 99.0);
  const auto call = [&](const auto&... bindings) {
    return evaluate(objective, zs3 = wide(p.s), w3 = narrow(p.weights),
                    kd::gradient(zs3) = wide(gradient), kd::gradient(w3) = narrow(of_weights),
                    more..., bindings...)
        .value();
  };
  if constexpr (teacher && labels) return call(zt3 = wide(p.t), y3 = narrow(p.labels));
  else if constexpr (teacher) return call(zt3 = wide(p.t));
  else return call(y3 = narrow(p.labels));
}

/// The row of a label loss of the library, from make(inputs, temperature); more: bindings of what
/// else it reads.
template <class Make, class... More>
loss_row with_rows(loss_row row, Make make, const More&... more) {
  constexpr int never = -100;
  row.weighted = [=](const padded_rows& p) {
    const auto objective =
        weighted(make(loss_inputs{zs3, zt3, ignoring(y3, never)}, rows_temperature), w3);
    padded_outcome o;
    o.value = run_padded(objective, p, o.gradient, o.of_weights, more...);
    return o;
  };
  using plain = decltype(make(loss_inputs{zs3, zt3, ignoring(y3, never)}, rows_temperature));
  if constexpr (detail::lower<detail::rows_kept<plain>>().rows.found == detail::row_mistake::none)
    row.per_row = [=](const padded_rows& p) {
      const auto rows = per_row(make(loss_inputs{zs3, zt3, ignoring(y3, never)}, rows_temperature));
      padded_outcome o;
      o.value =
          run_padded(sum_all_but<>(where(w3, w3 * rows, 0)), p, o.gradient, o.of_weights, more...);
      return o;
    };
  return row;
}
template <class Make>
loss_row loss_row_of(const char* name, Make make, laws holds) {
  return with_rows(row_of(
                       name, [make](double temperature) { return make(flat, temperature); }, holds),
                   make);
}

}  // namespace kd::test
