// SPDX-License-Identifier: MIT
#include <kd/io/png.hpp>

#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number * 256 + static_cast<unsigned char>(bytes[at + i]);
  return number;
}

}  // namespace

TEST_CASE("png: chunks with their checksums, and rows that zlib reads back", "[io]") {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 6; ++i) pixels.push_back(static_cast<std::uint8_t>(i * 50));
  const std::string file = kd::io::png_of_grey(pixels, 2, 3);
  REQUIRE(file.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  std::vector<std::string> types;
  std::string rows(8, 'x');
  for (std::size_t at = 8; at < file.size();) {
    const std::size_t length = number_at(file, at);
    const std::string body = file.substr(at + 4, 4 + length);
    types.push_back(body.substr(0, 4));
    const auto* bytes = reinterpret_cast<const Bytef*>(body.data());
    CHECK(number_at(file, at + 8 + length) == crc32(0, bytes, static_cast<uInt>(body.size())));
    if (types.back() == "IHDR")
      CHECK(body.substr(4) == std::string("\0\0\0\3\0\0\0\2\x08\0\0\0\0", 13));
    if (types.back() == "IDAT") {
      uLongf size = rows.size();
      REQUIRE(uncompress(reinterpret_cast<Bytef*>(rows.data()), &size, bytes + 4,
                         static_cast<uLong>(length)) == Z_OK);
      CHECK(size == 8);
    }
    at += 12 + length;
  }
  CHECK(types == std::vector<std::string>{"IHDR", "IDAT", "IEND"});
  CHECK(rows == std::string("\0\0\x32\x64\0\x96\xc8\xfa", 8));
}

TEST_CASE("png: pixels that are not as many as the extents say", "[io]") {
  const std::vector<std::uint8_t> six(6);
  CHECK_THROWS_AS(kd::io::png_of_grey(six, 2, 2), kd::shape_error);
  CHECK_THROWS_AS(kd::io::png_of_grey(six, 0, 6), kd::shape_error);
  CHECK_THROWS_AS(kd::io::png_of_grey(six, -2, -3), kd::shape_error);
}
