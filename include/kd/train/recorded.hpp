// SPDX-License-Identifier: MIT
// A teacher's outputs, computed once: in place of the teacher in an objective on networks.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kd/nn/any_model.hpp>
#include <kd/train/batches.hpp>
#include <kd/train/fingerprint.hpp>
#include <kd/train/recorded_tables.hpp>

namespace kd::train {

/// What a teacher makes of a set's samples, in evaluation. The teacher runs when a batch is
/// selected whose samples were not seen before, and never again for them. Augmented images are
/// others in every epoch: what was computed for a seed, epoch and augmentation is given out for
/// those only. Teacher and set must stay as they are, and live as long.
template <class Model>
class recorded {
 public:
  using scalar = typename Model::scalar;

  /// Records these layers. Throws shape_error if the network cannot read the set, value_error for
  /// an empty set or a layer that it lacks.
  recorded(Model& teacher, const io::labelled_images& set,
           std::vector<std::string> layers = {"logits"})
      : teacher_(teacher),
        set_(set),
        teacher_print_(fingerprint_of(teacher).text()),
        tables_(set.count, layers_of(teacher, layers)),
        rows_(layers.size()) {
    check_images(set, teacher.input());
  }

  /// Makes the batch's samples what output() gives: augment a batch before, and the teacher sees
  /// the augmented images. Throws value_error for a sample that the set lacks, and for images that
  /// are not the set's although the batch does not say how they were changed.
  void select(const batch& b) {
    check_batch(b);
    auto& table = tables_.at(key_of(b));
    if (!table.knows(b.indices)) run(b, table);
    selected_ = b.size();
    asked_ += b.size();
    for (std::size_t layer = 0; layer < rows_.size(); ++layer)
      tables_.copy_rows(table, layer, b.indices, rows_[layer]);
  }

  /// Runs the teacher on all of the set's images as they are, `size` samples at a time.
  void run_all(std::int64_t size = 256) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(set_.count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for_each_batch(set_, order, size, [&](const batch& b) {
      auto& table = tables_.at(key_of(b));
      if (!table.knows(b.indices)) run(b, table);
    });
  }

  /// A layer's output on the selected samples, with axes as a model's. Throws value_error for a
  /// layer that was not recorded.
  tensor_view<const scalar> output(std::string_view layer) const {
    const std::size_t place = tables_.place_of(layer);
    return nn::detail::view_of<const scalar>(rows_[place].data(), selected_,
                                             tables_.layers()[place].shape);
  }
  template <fixed_string Layer>
  tensor_view<const scalar> output() const {
    return output(Layer.view());
  }

  /// Saves what was recorded, with the teacher's and the set's fingerprints. Throws value_error if
  /// the teacher has changed since, and as save_checkpoint.
  void save(const std::string& path) {
    if (fingerprint_of(teacher_).text() != teacher_print_)
      throw value_error(
          "kd: the teacher has changed since its outputs were recorded; record them again, from a "
          "teacher that no longer learns");
    save_checkpoint(path, tables_, tables_.describe(prints()));
  }

  /// Loads what was saved, in place of what is recorded; false if there is no such file. Throws
  /// value_error, and leaves all as it was, if it is of another teacher, other images or layers,
  /// and as load_checkpoint.
  bool load(const std::string& path) {
    if (!std::filesystem::exists(path)) return false;
    const io::safetensors file = io::read_safetensors(path);
    detail::check_checksums(path, file);  // before what the file says is believed
    auto loaded = tables_.empty_as_described(path, file, prints());
    load_checkpoint(path, loaded);
    tables_ = std::move(loaded);
    return true;
  }

  /// How many images the teacher ran on here, and how many fewer that is than were selected.
  std::int64_t forwards() const { return forwards_; }
  std::int64_t reused() const { return std::max(asked_ - forwards_, std::int64_t{0}); }
  /// How long the teacher took here, and would have taken for the others at its pace, in this run
  /// or in the one that was loaded.
  double seconds() const { return seconds_; }
  double saved_seconds() const { return tables_.seconds_each() * static_cast<double>(reused()); }

  /// "the teacher ran on 60000 images in 12.3 s; 900000 were not run again, which saved 184.5 s".
  std::string summary() const {
    const auto text = [](double s) {
      const auto tenths = static_cast<std::int64_t>(s * 10 + 0.5);
      return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
    };
    return "the teacher ran on " + std::to_string(forwards_) + " images in " + text(seconds_) +
           "; " + std::to_string(reused()) + " were not run again, which saved " +
           text(saved_seconds());
  }

 private:
  static std::vector<recorded_layer> layers_of(const Model& teacher,
                                               const std::vector<std::string>& names) {
    if (names.empty())
      throw value_error("kd: no layer of the teacher is to be recorded; name one or more");
    std::vector<recorded_layer> all;
    for (const std::string& name : names) all.push_back({name, teacher.output_shape(name)});
    return all;
  }

  io::text_metadata prints() const {
    return {{"teacher", teacher_print_}, {"images", fingerprint_of(set_).text()}};
  }

  /// Images that are the set's are the same in all epochs.
  static recorded_key key_of(const batch& b) {
    if (b.augmented.empty()) return {};
    return {b.augmented, b.seed, b.epoch};
  }

  void check_batch(const batch& b) const {
    for (const std::int64_t sample : b.indices) detail::check_sample(sample, set_.count);
    if (!b.augmented.empty()) return;
    const std::int64_t size = set_.height * set_.width * set_.channels;
    auto at = b.images.begin();
    for (std::size_t i = 0; i < b.indices.size(); ++i, at += size)
      if (b.image_size() != size ||
          !std::equal(at, at + size, set_.pixels.begin() + b.indices[i] * size))
        throw value_error("kd: the batch's image of sample " + std::to_string(b.indices[i]) +
                          " is not the set's, and the batch does not say how it was changed; write "
                          "that into batch.augmented, as kd::train::augmentation does");
  }

  void run(const batch& b, recorded_table<scalar>& table) {
    const auto start = std::chrono::steady_clock::now();
    teacher_.forward(b.images.data(), b.size());
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    for (std::size_t layer = 0; layer < rows_.size(); ++layer)
      tables_.store(table, layer, b.indices, teacher_.output(tables_.layers()[layer].name).data);
    tables_.count(b.size(), spent.count());
    forwards_ += b.size();
    seconds_ += spent.count();
  }

  Model& teacher_;
  const io::labelled_images& set_;
  std::string teacher_print_;
  recorded_tables<scalar> tables_;
  std::vector<std::vector<scalar>> rows_;  // of the selected samples, for each layer
  std::int64_t selected_ = 0, asked_ = 0, forwards_ = 0;
  double seconds_ = 0;
};

}  // namespace kd::train
