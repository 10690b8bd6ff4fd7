// SPDX-License-Identifier: MIT
// Objectives by name on small networks.
#include "objective.hpp"

#include "layer_views.hpp"
#include "objective_check.hpp"

using example::objective;
using namespace objective_check;

TEST_CASE("objective: every loss of the catalogue gives what the reference gives") {
  std::set<std::string> seen, known;
  check_divergences(seen);
  check_skewed_divergences(seen);
  check_logit_losses(seen);
  check_label_losses(seen);
  check_ranking_losses(seen);
  check_special_losses(seen);
  check_feature_losses(seen);
  for (const example::loss& l : example::catalogue()) known.insert(std::string(l.name));
  CHECK(seen == known);
}

TEST_CASE("objective: terms on one layer and on several add up, in value and gradient") {
  const std::vector<std::string> parts = {// every kind of term has another before it on its layer
                                          "-0.1 * logit_mse",
                                          "linear(1, 0) * soft_targets(T = 2)",
                                          "cross_entropy",
                                          "kl_divergence",
                                          "topk_kl_divergence(k = 2)",
                                          "curriculum_temperature",
                                          "multi_level_logit",
                                          "attention_transfer(conv1, conv2)",
                                          "2 * hint(conv1)",
                                          "hint(conv1, conv2)",
                                          "50 * similarity_preserving(conv1, hidden)",
                                          "10 * attention_transfer(conv1)",
                                          "hint(conv2)",
                                          "hint(conv2, conv1)",
                                          "attention_transfer(conv2, conv1)"};
  models m;
  double value = 0;
  std::vector<double> gradient(m.student.gradients().size());
  std::string text;
  for (const std::string& part : parts) {
    objective o(part);
    o.prepare(m.student, m.teacher, 0);
    for (float& w : o.parameters()) w = 0.25f;
    value += o(0.25, m.student, m.teacher, m.labels);
    for (std::size_t i = 0; i < gradient.size(); ++i)
      gradient[i] += static_cast<double>(m.student.gradients()[i]);
    text += (text.empty() ? "" : " + ") + part;
  }
  objective all(text);
  CHECK(all.student_layers() == std::vector<std::string>{"logits", "conv1", "conv2"});
  CHECK(all.teacher_layers() == std::vector<std::string>{"logits", "conv2", "conv1", "hidden"});
  all.prepare(m.student, m.teacher, 0);
  for (float& w : all.parameters()) w = 0.25f;
  for (int again = 0; again < 2; ++again) {  // nothing is left over from the call before
    CHECK(all(0.25, m.student, m.teacher, m.labels) == Approx(value).epsilon(1e-5));
    check_close({m.student.gradients().begin(), m.student.gradients().end()}, gradient);
  }
  REQUIRE(all.terms().size() == parts.size());
  double sum = 0;
  for (const objective::term_report& t : all.terms()) sum += t.weight * t.value;
  CHECK(sum == Approx(value).epsilon(1e-5));
  CHECK(all.terms()[0].weight == -0.1);
  CHECK(all.terms()[1].weight == 0.75);
}

TEST_CASE("objective: the gradient of a hint's projection is that of central differences") {
  models m;
  objective o("hint(conv1, conv2) + 2*hint(conv2, conv1) - hint(hidden)");
  o.prepare(m.student, m.teacher, 3);
  REQUIRE(o.parameters().size() == 3 * 5 + 2 * 4 + 5 * 7);
  const auto value = [&] { return o(0, m.student, m.teacher, m.labels); };
  value();
  const std::vector<float> analytic(o.gradients().begin(), o.gradients().end());
  for (std::size_t i = 0; i < analytic.size(); ++i) {
    float& w = o.parameters()[i];
    const float here = w;
    w = here + 0.5f;
    const double above = value();
    w = here - 0.5f;
    const double below = value();
    w = here;
    CHECK(static_cast<double>(analytic[i]) == Approx(above - below).margin(1e-5));  // a parabola
  }
  value();  // the calls before left nothing
  CHECK(std::vector<float>(o.gradients().begin(), o.gradients().end()) == analytic);
}

