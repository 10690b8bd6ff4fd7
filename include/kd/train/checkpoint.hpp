// SPDX-License-Identifier: MIT
// A state in a file: safetensors, with kd's version and checksums in the metadata.
#pragma once
#include <zlib.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <kd/io/write_safetensors.hpp>
#include <kd/train/visit_state.hpp>
#include <kd/version.hpp>

namespace kd::train {

namespace detail {

inline constexpr const char* version_key = "kd.version";
inline constexpr const char* header_checksum_key = "kd.crc32";
inline constexpr const char* checksum_prefix = "kd.crc32:";  // and the tensor's name

template <State T>
std::vector<state_array> collect(T& state) {
  std::vector<state_array> found;
  state.visit_state(state_collector{found});
  return found;
}

inline std::string checksum(std::span<const std::byte> bytes) {
  const auto crc = ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += digits[crc >> shift & 15];
  return text;
}

/// Of all that the header says but this checksum; names and texts stand in their order.
inline std::string header_checksum(std::vector<io::tensor_entry> tensors,
                                   const io::text_metadata& metadata) {
  std::sort(tensors.begin(), tensors.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::string all;
  const auto add = [&](const std::string& text) {
    all += std::to_string(text.size()) + ":" + text;
  };
  for (const auto& [key, text] : metadata)
    if (key != header_checksum_key) add(key), add(text);
  for (const io::tensor_entry& tensor : tensors) {
    add(tensor.name), add(std::string(io::name_of(tensor.type)));
    for (const std::int64_t extent : tensor.extents) add(std::to_string(extent));
  }
  return checksum(std::as_bytes(std::span(all)));
}

[[noreturn]] inline void fail_damaged(const std::string& path, const std::string& reason) {
  io::detail::fail_on("read", path, reason, "load an older checkpoint, or copy it again");
}

/// Throws io_error unless the file is what was saved.
inline void check_checksums(const std::string& path, const io::safetensors& file) {
  const auto& metadata = file.metadata();
  const auto text = [&](const std::string& key) {
    const auto found = metadata.find(key);
    if (found == metadata.end())
      io::detail::fail_on("read", path, "it lacks the metadata '" + key + "' of a checkpoint",
                          "name a file that kd::train saved");
    return found->second;
  };
  if (text(header_checksum_key) != header_checksum(file.tensors(), metadata))
    fail_damaged(path, "its header is damaged");
  for (const io::tensor_entry& tensor : file.tensors())
    if (text(checksum_prefix + tensor.name) != checksum(tensor.bytes))
      fail_damaged(path, "the values of " + io::detail::shown(tensor.name) + " are damaged");
  for (const io::tensor_entry& tensor : file.tensors())  // another byte in a bool is undefined
    if (tensor.type == io::dtype::boolean && !std::all_of(tensor.bytes.begin(), tensor.bytes.end(),
                                                          [](auto b) { return b < std::byte{2}; }))
      fail_damaged(path, io::detail::shown(tensor.name) + " holds bytes that are not 0 or 1");
}

/// What a file and a state do not have in common.
class mismatches {
 public:
  mismatches(const io::safetensors& file, const std::vector<state_array>& state) {
    std::map<std::string_view, int> names;
    for (const state_array& array : state) {
      if (++names[array.name] == 2) say(array.name, "is the name of two arrays here");
      compare(array, file.find(array.name));
    }
    for (const io::tensor_entry& tensor : file.tensors())
      if (names.count(tensor.name) == 0) say(tensor.name, "is in the file only");
  }

  /// Throws shape_error if only sizes differ, value_error if more does.
  void check(const std::string& path) const {
    if (count_ == 0) return;
    const std::string more =
        count_ > shown_ ? ", and " + std::to_string(count_ - shown_) + " more" : "";
    const std::string text = "kd: cannot load '" + path + "' into this state: " + text_ + more +
                             "; make the networks and the optimiser that it was saved from";
    if (only_sizes_) throw shape_error(text);
    throw value_error(text);
  }

 private:
  void compare(const state_array& here, const io::tensor_entry* there) {
    if (!there) return say(here.name, "is not in the file");
    if (there->type != here.type)
      return say(here.name, "is " + std::string(io::name_of(there->type)) + " in the file and " +
                                std::string(io::name_of(here.type)) + " here");
    if (there->extents == here.extents) return;
    if (here.may_grow && there->extents.size() == 1 && there->extents[0] < here.extents[0]) return;
    const bool only_sizes = only_sizes_;
    say(here.name,
        "has " + extents(there->extents) + " in the file and " + extents(here.extents) + " here");
    only_sizes_ = only_sizes;
  }

  static std::string extents(const std::vector<std::int64_t>& all) {
    if (all.empty()) return "one number";
    std::string text = "(";
    for (const std::int64_t extent : all)
      text += (text.size() == 1 ? "" : ", ") + std::to_string(extent);
    return text + ") values";
  }

  void say(const std::string& name, const std::string& what) {
    only_sizes_ = false;
    if (count_++ < shown_)
      text_ += (text_.empty() ? "" : ", ") + io::detail::shown(name) + " " + what;
  }

  static constexpr int shown_ = 8;
  std::string text_;
  int count_ = 0;
  bool only_sizes_ = true;
};

}  // namespace detail

/// Saves a state with the user's own texts, or leaves the old file whole. Keys that begin with
/// "kd." are kd's, and refused with value_error; throws what io::write_safetensors does.
template <State T>
void save_checkpoint(const std::string& path, T& state, io::text_metadata metadata = {},
                     const io::file_system& files = {}) {
  for (const auto& [key, text] : metadata)
    if (key.rfind("kd.", 0) == 0)
      throw value_error("kd: the metadata's key " + io::detail::shown(key) +
                        " begins with 'kd.', as kd's own do; give it another name");
  std::vector<io::tensor_entry> entries;
  for (const detail::state_array& array : detail::collect(state)) {
    metadata[detail::checksum_prefix + array.name] = detail::checksum(array.bytes);
    entries.push_back({array.name, array.type, array.extents, array.bytes});
  }
  metadata[detail::version_key] = version;
  metadata[detail::header_checksum_key] = detail::header_checksum(entries, metadata);
  io::write_safetensors(path, entries, metadata, files);
}

/// Loads a state and gives the texts that it was saved with, and "kd.version". Nothing is written
/// to the state unless all of it can be. Throws io_error with path and reason for a damaged file;
/// for one of another state shape_error if only sizes differ, value_error if names or types do.
template <State T>
io::text_metadata load_checkpoint(const std::string& path, T& state) {
  const io::safetensors file = io::read_safetensors(path);
  detail::check_checksums(path, file);
  const std::vector<detail::state_array> arrays = detail::collect(state);
  detail::mismatches(file, arrays).check(path);
  for (const detail::state_array& array : arrays) {
    const std::span<const std::byte> from = file.find(array.name)->bytes;
    std::copy(from.begin(), from.end(), array.bytes.begin());
  }
  io::text_metadata metadata;
  for (const auto& [key, text] : file.metadata())
    if (key.rfind(detail::header_checksum_key, 0) != 0) metadata[key] = text;
  return metadata;
}

}  // namespace kd::train
