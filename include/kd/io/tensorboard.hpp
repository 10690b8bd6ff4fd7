// SPDX-License-Identifier: MIT
// Event files for TensorBoard. A file is a sequence of TFRecords, all numbers little-endian:
//   length, 8 bytes | masked crc32c of these 8 | an Event, `length` bytes | masked crc32c of it
// and an Event is a message in protobuf's encoding, of which these fields are written:
//   Event   { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5;
//             SessionLog session_log = 7; }
//   Summary { repeated Value value = 1; }   Value { string tag = 1; float simple_value = 2; }
//   SessionLog { enum status = 1; }         START = 1: steps of earlier files from here on are void
#pragma once
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include <kd/error.hpp>
#include <kd/io/output_file.hpp>

namespace kd::io {

namespace detail {

/// CRC-32C (Castagnoli), RFC 3720 B.4: reflected polynomial 0x82f63b78.
constexpr std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc % 2 == 1 ? 0x82f63b78u : 0u);
  }
  return ~crc;
}
/// As TFRecords hold it: the checksum of data that holds checksums would be a weak one.
constexpr std::uint32_t masked_crc32c(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xa282ead8u;
}

template <class T>
std::string little_endian(T number) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof number; ++i)
    bytes += static_cast<char>(number >> (8 * i) & 0xff);
  return bytes;
}

inline std::string tf_record(std::string_view message) {
  const std::string length = little_endian<std::uint64_t>(message.size());
  return length + little_endian(masked_crc32c(length)) + std::string(message) +
         little_endian(masked_crc32c(message));
}

inline std::string varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
  return bytes + static_cast<char>(number);
}
inline std::string field(int number, std::int64_t value) {
  if (value == 0) return {};  // what is absent is 0
  return varint(static_cast<std::uint64_t>(number) * 8) + varint(static_cast<std::uint64_t>(value));
}
inline std::string field(int number, double value) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 1) +
         little_endian(std::bit_cast<std::uint64_t>(value));
}
inline std::string field(int number, float value) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 5) +
         little_endian(std::bit_cast<std::uint32_t>(value));
}
inline std::string field(int number, std::string_view value) {
  return varint(static_cast<std::uint64_t>(number) * 8 + 2) + varint(value.size()) +
         std::string(value);
}

/// wall_time is in seconds since 1970.
inline std::string version_record(double wall_time) {
  return tf_record(field(1, wall_time) + field(3, std::string_view("brain.Event:2")));
}
inline std::string scalar_record(double wall_time, std::int64_t step, std::string_view tag,
                                 float value) {
  const std::string summary = field(1, field(1, tag) + field(2, value));
  return tf_record(field(1, wall_time) + field(2, step) + field(5, summary));
}
inline std::string restart_record(double wall_time, std::int64_t step) {
  return tf_record(field(1, wall_time) + field(2, step) + field(7, field(1, std::int64_t{1})));
}

}  // namespace detail

/// One event file in a folder that TensorBoard is pointed to (`tensorboard --logdir FOLDER`). Each
/// scalar is handed to the system at once and whole.
class tensorboard_writer {
 public:
  /// Makes the folder if it is absent, and a file of its own in it. Throws io_error if it cannot.
  explicit tensorboard_writer(const std::string& folder) : file_(new_file(folder)) {
    file_.write(detail::version_record(now()));
  }

  /// Adds a point to the curve of this name; `loss/teacher` stands in the group `loss`. TensorBoard
  /// holds values as float. Throws io_error if it cannot be written: then the file ends with the
  /// point before.
  void scalar(std::string_view tag, std::int64_t step, double value) {
    file_.write(detail::scalar_record(now(), step, tag, static_cast<float>(value)));
  }

  /// Says that a run goes on here: points of earlier files in the folder at this step and later are
  /// not shown.
  void restart(std::int64_t step) { file_.write(detail::restart_record(now(), step)); }

  const std::string& path() const { return file_.path(); }

 private:
  static double now() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double>(since_1970).count();
  }
  /// TensorBoard reads a folder's files in the order of their names: seconds, process, number.
  static detail::output_file new_file(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw io_error("kd: cannot make the folder '" + folder + "': " + error.message());
    const std::string seconds = std::to_string(static_cast<std::int64_t>(now()));
    const std::string start = folder + "/events.out.tfevents." +
                              std::string(10 - std::min<std::size_t>(10, seconds.size()), '0') +
                              seconds + ".kd." + std::to_string(::getpid()) + ".";
    int number = 0;
    while (std::filesystem::exists(start + std::to_string(number), error)) ++number;
    return {start + std::to_string(number), detail::output_file::open_as::absent};
  }

  detail::output_file file_;
};

}  // namespace kd::io
