// SPDX-License-Identifier: MIT
// Losses of features against the reference, on views with the axes that layers have.
#include "objective_check.hpp"

namespace objective_check {
namespace {

using namespace kd::axes;

inline constexpr struct tall : kd::axis<"tall"> {
} tall;
inline constexpr struct wide : kd::axis<"wide"> {
} wide;
constexpr auto fs = kd::student<"map", batch, channel, height, width>;
constexpr auto ft = kd::teacher<"map", batch, teacher_channel, tall, wide>;
constexpr auto W = kd::learnable<"projection", teacher_channel, channel>;

/// A layer's values in double with the axes (batch, channel, height, width); of a flat layer the
/// last two have one position.
struct layer {
  std::vector<double> values;
  kd::tensor_view<double> view;

  explicit layer(const kd::tensor_view<const float>& v) : values(numbers(v)) {
    const bool flat = v.rank == 2;
    view =
        kd::tensor(values.data(),
                   {v.extents[0], v.extents[1], flat ? 1 : v.extents[2], flat ? 1 : v.extents[3]},
                   {v.strides[0], 1, flat ? 1 : v.strides[2], flat ? 1 : v.strides[3]});
  }
};

struct names {
  std::string loss, student, teacher;
  std::string text() const { return loss + "(" + student + ", " + teacher + ")"; }
};

/// Runs three times a loss's text and its expression.
template <kd::fixed_string Name, bool Learns, class Expression>
void check_feature_loss(const names& n, const Expression& expression, std::set<std::string>& seen) {
  const std::string text = "3 * " + n.text();
  INFO(text);
  models m;
  example::objective o(text);
  o.prepare(m.student, m.teacher, 5);
  CHECK(o.teacher_layers() == std::vector<std::string>{n.teacher});
  const outcome got = run(o, m, 0, n.student);

  layer s(m.student.output(n.student)), t(m.teacher.output(n.teacher));
  layer g = s;
  g.view.data = g.values.data();
  std::vector<double> w(o.parameters().begin(), o.parameters().end()), dw(w.size());
  const auto expected = [&] {
    if constexpr (Learns) {
      const std::int64_t rows = t.view.extents[1], columns = s.view.extents[1];
      REQUIRE(w.size() == static_cast<std::size_t>(rows * columns));
      auto to = kd::tensor(dw.data(), {rows, columns});
      return kd::evaluate(expression, kd::reference, fs = s.view, ft = t.view,
                          W = kd::tensor(w.data(), {rows, columns}), kd::gradient(fs) = g.view,
                          kd::gradient(W) = to);
    } else {
      return kd::evaluate(expression, kd::reference, fs = s.view, ft = t.view,
                          kd::gradient(fs) = g.view);
    }
  }();
  CHECK(got.value == Approx(3 * expected.value()).epsilon(2e-5));
  CHECK(o.terms()[0].value == Approx(expected.value()).epsilon(2e-5));
  CHECK(o.terms()[0].name == n.loss + "." + n.student + "." + n.teacher);
  for (double& x : g.values) x *= 3;
  check_close(got.gradient, g.values);
  if constexpr (Learns) {
    for (double& x : dw) x *= 3;
    check_close({o.gradients().begin(), o.gradients().end()}, dw);
  } else {
    CHECK(o.parameters().empty());
  }
  seen.insert(std::string(Name.view()));
}

/// Both maps with the axes that the loss compares.
template <int Pooled, class Maps>
auto pooled(const Maps& with) {
  if constexpr (Pooled == 0)
    return with(kd::adaptive_average_pool<width, wide>(kd::adaptive_average_pool<height, tall>(fs)),
                ft);
  else
    return with(
        fs, kd::adaptive_average_pool<wide, width>(kd::adaptive_average_pool<tall, height>(ft)));
}

template <auto Height, auto Width>
auto hint(auto s, auto t) {
  return kd::mean<batch, teacher_channel, Height, Width>(kd::square(kd::dot<channel>(s, W) - t));
}
template <auto Height, auto Width>
auto attention(auto s, auto t) {
  const auto a = kd::mean<channel>(kd::square(s));
  const auto b = kd::mean<teacher_channel>(kd::square(t));
  return kd::mean<batch, Height, Width>(
      kd::square(kd::normalize<Height, Width>(a) - kd::normalize<Height, Width>(b)));
}

}  // namespace

void check_feature_losses(std::set<std::string>& seen) {
  // Pooling to the same size is no change.
  const auto to_teacher = pooled<0>([](auto s, auto t) { return hint<tall, wide>(s, t); });
  const auto to_student = pooled<1>([](auto s, auto t) { return hint<height, width>(s, t); });
  check_feature_loss<"hint", true>({"hint", "conv1", "conv1"}, to_teacher, seen);
  check_feature_loss<"hint", true>({"hint", "hidden", "hidden"}, to_teacher, seen);
  check_feature_loss<"hint", true>({"hint", "conv1", "conv2"}, to_teacher, seen);
  check_feature_loss<"hint", true>({"hint", "conv2", "hidden"}, to_teacher, seen);
  check_feature_loss<"hint", true>({"hint", "conv2", "conv1"}, to_student, seen);

  const auto on_teacher = pooled<0>([](auto s, auto t) { return attention<tall, wide>(s, t); });
  const auto on_student = pooled<1>([](auto s, auto t) { return attention<height, width>(s, t); });
  const std::string at = "attention_transfer";
  check_feature_loss<"attention_transfer", false>({at, "conv2", "conv2"}, on_teacher, seen);
  check_feature_loss<"attention_transfer", false>({at, "conv1", "conv2"}, on_teacher, seen);
  check_feature_loss<"attention_transfer", false>({at, "conv2", "conv1"}, on_student, seen);

  const std::string sp = "similarity_preserving";
  const auto similarity = kd::similarity_preserving(fs, ft);
  check_feature_loss<"similarity_preserving", false>({sp, "conv1", "conv1"}, similarity, seen);
  check_feature_loss<"similarity_preserving", false>({sp, "hidden", "conv2"}, similarity, seen);
}

}  // namespace objective_check
