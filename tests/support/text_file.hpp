// SPDX-License-Identifier: MIT
// Whole files as text.
#pragma once
#include <fstream>
#include <iterator>
#include <string>

namespace kd_test {

inline std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
inline void write_text(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace kd_test
