// SPDX-License-Identifier: MIT
// The losses that an objective's text may name. Each is compiled once, for views of layers that
// are known at run time; each file catalogue_*.cpp compiles some.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kd/nn/shape.hpp>
#include <kd/schedule.hpp>
#include <kd/tensor.hpp>

namespace example {

/// What a term reads of a batch, and where its gradients go.
struct term_inputs {
  double progress = 0;
  kd::tensor_view<const float> student, teacher;  // outputs of its layers
  kd::tensor_view<float> gradient;                // of the student's layer: added to
  std::span<const int> labels;                    // (batch)
  std::span<const float> parameters;              // what the term learns
  std::span<float> parameter_gradients;           // written
};

struct term_value {
  double value, weighted;
};

/// A loss that is compiled, with its weight and options.
class term {
 public:
  virtual ~term() = default;
  virtual term_value operator()(const term_inputs& in) = 0;
  virtual std::int64_t parameter_count() const { return 0; }
  /// Fills what the term learns; the same seed gives the same bits.
  virtual void initialise(std::span<float>, std::uint64_t /*seed*/) const {}
};

/// What the numbers of an option may be.
struct option_range {
  const char* words;
  bool (*holds)(double);
  bool constant = false;  // a schedule must not change it
};
extern const option_range any_number, positive, fraction, whole_number, constant_count;

struct loss_option {
  std::string_view name;
  double standard;
  const option_range* range;
};

/// A weight and options, in the order of the loss's; an option that is not given is absent.
struct term_settings {
  kd::schedule weight = 1;
  std::vector<std::optional<kd::schedule>> options;
};
/// The extents of one sample of the layers that a term reads.
struct term_shapes {
  kd::nn::shape student, teacher;
};

struct loss {
  std::string_view name;
  bool reads_layer;  // a layer that the text names; else the logits
  bool reads_teacher;
  std::vector<loss_option> options;
  /// Throws shape_error if the layers do not suit the loss.
  std::function<std::unique_ptr<term>(const term_settings&, const term_shapes&)> make;
};

/// Every loss, by name in alphabetical order.
const std::vector<loss>& catalogue();
/// The loss of this name, or nullptr.
const loss* find_loss(std::string_view name);
/// "cross_entropy, decoupled, ...": what messages list.
std::string loss_names();
/// What the text of a loss may hold: "soft_targets(temperature = 4, alpha = 0.9)".
std::string signature(const loss& l);
/// What it is, in a line.
std::string_view words_of(const loss& l);

// Parts of the catalogue, one for each file.
std::vector<loss> label_losses();
std::vector<loss> divergences();
std::vector<loss> skewed_divergences();
std::vector<loss> logit_losses();
std::vector<loss> normalized_losses();
std::vector<loss> transformed_losses();
std::vector<loss> hint_losses();
std::vector<loss> attention_losses();
std::vector<loss> similarity_losses();
std::vector<loss> ranking_losses();
std::vector<loss> binary_losses();
std::vector<loss> curriculum_losses();
std::vector<loss> multi_level_losses();
std::vector<loss> topk_losses();

}  // namespace example
