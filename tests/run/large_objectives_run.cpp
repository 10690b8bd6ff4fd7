// SPDX-License-Identifier: MIT
// Objectives of many layers run as one program: values are those of plain loops, gradients those of
// central differences.
#include <cmath>
#include <tuple>
#include <vector>

#include <kd/kd.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

template <kd::fixed_string Name>
struct own : kd::axis<Name> {};

/// Tensors of one layer, their numbers, and where a gradient goes.
struct numbers {
  std::vector<double> student, teacher, gradient;
  numbers(std::size_t of_student, std::size_t of_teacher, int seed)
      : student(of_student), teacher(of_teacher), gradient(of_student, -7) {
    for (std::size_t i = 0; i < of_student; ++i)
      student[i] = std::sin(0.7 * static_cast<double>(i) + seed);
    for (std::size_t i = 0; i < of_teacher; ++i)
      teacher[i] = std::cos(0.9 * static_cast<double>(i) + seed);
  }
};

/// Checks gradients against central differences of value(), which leaves them, along a direction of
/// every tensor.
template <class Value>
void check_gradients(Value value, std::initializer_list<numbers*> tensors) {
  for (numbers* of : tensors) {
    value();
    double slope = 0;
    const std::vector<double> gradient = of->gradient, at = of->student;
    const auto moved = [&](double step) {
      for (std::size_t i = 0; i < at.size(); ++i)
        of->student[i] = at[i] + step * std::cos(static_cast<double>(i));
      return value();
    };
    for (std::size_t i = 0; i < at.size(); ++i)
      slope += gradient[i] * std::cos(static_cast<double>(i));
    CHECK((moved(1e-5) - moved(-1e-5)) / 2e-5 == Approx(slope).epsilon(1e-7));
    of->student = at;
  }
}

// ---- TinyBERT: attention and hidden states of twelve layers, one projection ---------------------

constexpr auto projection = kd::learnable<"projection", feature, teacher_feature>;

template <kd::fixed_string Hidden, kd::fixed_string Scores>
struct transformer_layer {
  static constexpr auto student = kd::student<Hidden, batch, token, feature>;
  static constexpr auto teacher = kd::teacher<Hidden, batch, token, teacher_feature>;
  static constexpr auto student_scores = kd::student<Scores, batch, head, query, key>;
  static constexpr auto teacher_scores = kd::teacher<Scores, batch, head, query, key>;

  numbers hidden{2 * 3 * 4, 2 * 3 * 5, Hidden.text[1]},
      scores{2 * 2 * 9, 2 * 2 * 9, Scores.text[1]};

  static auto loss() {
    const auto score = [](auto a) { return kd::where(kd::less_equal(a, -0.8), 0.0, a); };
    const auto hidden_loss = kd::square(kd::dot<feature>(student, projection) - teacher);
    const auto score_loss = kd::square(score(student_scores) - score(teacher_scores));
    return kd::mean<batch, token, teacher_feature>(hidden_loss) +
           kd::mean<batch, head, query, key>(score_loss);
  }
  /// The same in plain loops.
  double value(const std::vector<double>& w) const {
    double states = 0, attention = 0;
    for (std::size_t row = 0; row < 2 * 3; ++row)
      for (std::size_t j = 0; j < 5; ++j) {
        double x = -hidden.teacher[row * 5 + j];
        for (std::size_t i = 0; i < 4; ++i) x += hidden.student[row * 4 + i] * w[i * 5 + j];
        states += x * x / 30;
      }
    const auto score = [](double a) { return a <= -0.8 ? 0 : a; };
    for (std::size_t i = 0; i < scores.student.size(); ++i) {
      const double x = score(scores.student[i]) - score(scores.teacher[i]);
      attention += x * x / 36;
    }
    return states + attention;
  }
  auto bound() {
    return std::tuple(
        student = kd::tensor(hidden.student.data(), {2, 3, 4}),
        teacher = kd::tensor(hidden.teacher.data(), {2, 3, 5}),
        student_scores = kd::tensor(scores.student.data(), {2, 2, 3, 3}),
        teacher_scores = kd::tensor(scores.teacher.data(), {2, 2, 3, 3}),
        kd::gradient(student) = kd::tensor(hidden.gradient.data(), {2, 3, 4}),
        kd::gradient(student_scores) = kd::tensor(scores.gradient.data(), {2, 2, 3, 3}));
  }
};

// ---- ReviewKD: four layers, each as it is and pooled to 4, 2 and 1 positions a side --------------

template <kd::fixed_string Layer, kd::fixed_string C, kd::fixed_string H, kd::fixed_string W>
struct reviewed_layer {
  static constexpr own<C> channels{};
  static constexpr own<H> rows{};
  static constexpr own<W> columns{};
  static constexpr auto student = kd::student<Layer, batch, own<C>{}, own<H>{}, own<W>{}>;
  static constexpr auto teacher = kd::teacher<Layer, batch, own<C>{}, own<H>{}, own<W>{}>;

