// SPDX-License-Identifier: MIT
// Reads the .npy files of golden cases: C order, little-endian float64 or int64.
#pragma once
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace kd::test {

struct npy {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

inline npy read_npy(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": cannot be opened");
  const std::string bytes((std::istreambuf_iterator<char>(file)), {});
  auto fail = [&](const char* why) { throw std::runtime_error(path + ": " + why); };
  if (bytes.size() < 10 || bytes.compare(0, 6, "\x93NUMPY") != 0) fail("not an npy file");
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  const bool first_version = bytes[6] == 1;
  const std::size_t start = first_version ? 10 : 12;
  if (bytes.size() < start) fail("truncated header");
  const std::size_t length = first_version
                                 ? byte(8) + 256 * byte(9)
                                 : byte(8) + 256 * (byte(9) + 256 * (byte(10) + 256 * byte(11)));
  if (bytes.size() < start + length) fail("truncated header");
  const std::string header = bytes.substr(start, length);
  if (header.find("'fortran_order': False") == std::string::npos) fail("not in C order");
  const bool is_float = header.find("'<f8'") != std::string::npos;
  if (!is_float && header.find("'<i8'") == std::string::npos) fail("neither float64 nor int64");

  npy array;
  std::size_t size = 1;
  std::size_t at = header.find('(', header.find("'shape'")) + 1;
  while (header[at] != ')') {
    if (header[at] < '0' || header[at] > '9') {
      ++at;
      continue;
    }
    std::size_t used = 0;
    array.shape.push_back(std::stoll(header.substr(at), &used));
    size *= static_cast<std::size_t>(array.shape.back());
    at += used;
  }
  if (bytes.size() != start + length + 8 * size) fail("wrong number of bytes");
  for (std::size_t i = 0; i < size; ++i) {
    const char* from = bytes.data() + start + length + 8 * i;
    double real = 0;
    std::int64_t integer = 0;
    std::memcpy(&real, from, 8);
    std::memcpy(&integer, from, 8);
    array.values.push_back(is_float ? real : static_cast<double>(integer));
  }
  return array;
}

}  // namespace kd::test
