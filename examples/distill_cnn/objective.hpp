// SPDX-License-Identifier: MIT
// An objective that a text describes, on models whose networks are known at run time.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kd/nn/any_model.hpp>
#include "objective_text.hpp"

namespace example {

/// A sum of weighted losses: objective("0.9*soft_targets(T=cosine(8,2)) + 50*hint(conv2)").
class objective {
 public:
  using model = kd::nn::any_model<float>;
  /// A loss's name, and its value without the weight.
  struct term_report {
    std::string name;
    double value = 0, weight = 0;
  };

  /// Throws kd::text_error, which points at a mistake of the text.
  explicit objective(std::string_view text);

  /// Whether any term reads a teacher, and which of its layers: {"logits"} is all that recorded
  /// logits have to offer.
  bool needs_teacher() const { return !teacher_layers_.empty(); }
  const std::vector<std::string>& teacher_layers() const { return teacher_layers_; }
  const std::vector<std::string>& student_layers() const { return student_layers_; }

  /// Compiles the terms for these networks and makes what they learn; the same seed gives the same
  /// bits. Throws kd::text_error for a layer that there is not, or that does not suit its loss.
  void prepare(const model& student, const model& teacher, std::uint64_t seed = 0);
  /// The same without a teacher. Throws value_error if one is needed.
  void prepare(const model& student, std::uint64_t seed = 0);

  /// The value on what the student and the teacher (anything with `output("layer")`) made of their
  /// last batch; the student's gradients() and this object's are those of the objective. Throws
  /// value_error before prepare, and what the terms throw: shape_error if batches disagree,
  /// value_error for labels outside of the classes.
  template <class Teacher>
  double operator()(double progress, model& student, const Teacher& teacher,
                    std::span<const int> labels) {
    teacher_outputs_.clear();
    for (const std::string& layer : teacher_layers_)
      teacher_outputs_.push_back(teacher.output(std::string_view(layer)));
    return run(progress, student, labels);
  }
  /// The same without a teacher. Throws value_error if one is needed.
  double operator()(double progress, model& student, std::span<const int> labels) {
    teacher_outputs_.clear();
    return run(progress, student, labels);
  }

  /// The terms of the last call, in the text's order: "cross_entropy", "hint.conv2", and one of the
  /// same name again "hint.conv2.2".
  std::span<const term_report> terms() const { return reports_; }

  /// What of a call was not finite: "the term 'hint.conv2'", or what it learns. Empty if all was.
  /// kd::train::also asks it when a training diverges.
  std::string first_not_finite() const;

  /// What the terms learn, and its gradient from the last call: for an optimiser beside the
  /// student's. Both are empty if nothing is learnt, and stay where they are after prepare.
  std::span<float> parameters() { return parameters_; }
  std::span<float> gradients() { return gradients_; }

  /// Calls visit("hint.conv2", span) for what each term learns.
  template <class Visit>
  void visit_state(Visit&& visit) {
    for (std::size_t i = 0; i < compiled_.size(); ++i)
      if (compiled_[i].count > 0) visit(reports_[i].name, compiled_[i].of(std::span(parameters_)));
  }

  /// A text that makes the same objective.
  std::string describe() const { return example::describe(terms_); }

 private:
  struct compiled_term {
    std::unique_ptr<term> run;
    std::size_t student, teacher;  // among the layers
    std::size_t first, count;      // among the parameters

    template <class T>
    std::span<T> of(std::span<T> all) const {
      return all.subspan(first, count);
    }
  };
  std::string text_;
  std::vector<objective_term> terms_;
  std::vector<std::string> student_layers_, teacher_layers_;
  std::vector<compiled_term> compiled_;
  std::vector<term_report> reports_;
  std::vector<float> parameters_, gradients_;
  std::vector<kd::tensor_view<const float>> teacher_outputs_;
  std::vector<std::string_view> names_;

  void compile(const model& student, const model* teacher, std::uint64_t seed);
  term_shapes shapes_of(const objective_term& t, const model& student, const model* teacher) const;
  kd::nn::shape shape_of(const objective_term& t, const model& network, bool of_student) const;
  double run(double progress, model& student, std::span<const int> labels);
};

}  // namespace example