  std::int64_t side;
  numbers maps{2 * 3 * size(), 2 * 3 * size(), Layer.text[0]};

  explicit reviewed_layer(std::int64_t length) : side(length) {}
  std::size_t size() const { return static_cast<std::size_t>(side * side); }
  template <kd::fixed_string To, kd::fixed_string Too>
  static auto pooled(auto x) {
    return kd::adaptive_average_pool<own<W>{}, own<Too>{}>(
        kd::adaptive_average_pool<own<H>{}, own<To>{}>(x));
  }
  template <kd::fixed_string To, kd::fixed_string Too>
  static auto pooled_loss(auto x) {
    return kd::mean<batch, own<C>{}, own<To>{}, own<Too>{}>(kd::square(pooled<To, Too>(x)));
  }
  static auto loss() {
    const auto apart = student - teacher;
    return kd::mean<batch, own<C>{}, own<H>{}, own<W>{}>(kd::square(apart)) +
           0.5 * pooled_loss<"h4", "w4">(apart) + 0.25 * pooled_loss<"h2", "w2">(apart) +
           0.125 * pooled_loss<"h1", "w1">(apart);
  }
  /// The same in plain loops.
  double value() const {
    const std::int64_t sides[] = {side, 4, 2, 1};
    const double weight[] = {1, 0.5, 0.25, 0.125};
    double sum = 0;
    for (int level = 0; level < 4; ++level) {
      const std::int64_t n = sides[level];
      double squares = 0;
      for (std::int64_t map = 0; map < 2 * 3; ++map)
        for (std::int64_t i = 0; i < n; ++i)
          for (std::int64_t j = 0; j < n; ++j) squares += std::pow(window(map, i, j, n), 2);
      sum += weight[level] * squares / static_cast<double>(6 * n * n);
    }
    return sum;
  }
  /// The mean difference in window (i, j) of n x n, as PyTorch's adaptive_avg_pool2d cuts them.
  double window(std::int64_t map, std::int64_t i, std::int64_t j, std::int64_t n) const {
    double sum = 0, count = 0;
    for (std::int64_t v = i * side / n; v < ((i + 1) * side + n - 1) / n; ++v)
      for (std::int64_t u = j * side / n; u < ((j + 1) * side + n - 1) / n; ++u) {
        const auto at = static_cast<std::size_t>((map * side + v) * side + u);
        sum += maps.student[at] - maps.teacher[at], ++count;
      }
    return sum / count;
  }
  auto bound() {
    return std::tuple(student = kd::tensor(maps.student.data(), {2, 3, side, side}),
                      teacher = kd::tensor(maps.teacher.data(), {2, 3, side, side}),
                      kd::gradient(student) = kd::tensor(maps.gradient.data(), {2, 3, side, side}));
  }
};

}  // namespace

TEST_CASE("TinyBERT over twelve layers") {
  const auto run = [](auto... layer) {
    numbers w(4 * 5, 0, 1);
    auto program = kd::compile<double>((layer.loss() + ...));
    const auto bound = std::tuple_cat(
        layer.bound()...,
        std::tuple(projection = kd::tensor(w.student.data(), {4, 5}),
                   kd::gradient(projection) = kd::tensor(w.gradient.data(), {4, 5})));
    const auto value = [&] {
      return std::apply([&](const auto&... b) { return program(b...).value(); }, bound);
    };
    CHECK(value() == Approx((layer.value(w.student) + ...)).epsilon(1e-14));
    check_gradients(value, {&w, &layer.hidden..., &layer.scores...});
  };
  run(transformer_layer<"h1", "a1">{}, transformer_layer<"h2", "a2">{},
      transformer_layer<"h3", "a3">{}, transformer_layer<"h4", "a4">{},
      transformer_layer<"h5", "a5">{}, transformer_layer<"h6", "a6">{},
      transformer_layer<"h7", "a7">{}, transformer_layer<"h8", "a8">{},
      transformer_layer<"h9", "a9">{}, transformer_layer<"ha", "aa">{},
      transformer_layer<"hb", "ab">{}, transformer_layer<"hc", "ac">{});
}

TEST_CASE("ReviewKD over four layers") {
  const auto run = [](auto... layer) {
    auto program =
        kd::compile<double>((layer.loss() + ...), own<"h4">{}(4), own<"w4">{}(4), own<"h2">{}(2),
                            own<"w2">{}(2), own<"h1">{}(1), own<"w1">{}(1));
    const auto bound = std::tuple_cat(layer.bound()...);
    const auto value = [&] {
      return std::apply([&](const auto&... b) { return program(b...).value(); }, bound);
    };
    CHECK(value() == Approx((layer.value() + ...)).epsilon(1e-13));
    check_gradients(value, {&layer.maps...});
  };
  run(reviewed_layer<"1", "c1", "ha", "wa">(8), reviewed_layer<"2", "c2", "hb", "wb">(7),
      reviewed_layer<"3", "c3", "hc", "wc">(5), reviewed_layer<"4", "c4", "hd", "wd">(4));
}
