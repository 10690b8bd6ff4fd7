// SPDX-License-Identifier: MIT
#include "guide.hpp"

#include "run_folder.hpp"

namespace example {
namespace {

/// "2.9 GiB", or "0.4 MiB".
std::string memory_text(std::int64_t bytes) {
  const bool large = bytes >= 1 << 30;
  return kd::train::detail::text_of_number(static_cast<double>(bytes) / (large ? 1 << 30 : 1 << 20),
                                           1) +
         (large ? " GiB" : " MiB");
}

std::string names_of(const std::vector<std::string>& layers) {
  std::string all;
  for (const std::string& layer : layers) all += (all.empty() ? "'" : ", '") + layer + "'";
  return all;
}

/// A message of kd without its remedy, which is for those who name the file themselves.
std::string without_remedy(const std::string& message) {
  return message.substr(0, message.rfind("; "));
}

}  // namespace

guide::guide(const options& o, kd::nn::any_model<>& teacher, const run_data& data,
             const objective& loss, const recording_limits& limits)
    : teacher_(teacher), images_(data.train), layers_(loss.teacher_layers()) {
  std::int64_t bytes = 0;
  for (const std::string& layer : layers_)
    bytes += teacher.output_shape(layer).size() * images_.count * std::int64_t{sizeof(float)};
  if (!o.augmentation.none())
    why_not_ = "augmented images differ in every epoch, so that nothing could be kept";
  else if (bytes > limits.memory)
    why_not_ = "what it makes of " + std::to_string(images_.count) + " images in " +
               names_of(layers_) + " takes " + memory_text(bytes) + ", and at most " +
               memory_text(limits.memory) + " are kept";
  if (layers_ == std::vector<std::string>{"logits"}) path_ = teacher_logits_path(o);
  else if (bytes <= limits.file) path_ = teacher_outputs_path(o);
}

std::function<double(double progress, kd::train::batch& b)> guide::step(const options& o,
                                                                        kd::nn::any_model<>& model,
                                                                        objective& loss) {
  return [this, &o, &model, &loss](double progress, kd::train::batch& b) {
    o.augmentation(b);
    model.forward(b.images.data(), b.size(), b.training());
    if (recorded_) {
      recorded_->select(b);
      return loss(progress, model, *recorded_, b.labels);
    }
    if (loss.needs_teacher()) teacher_.forward(b.images.data(), b.size());
    return loss(progress, model, teacher_, b.labels);
  };
}

void guide::prepare(const std::function<void(const std::string&)>& warn) {
  if (layers_.empty() || !why_not_.empty()) return;
  recorded_.emplace(teacher_, images_, layers_);
  if (path_.empty()) return;  // computed in the first epoch
  try {
    if (recorded_->load(path_)) return;
  } catch (const kd::io_error& e) {
    warn(without_remedy(e.what()) + "; the teacher's outputs are computed again");
  }
  recorded_->run_all();
  try {
    recorded_->save(path_);
  } catch (const kd::io_error& e) {
    warn(without_remedy(e.what()) + "; a run that is resumed computes the teacher's outputs again");
  }
}

std::string guide::summary() const {
  const bool ran = recorded_ && recorded_->forwards() + recorded_->reused() > 0;
  if (recorded_) return ran ? recorded_->summary() : "";
  if (layers_.empty()) return "";
  return "the teacher ran at every batch: " + why_not_;
}

}  // namespace example