TEST_CASE("objective: what it learns depends on the seed, and is saved under the term's name") {
  models m;
  objective a("hint(conv1) + hint(conv2) + hint(conv1)"), b(a.describe());
  a.prepare(m.student, m.teacher, 1);
  b.prepare(m.student, m.teacher, 1);
  const auto same = [&] {
    return std::vector<float>(a.parameters().begin(), a.parameters().end()) ==
           std::vector<float>(b.parameters().begin(), b.parameters().end());
  };
  CHECK(same());
  b.prepare(m.student, m.teacher, 2);
  CHECK(!same());
  CHECK(a.parameters()[0] != a.parameters()[3 * 4 + 2 * 5]);  // the same layer again: other numbers
  for (const float w : a.parameters()) CHECK(std::abs(w) <= 1 / std::sqrt(2.0f));

  std::vector<std::string> names;
  std::vector<float> saved;
  a.visit_state([&](const std::string& name, std::span<float> values) {
    names.push_back(name);
    saved.insert(saved.end(), values.begin(), values.end());
  });
  CHECK(names == std::vector<std::string>{"hint.conv1", "hint.conv2", "hint.conv1.2"});
  std::size_t at = 0;
  b.visit_state([&](const std::string&, std::span<float> values) {
    for (float& w : values) w = saved[at++];
  });
  CHECK(same());
  objective none("cross_entropy");
  none.prepare(m.student);
  none.visit_state([](const std::string&, std::span<float>) { FAIL("nothing is learnt"); });
}

TEST_CASE("objective: without a teacher, or with recorded logits, where that is enough") {
  models m;
  objective hard("cross_entropy");
  CHECK(!hard.needs_teacher());
  hard.prepare(m.student);
  CHECK(hard(0, m.student, m.labels) == hard(0, m.student, m.teacher, m.labels));

  struct recorded {
    kd::tensor_view<const float> logits;
    kd::tensor_view<const float> output(std::string_view layer) const {
      CHECK(layer == "logits");
      return logits;
    }
  };
  objective soft("soft_targets");
  CHECK(soft.teacher_layers() == std::vector<std::string>{"logits"});
  CHECK_THROWS_WITH(soft(0, m.student, m.teacher, m.labels), Catch::Contains("was not prepared"));
  CHECK_THROWS_WITH(soft.prepare(m.student), Catch::Contains("'soft_targets' needs a teacher"));
  soft.prepare(m.student, m.teacher);
  CHECK_THROWS_WITH(soft(0, m.student, m.labels), Catch::Contains("needs a teacher"));
  CHECK(soft(0, m.student, recorded{m.teacher.output("logits")}, m.labels) ==
        soft(0, m.student, m.teacher, m.labels));
}

TEST_CASE("objective: says which term is not finite, and why if it is what it learns") {
  models m;
  objective o("cross_entropy + hint(conv1) + hint(conv2)");
  o.prepare(m.student, m.teacher);
  CHECK(o.first_not_finite().empty());  // nothing has run
  o(0, m.student, m.teacher, m.labels);
  CHECK(o.first_not_finite().empty());
  const std::size_t second = 3 * 4;
  o.parameters()[second] = 3e38f;  // its square is not finite
  CHECK(!std::isfinite(o(0, m.student, m.teacher, m.labels)));
  CHECK(o.first_not_finite() == "the term 'hint.conv2'");
  o.parameters()[second] = std::nanf("");
  CHECK(o.first_not_finite() == "what the term 'hint.conv2' learns");
  o.parameters()[second] = 0;
  o(0, m.student, m.teacher, m.labels);
  o.gradients()[0] = std::nanf("");
  CHECK(o.first_not_finite() == "the gradient of what the term 'hint.conv1' learns");
}

TEST_CASE("objective: layers that there are not are pointed at") {
  models m;
  const auto said = [&](const std::string& text) -> std::string {
    try {
      objective(text).prepare(m.student, m.teacher);
    } catch (const kd::text_error& e) { return e.what(); }
    return "no error";
  };
  CHECK(said("cross_entropy + hint(conv9)") ==
        "kd: at character 22 of the objective: the student has no layer 'conv9'; its layers are "
        "conv1, conv2, hidden, logits\n  cross_entropy + hint(conv9)\n" +
            std::string(23, ' ') + "^");
  CHECK_THAT(said("hint(conv1, c)"), Catch::Contains("character 13 of the objective: the teacher "
                                                     "has no layer 'c'; its layers are conv1, "));
}

TEST_CASE("objective: maps of which each is larger one way are refused") {
  using example::pooling_of, example::pooling;
  const auto map = [](int height, int width) {
    kd::nn::shape s{};
    s.channels = 2, s.height = height, s.width = width;
    return s;
  };
  CHECK(pooling_of(map(4, 4), map(4, 4)) == pooling::none);
  CHECK(pooling_of(map(4, 4), map(4, 2)) == pooling::student);
  CHECK(pooling_of(map(4, 4), map(8, 4)) == pooling::teacher);
  CHECK_THROWS_WITH(pooling_of(map(4, 2), map(2, 4)),
                    Catch::Contains("4 x 2 and the teacher's 2 x 4"));
  float x[4] = {};
  CHECK_THROWS_AS(example::as_features(kd::tensor(x, {1, 1, 2, 2}, {4, 1, 1, 2})), kd::shape_error);
  CHECK_THROWS_AS(example::as_features(kd::tensor(x, {2, 2}, {1, 2})), kd::shape_error);
}
