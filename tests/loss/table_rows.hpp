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
template <class S, class T, class Y>
loss_inputs(S, T, Y) -> loss_inputs<S, T, Y>;
inline constexpr loss_inputs<decltype(zs), decltype(zt), decltype(y)> flat{zs, zt, y};

inline constexpr auto zs3 = student<"logits", batch, token, classes>;
inline constexpr auto zt3 = teacher<"logits", batch, token, classes>;
inline constexpr auto y3 = labels<"y", batch, token>;
inline constexpr auto mask3 = given<"mask", batch, token>;
inline constexpr auto w3 = learnable<"w", batch, token>;  // its gradient is the rows

/// Evaluates an objective of those on as many of them as it reads.
template <class Objective, class... More>
padded_outcome run_padded(const Objective& objective, const padded_rows& p, const More&... more) {
  constexpr auto& g = detail::compiled<detail::tag_of<Objective>>::lowered.g;
  constexpr auto reads = []<class Input>(const Input&) {
    return detail::find_input<Input>(g) >= 0;
  };
  const auto wide = [&](auto& v) { return tensor(v.data(), {p.samples, p.tokens, p.columns}); };
  const auto narrow = [&](auto& v) { return tensor(v.data(), {p.samples, p.tokens}); };
  padded_outcome o{0, std::vector<double>(p.s.size(), 99),
                   std::vector<double>(p.weights.size(), 99)};
  const auto weigh = [&](const auto&... bindings) {
    if constexpr (reads(w3))
      return evaluate(objective, w3 = narrow(p.weights), kd::gradient(w3) = narrow(o.of_weights),
                      bindings...)
          .value();
    else return evaluate(objective, mask3 = narrow(p.weights), bindings...).value();
  };
  const auto call = [&](const auto&... bindings) {
    return weigh(zs3 = wide(p.s), kd::gradient(zs3) = wide(o.gradient), more..., bindings...);
  };
  if constexpr (reads(zt3) && reads(y3)) o.value = call(zt3 = wide(p.t), y3 = narrow(p.labels));
  else if constexpr (reads(zt3)) o.value = call(zt3 = wide(p.t));
  else o.value = call(y3 = narrow(p.labels));
  return o;
}

/// The row of a label loss of the library, from make(inputs, temperature); more: bindings of what
/// else it reads.
template <class Make, class... More>
loss_row with_rows(loss_row row, Make make, const More&... more) {
  const auto of = [make] {
    return make(loss_inputs{zs3, zt3, ignoring(y3, -100)}, rows_temperature);
  };
  row.weighted = [=](const padded_rows& p) {
    return run_padded(weighted(of(), mask3), p, more...);
  };
  using rows = detail::rows_kept<decltype(of())>;
  if constexpr (detail::lower<rows>().rows.found == detail::row_mistake::none)
    row.per_row = [=](const padded_rows& p) {
      return run_padded(sum_all_but<>(where(w3, w3 * per_row(of()), 0)), p, more...);
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
