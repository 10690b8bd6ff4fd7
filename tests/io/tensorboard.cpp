// SPDX-License-Identifier: MIT
// The golden records were written by TensorBoard 2.21's RecordWriter from its own Event messages.
#include <kd/io/tensorboard.hpp>

#include <limits>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/text_file.hpp"

namespace {

namespace detail = kd::io::detail;

std::string hexadecimal(const std::string& bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (char byte : bytes) {
    text += digits[static_cast<unsigned char>(byte) / 16];
    text += digits[static_cast<unsigned char>(byte) % 16];
  }
  return text;
}

constexpr char version[] =
    "1800000000000000a37f4b22090000a0b48065d2411a0d627261696e2e4576656e743a32f5e8f016";
constexpr char loss[] =
    "2300000000000000b09f7743090000d0b48065d24110ac022a150a130a0c6c6f73732f7465616368"
    "657215cdcccc3dc795ef8d";
constexpr char zero[] =
    "1800000000000000a37f4b2209000000b58065d2412a0d0a0b0a04726174651500000000b9d8825b";
constexpr char restarted[] = "0f000000000000006d532b0909000040b58065d24110073a020801b4a3c2c8";

std::uint64_t number_at(const std::string& bytes, std::size_t at, int size) {
  std::uint64_t number = 0;
  for (int i = size - 1; i >= 0; --i)
    number = number * 256 + static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return number;
}

/// The messages of a file, their frames checked.
std::vector<std::string> messages_of(const std::string& file) {
  std::vector<std::string> messages;
  std::size_t at = 0;
  while (at < file.size()) {
    const auto length = static_cast<std::size_t>(number_at(file, at, 8));
    CHECK(number_at(file, at + 8, 4) == detail::masked_crc32c(file.substr(at, 8)));
    messages.push_back(file.substr(at + 12, length));
    CHECK(number_at(file, at + 12 + length, 4) == detail::masked_crc32c(messages.back()));
    at += 12 + length + 4;
  }
  CHECK(at == file.size());
  return messages;
}

}  // namespace

TEST_CASE("tensorboard: crc32c of RFC 3720's examples", "[io]") {
  CHECK(detail::crc32c("") == 0);
  CHECK(detail::crc32c("123456789") == 0xe3069283);
  CHECK(detail::crc32c(std::string(32, '\0')) == 0x8a9136aa);
  CHECK(detail::crc32c(std::string(32, '\xff')) == 0x62a8ab43);
  std::string rising, falling;
  for (int i = 0; i < 32; ++i) {
    rising += static_cast<char>(i);
    falling += static_cast<char>(31 - i);
  }
  CHECK(detail::crc32c(rising) == 0x46dd794e);
  CHECK(detail::crc32c(falling) == 0x113fdb5c);
}

TEST_CASE("tensorboard: records are those that TensorBoard writes, byte for byte", "[io]") {
  CHECK(hexadecimal(detail::version_record(1234567890.5)) == version);
  CHECK(hexadecimal(detail::scalar_record(1234567891.25, 300, "loss/teacher", 0.1f)) == loss);
  CHECK(hexadecimal(detail::scalar_record(1234567892, 0, "rate", 0)) == zero);
  CHECK(hexadecimal(detail::restart_record(1234567893, 7)) == restarted);
}

TEST_CASE("tensorboard: numbers in 7 bits a byte", "[io]") {
  CHECK(hexadecimal(detail::varint(0)) == "00");
  CHECK(hexadecimal(detail::varint(127)) == "7f");
  CHECK(hexadecimal(detail::varint(128)) == "8001");
  CHECK(hexadecimal(detail::varint(UINT64_MAX)) == "ffffffffffffffffff01");
}

TEST_CASE("tensorboard: a writer's file, whole after every scalar", "[io]") {
  const kd_test::temporary_folder folder;
  kd::io::tensorboard_writer writer(folder / "logs/run");
  CHECK(writer.path().find("/logs/run/events.out.tfevents.") != std::string::npos);
  CHECK(messages_of(kd_test::text_of(writer.path())).size() == 1);
  writer.scalar("loss", 3, 0.5);
  writer.restart(2);
  writer.scalar("loss", 2, std::numeric_limits<double>::quiet_NaN());
  const auto messages = messages_of(kd_test::text_of(writer.path()));
  REQUIRE(messages.size() == 4);
  CHECK(hexadecimal(messages[0].substr(9)) == "1a0d627261696e2e4576656e743a32");
  CHECK(hexadecimal(messages[1].substr(9)) == "10032a0d0a0b0a046c6f7373150000003f");

  const kd::io::tensorboard_writer second(folder / "logs/run");  // in the same second
  CHECK(second.path() != writer.path());
  CHECK(messages_of(kd_test::text_of(second.path())).size() == 1);
}

TEST_CASE("tensorboard: a folder that cannot be made", "[io]") {
  const kd_test::temporary_folder folder;
  kd_test::write_text(folder / "file", "");
  CHECK_THROWS_WITH(kd::io::tensorboard_writer(folder / "file/logs"),
                    Catch::Contains("kd: cannot make the folder '" + (folder / "file/logs")));
}
