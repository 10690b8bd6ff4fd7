// SPDX-License-Identifier: MIT
#include "objective.hpp"

#include <algorithm>
#include <cmath>

#include <kd/nn/random.hpp>
#include <kd/train/diverged.hpp>

#include "networks.hpp"

namespace example {
namespace {

constexpr std::string_view logits = "logits";

std::string_view student_layer(const objective_term& t) {
  return t.kind->reads_layer ? std::string_view(t.layers.front().name) : logits;
}
std::string_view teacher_layer(const objective_term& t) {
  return t.kind->reads_layer ? std::string_view(t.layers.back().name) : logits;
}

/// Where a name is in a list, which it is appended to if it is not there.
std::size_t place_in(std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  names.emplace_back(name);
  return names.size() - 1;
}

/// "hint.conv2", or "hint.conv2.2" if there is one.
std::string report_name(const objective_term& t, std::span<const objective::term_report> others) {
  std::string name(t.kind->name);
  for (const layer_name& l : t.layers) name += "." + l.name;
  const auto taken = [&](const std::string& n) {
    return std::any_of(others.begin(), others.end(), [&](const auto& o) { return o.name == n; });
  };
  std::string unique = name;
  for (int i = 2; taken(unique); ++i) unique = name + "." + std::to_string(i);
  return unique;
}

/// Sets a whole layer's gradient to 0: its memory is dense.
void clear(const kd::tensor_view<float>& v) {
  std::int64_t size = 1;
  for (int axis = 0; axis < v.rank; ++axis) size *= v.extents[axis];
  std::fill_n(v.data, size, 0.0f);
}

}  // namespace

objective::objective(std::string_view text) : text_(text), terms_(parse_objective(text)) {
  for (const objective_term& t : terms_) {
    place_in(student_layers_, student_layer(t));
    if (t.kind->reads_teacher) place_in(teacher_layers_, teacher_layer(t));
    reports_.push_back({report_name(t, reports_)});
  }
}

void objective::prepare(const model& student, const model& teacher, std::uint64_t seed) {
  compile(student, &teacher, seed);
}
void objective::prepare(const model& student, std::uint64_t seed) {
  if (needs_teacher())
    throw kd::value_error("kd: the objective '" + text_ + "' needs a teacher; give prepare one");
  compile(student, nullptr, seed);
}

kd::nn::shape objective::shape_of(const objective_term& t, const model& network,
                                  bool of_student) const {
  const std::string_view name = of_student ? student_layer(t) : teacher_layer(t);
  if (network.has_layer(name)) return network.output_shape(name);
  const std::size_t at = t.layers.empty() ? t.at
                         : of_student     ? t.layers.front().at
                                          : t.layers.back().at;
  throw objective_error(text_, at,
                        std::string("the ") + (of_student ? "student" : "teacher") +
                            " has no layer '" + std::string(name) + "'; its layers are " +
                            names_of(network));
}

term_shapes objective::shapes_of(const objective_term& t, const model& student,
                                 const model* teacher) const {
  term_shapes s{shape_of(t, student, true), {}};
  if (t.kind->reads_teacher) s.teacher = shape_of(t, *teacher, false);
  if (t.kind->reads_layer) return s;
  if (!s.student.flat || (t.kind->reads_teacher && !s.teacher.flat))
    throw objective_error(text_, t.at,
                          "the layer 'logits' is not flat; it must be (batch, classes)");
  if (t.kind->reads_teacher && s.student.channels != s.teacher.channels)
    throw objective_error(text_, t.at,
                          "the student has " + std::to_string(s.student.channels) +
                              " classes and the teacher " + std::to_string(s.teacher.channels) +
                              "; " + std::string(t.kind->name) + " compares equally many");
  return s;
}

void objective::compile(const model& student, const model* teacher, std::uint64_t seed) {
  std::vector<compiled_term> compiled;
  std::size_t count = 0;
  for (const objective_term& t : terms_) {
    const term_shapes shapes = shapes_of(t, student, teacher);
    try {
      compiled.push_back({t.kind->make(t.settings, shapes), 0, 0, count, 0});
    } catch (const kd::error& e) {
      throw objective_error(text_, t.at, std::string(e.what()).substr(4));  // behind "kd: "
    }
    compiled_term& c = compiled.back();
    c.student = place_in(student_layers_, student_layer(t));
    if (t.kind->reads_teacher) c.teacher = place_in(teacher_layers_, teacher_layer(t));
    c.count = static_cast<std::size_t>(c.run->parameter_count());
    count += c.count;
  }
  compiled_ = std::move(compiled);
  parameters_.assign(count, 0);
  gradients_.assign(count, 0);
  for (std::size_t i = 0; i < compiled_.size(); ++i)
    compiled_[i].run->initialise(compiled_[i].of(std::span(parameters_)),
                                 kd::nn::random_bits(seed, 0, i));
}

double objective::run(double progress, model& student, std::span<const int> labels) {
  if (compiled_.empty())
    throw kd::value_error("kd: the objective was not prepared; call prepare with the models first");
  if (teacher_outputs_.size() < teacher_layers_.size())
    throw kd::value_error("kd: the objective '" + text_ + "' needs a teacher; give the call one");
  names_.assign(student_layers_.begin(), student_layers_.end());
  for (const std::string_view name : names_) clear(student.output_gradient(name));

  double sum = 0;
  for (std::size_t i = 0; i < compiled_.size(); ++i) {
    const compiled_term& c = compiled_[i];
    term_inputs in{progress, student.output(names_[c.student]), {}, {}, labels, {}, {}};
    if (terms_[i].kind->reads_teacher) in.teacher = teacher_outputs_[c.teacher];
    in.gradient = student.output_gradient(names_[c.student]);
    in.parameters = c.of(std::span<const float>(parameters_));
    in.parameter_gradients = c.of(std::span(gradients_));
    const term_value v = (*c.run)(in);
    reports_[i].value = v.value;
    reports_[i].weight = terms_[i].settings.weight(progress);
    sum += v.weighted;
  }
  student.backward(names_);
  return sum;
}

std::string objective::first_not_finite() const {
  // In the order of a call: what is read, what is made of it, what comes back.
  for (std::size_t i = 0; i < compiled_.size(); ++i) {
    const std::string term = "the term '" + reports_[i].name + "'";
    if (!kd::train::detail::all_finite(compiled_[i].of(std::span(parameters_))))
      return "what " + term + " learns";
    if (!std::isfinite(reports_[i].weight * reports_[i].value)) return term;
  }
  for (std::size_t i = 0; i < compiled_.size(); ++i)
    if (!kd::train::detail::all_finite(compiled_[i].of(std::span(gradients_))))
      return "the gradient of what the term '" + reports_[i].name + "' learns";
  return {};
}

}  // namespace example
