// SPDX-License-Identifier: MIT
// A state that counts steps, for folders of checkpoints.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <kd/train/checkpoints.hpp>
#include "support/temporary_folder.hpp"

namespace kd_test {

/// All of it follows from the step, so that halves of two checkpoints would show.
struct counter {
  std::int64_t step = 0;
  std::vector<std::int64_t> values = std::vector<std::int64_t>(100, 0);

  void go_on() {
    ++step;
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = step * 1000 + static_cast<std::int64_t>(i);
  }
  bool whole() const {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] != (step == 0 ? 0 : step * 1000 + static_cast<std::int64_t>(i))) return false;
    return true;
  }
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("step", step);
    visit("values", std::span(values));
  }
};

struct looked {
  counter state;
  std::string path;
  std::vector<std::string> warnings;
};

inline looked look(const std::string& folder) {
  looked found;
  const auto loaded = kd::train::load_newest(
      folder, found.state, [&](const std::string& w) { found.warnings.push_back(w); });
  if (loaded) found.path = std::filesystem::path(loaded->path).filename().string();
  return found;
}

inline std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const kd::io_error& error) { return error.what(); }
  return {};
}

inline std::vector<std::string> checkpoints_in(const temporary_folder& folder) {
  std::vector<std::string> names = folder.names();
  std::erase(names, "lock");
  return names;
}

inline void save_steps(const std::string& folder, int count) {
  kd::train::checkpoints saved(folder);
  counter state;
  saved.load_newest(state);
  for (int i = 0; i < count; ++i) {
    state.go_on();
    saved.save(state);
  }
}

}  // namespace kd_test
