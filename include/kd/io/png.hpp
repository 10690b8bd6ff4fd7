// SPDX-License-Identifier: MIT
// Pictures as PNG files: 8 bits of grey.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <zlib.h>

#include <kd/error.hpp>

namespace kd::io {

namespace detail {

inline std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16 & 0xff),
          static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
}

/// Length, type, data, checksum of type and data.
inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto* bytes = reinterpret_cast<const Bytef*>(body.data());
  const uLong checksum = crc32(0, bytes, static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(checksum));
}

inline std::string deflated(const std::string& plain) {
  uLongf size = compressBound(static_cast<uLong>(plain.size()));
  std::string packed(size, '\0');
  const int code = compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
                             reinterpret_cast<const Bytef*>(plain.data()),
                             static_cast<uLong>(plain.size()), Z_BEST_COMPRESSION);
  if (code != Z_OK) throw io_error("kd: zlib cannot compress a picture: it is out of memory");
  packed.resize(size);
  return packed;
}

}  // namespace detail

/// The content of a PNG file. Pixels are (height, width), 0 is black and 255 white. Throws
/// shape_error if they are not as many as that, or for an extent outside 1 to 32768.
inline std::string png_of_grey(std::span<const std::uint8_t> pixels, int height, int width) {
  constexpr int most = 32768;
  if (height < 1 || width < 1 || height > most || width > most ||
      pixels.size() != static_cast<std::size_t>(height) * static_cast<std::size_t>(width))
    throw shape_error("kd: a picture of " + std::to_string(height) + " x " + std::to_string(width) +
                      " was given " + std::to_string(pixels.size()) +
                      " pixels; extents are 1 to 32768, and there is a pixel for each place");
  std::string rows;
  const auto length = static_cast<std::size_t>(width);
  for (std::size_t begin = 0; begin < pixels.size(); begin += length) {
    rows += '\0';  // the row's filter: none
    const auto row = pixels.subspan(begin, length);
    rows.append(row.begin(), row.end());
  }
  const std::string grey8{8, 0, 0, 0, 0};  // depth, colour type, compression, filter, interlace
  return "\x89PNG\r\n\x1a\n" +
         detail::png_chunk("IHDR", detail::big_endian(static_cast<std::uint32_t>(width)) +
                                       detail::big_endian(static_cast<std::uint32_t>(height)) +
                                       grey8) +
         detail::png_chunk("IDAT", detail::deflated(rows)) + detail::png_chunk("IEND", "");
}

}  // namespace kd::io
