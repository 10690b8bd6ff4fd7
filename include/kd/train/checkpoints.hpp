// SPDX-License-Identifier: MIT
// A folder of checkpoints: checkpoint-000001.safetensors, ... The two newest are kept, and an older
// one goes only when the newest is safely on disk, so that one can always be loaded.
#pragma once
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include <kd/io/folder_lock.hpp>
#include <kd/train/checkpoint.hpp>

namespace kd::train {

/// What was loaded: from where, and the texts that it was saved with.
struct loaded_checkpoint {
  std::string path;
  io::text_metadata metadata;
};

/// Told in a sentence what was wrong with a checkpoint that was passed over.
using checkpoint_warning = std::function<void(const std::string&)>;

namespace detail {

inline std::string checkpoint_name(std::uint64_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%06llu", static_cast<unsigned long long>(number));
  return std::string("checkpoint-") + digits + ".safetensors";
}

/// The number in a checkpoint's name, or nothing if it is none.
inline std::optional<std::uint64_t> checkpoint_number(const std::string& name) {
  unsigned long long number = 0;
  if (std::sscanf(name.c_str(), "checkpoint-%19llu", &number) != 1) return std::nullopt;
  if (checkpoint_name(number) != name) return std::nullopt;
  return number;
}

/// The files of a folder for which `take(name)`; throws io_error.
template <class Take>
void for_each_name(const std::string& folder, Take take) {
  std::error_code code;
  std::filesystem::directory_iterator at(folder, code), end;
  for (; !code && at != end; at.increment(code)) take(at->path().filename().string());
  if (code) io::detail::fail_with(code.value(), "read", folder);
}

inline std::set<std::uint64_t> checkpoint_numbers(const std::string& folder) {
  std::set<std::uint64_t> numbers;
  for_each_name(folder, [&](const std::string& name) {
    if (const auto number = checkpoint_number(name)) numbers.insert(*number);
  });
  return numbers;
}

inline std::string make_folder(const std::string& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) io::detail::fail_with(code.value(), "make the folder", folder);
  return folder;
}

}  // namespace detail

/// Loads the newest checkpoint of a folder that is whole, and tells `warn` of those that are not;
/// nothing if there is no checkpoint at all. Needs no lock: for looking at a run, too. Throws
/// io_error naming all if all are damaged, and as load_checkpoint if it is of another state.
template <State T>
std::optional<loaded_checkpoint> load_newest(const std::string& folder, T& state,
                                             const checkpoint_warning& warn = {}) {
  const std::set<std::uint64_t> numbers = detail::checkpoint_numbers(folder);
  std::vector<std::string> damaged;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const std::string path = folder + "/" + detail::checkpoint_name(*number);
    try {
      loaded_checkpoint loaded{path, load_checkpoint(path, state)};
      if (warn)
        for (const std::string& sentence : damaged)
          warn(sentence + " (the older '" + path + "' was loaded instead)");
      return loaded;
    } catch (const io_error& error) { damaged.push_back(error.what()); }
  }
  if (damaged.empty()) return std::nullopt;
  std::string all;
  for (const std::string& sentence : damaged) all += (all.empty() ? "" : " | ") + sentence;
  throw io_error("kd: no checkpoint in '" + folder + "' can be loaded: " + all +
                 "; start anew in another folder");
}

/// The checkpoints of a run, in a folder that is kept to this object while it lives.
class checkpoints {
 public:
  /// Makes the folder if there is none. Throws io_error if it cannot, or if another run uses it.
  explicit checkpoints(std::string folder, const io::file_system& files = {})
      : folder_(detail::make_folder(folder)), lock_(folder_), files_(files) {
    remove_temporaries();
  }

  const std::string& folder() const { return folder_; }

  /// Saves the next checkpoint and gives its path. Throws as save_checkpoint; then the one before
  /// can still be loaded.
  template <State T>
  std::string save(T& state, const io::text_metadata& metadata = {}) {
    const std::set<std::uint64_t> before = detail::checkpoint_numbers(folder_);
    const std::uint64_t next = before.empty() ? 1 : *before.rbegin() + 1;
    save_checkpoint(path_of(next), state, metadata, files_);
    remove_old(before);
    return path_of(next);
  }

  /// As the function of this name. What it passes over is not counted as a generation from now on.
  template <State T>
  std::optional<loaded_checkpoint> load_newest(T& state, const checkpoint_warning& warn = {}) {
    auto loaded = train::load_newest(folder_, state, warn);
    whole_.reset();
    if (loaded)
      whole_ = detail::checkpoint_number(std::filesystem::path(loaded->path).filename().string());
    return loaded;
  }

  /// The path of the newest that is there, but for those that load_newest passed over; empty if
  /// there is none. Throws io_error if the folder cannot be read.
  std::string newest() const {
    if (whole_) return path_of(*whole_);
    const std::set<std::uint64_t> numbers = detail::checkpoint_numbers(folder_);
    return numbers.empty() ? std::string() : path_of(*numbers.rbegin());
  }

 private:
  std::string path_of(std::uint64_t number) const {
    return folder_ + "/" + detail::checkpoint_name(number);
  }

  /// All that were there before the newest but one, which is the last known to be whole. That they
  /// stay is no reason to stop a run.
  void remove_old(const std::set<std::uint64_t>& before) {
    if (before.empty()) return;
    const std::uint64_t keep = whole_.value_or(*before.rbegin());
    for (const std::uint64_t number : before)
      if (number != keep) files_.remove(path_of(number).c_str());
    whole_.reset();
  }

  /// What runs left that were killed while they saved.
  void remove_temporaries() {
    std::vector<std::string> names;
    detail::for_each_name(folder_, [&](const std::string& name) {
      if (name.rfind("checkpoint-", 0) == 0 && name.ends_with(".tmp")) names.push_back(name);
    });
    for (const std::string& name : names) files_.remove((folder_ + "/" + name).c_str());
  }

  std::string folder_;
  io::folder_lock lock_;
  io::file_system files_;
  std::optional<std::uint64_t> whole_;  // loaded, and not yet followed by a save
};

}  // namespace kd::train
