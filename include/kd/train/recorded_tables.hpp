// SPDX-License-Identifier: MIT
// Where recorded outputs lie: a table for the images as they are, and one for each epoch of
// augmented ones. In a file, the metadata says of what the tables are.
#pragma once
#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <kd/io/safetensors.hpp>
#include <kd/nn/shape.hpp>

namespace kd::train {

/// Which images a table is of; empty for the set as it is.
struct recorded_key {
  std::string augmented{};
  std::uint64_t seed = 0;
  std::int64_t epoch = 0;
  auto operator<=>(const recorded_key&) const = default;
};

struct recorded_layer {
  std::string name;
  nn::shape shape;
};

template <class T>
struct recorded_table {
  std::vector<std::uint8_t> known;      // (sample)
  std::vector<std::vector<T>> outputs;  // for each layer (sample, value)

  bool knows(const std::vector<std::int64_t>& samples) const {
    return std::ranges::all_of(
        samples, [&](std::int64_t s) { return known[static_cast<std::size_t>(s)] != 0; });
  }
};

template <class T>
class recorded_tables {
 public:
  using table = recorded_table<T>;

  recorded_tables(std::int64_t samples, std::vector<recorded_layer> layers)
      : samples_(samples), layers_(std::move(layers)) {}

  const std::vector<recorded_layer>& layers() const { return layers_; }

  /// Throws value_error if there is none of this name.
  std::size_t place_of(std::string_view layer) const {
    for (std::size_t i = 0; i < layers_.size(); ++i)
      if (layers_[i].name == layer) return i;
    throw value_error("kd: layer '" + std::string(layer) + "' of the teacher was not recorded, " +
                      names() + " was; record it, or run the teacher itself");
  }

  /// The table of this key, which is made if there is none.
  table& at(const recorded_key& key) {
    const auto [found, is_new] = tables_.try_emplace(key);
    if (is_new) {
      found->second.known.resize(static_cast<std::size_t>(samples_));
      for (const recorded_layer& layer : layers_)
        found->second.outputs.emplace_back(static_cast<std::size_t>(samples_ * layer.shape.size()));
    }
    return found->second;
  }

  void store(table& to, std::size_t layer, const std::vector<std::int64_t>& samples,
             const T* rows) const {
    const std::int64_t size = layers_[layer].shape.size();
    for (const std::int64_t s : samples) {
      std::copy_n(rows, size, to.outputs[layer].begin() + s * size);
      to.known[static_cast<std::size_t>(s)] = 1;
      rows += size;
    }
  }
  void copy_rows(const table& from, std::size_t layer, const std::vector<std::int64_t>& samples,
                 std::vector<T>& rows) const {
    const std::int64_t size = layers_[layer].shape.size();
    rows.clear();
    for (const std::int64_t s : samples) {
      const auto row = from.outputs[layer].begin() + s * size;
      rows.insert(rows.end(), row, row + size);
    }
  }

  /// Adds what the teacher took for so many samples.
  void count(std::int64_t samples, double seconds) { forwards_ += samples, seconds_ += seconds; }
  double seconds_each() const {
    return forwards_ == 0 ? 0 : seconds_ / static_cast<double>(forwards_);
  }

  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("forwards", forwards_);
    visit("seconds", seconds_);
    std::int64_t number = 0;
    for (auto& [key, t] : tables_) {
      const std::string name = std::to_string(number++) + ".";
      visit(name + "known", std::span(t.known));
      for (std::size_t layer = 0; layer < layers_.size(); ++layer)
        visit(name + "output." + layers_[layer].name, std::span(t.outputs[layer]));
    }
  }

  /// What a file of these tables says about itself.
  io::text_metadata describe(io::text_metadata prints) const {
    prints["layers"] = names();
    std::int64_t number = 0;
    for (const auto& [key, t] : tables_)
      prints[table_name(number++)] =
          std::to_string(key.seed) + " " + std::to_string(key.epoch) + " " + key.augmented;
    return prints;
  }

  /// Tables without content as a file describes its own. Throws value_error if it is of another
  /// teacher, other images or layers than these.
  recorded_tables empty_as_described(const std::string& path, const io::safetensors& file,
                                     io::text_metadata expected) const {
    expected["layers"] = names();
    for (const auto& [key, text] : expected) check_same(path, file.metadata(), key, text);
    recorded_tables tables(samples_, layers_);
    for (std::int64_t number = 0; !text_of(file.metadata(), table_name(number)).empty(); ++number) {
      std::istringstream text(text_of(file.metadata(), table_name(number)));
      recorded_key key;
      text >> key.seed >> key.epoch;
      text.get();
      std::getline(text, key.augmented);
      tables.at(key);
    }
    return tables;
  }

 private:
  static std::string table_name(std::int64_t number) { return "table " + std::to_string(number); }
  static std::string text_of(const io::text_metadata& metadata, const std::string& key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? "" : found->second;
  }
  static void check_same(const std::string& path, const io::text_metadata& metadata,
                         const std::string& key, const std::string& expected) {
    const std::string found = text_of(metadata, key);
    if (found == expected) return;
    if (found.empty())
      throw value_error("kd: '" + path +
                        "' does not say what it was recorded from; name a file that "
                        "kd::train::recorded saved");
    const std::string what = key == "teacher"  ? "another teacher"
                             : key == "images" ? "other images"
                                               : "other layers, " + found;
    throw value_error("kd: '" + path + "' was recorded from " + what +
                      "; remove it, and it is recorded again, or name another file");
  }
  std::string names() const {
    std::string all;
    for (const recorded_layer& layer : layers_)
      all += (all.empty() ? "'" : ", '") + layer.name + "'";
    return all;
  }

  std::int64_t samples_;
  std::vector<recorded_layer> layers_;
  std::map<recorded_key, table> tables_;
  std::int64_t forwards_ = 0;
  double seconds_ = 0;
};

}  // namespace kd::train
