// SPDX-License-Identifier: MIT
// IDX files, the format of MNIST and its kin, plain or compressed with gzip. All numbers are
// big-endian:
//   00 00 08 d | d extents of 4 bytes | the elements, one byte each, row-major
// Every malformed file gives an io_error with path, byte (of the uncompressed content, of the
// compressed file where that is damaged) and reason.
// Memory grows with what has been read, never with what a header promises.
#pragma once
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include <zlib.h>

#include <kd/error.hpp>

namespace kd::io {

/// The largest number of elements that an IDX file may hold.
inline constexpr std::int64_t max_idx_elements = std::int64_t{1} << 31;

/// A file's content: unsigned bytes with 1 to 4 axes, row-major.
struct idx {
  std::vector<std::int64_t> extents;
  std::vector<std::uint8_t> bytes;
};

/// Images and their labels.
struct labelled_images {
  std::int64_t count = 0;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  std::vector<float> pixels;  // (count, height, width, channels), in 0 .. 1
  std::vector<int> labels;    // (count), in 0 .. classes - 1
  int classes = 0;            // the largest label and 1
};

namespace detail {

inline std::string malformed(const std::string& path, const std::string& byte,
                             const std::string& reason) {
  return "kd: cannot read '" + path + "': at byte " + byte + ": " + reason;
}

/// A file that is read from its start to its end, with the byte that was reached.
class byte_reader {
 public:
  explicit byte_reader(const std::string& path) : path_(path) {
    errno = 0;
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_)
      throw io_error("kd: cannot open '" + path +
                     "': " + (errno != 0 ? std::strerror(errno) : "zlib is out of memory"));
  }

  /// Reads up to `size` bytes; fewer only at the end of the file.
  std::size_t read(std::uint8_t* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const auto piece = static_cast<unsigned>(std::min(size - done, std::size_t{1} << 20));
      const int count = gzread(file_.get(), to + done, piece);
      if (count > 0) done += static_cast<std::size_t>(count);
      check_stream(at_ + static_cast<std::int64_t>(done));
      if (count <= 0) break;
    }
    at_ += static_cast<std::int64_t>(done);
    return done;
  }

  [[noreturn]] void fail(std::int64_t byte, const std::string& reason) const {
    throw io_error(malformed(path_, std::to_string(byte), reason));
  }

  std::int64_t at() const { return at_; }

 private:
  // gzread returns what it has before it reports an error, so the error is asked for each time.
  void check_stream(std::int64_t byte) const {
    const int system = errno;
    int code = Z_OK;
    const char* message = gzerror(file_.get(), &code);
    if (code == Z_OK || code == Z_STREAM_END) return;
    if (code == Z_ERRNO) fail(byte, std::strerror(system));
    std::string reason = message;  // zlib puts the path before it
    if (reason.rfind(path_ + ": ", 0) == 0) reason.erase(0, path_.size() + 2);
    throw io_error(malformed(path_,
                             std::to_string(gzoffset(file_.get())) + " of the compressed file",
                             "the gzip data is damaged: " + reason));
  }

  struct closer {
    void operator()(gzFile_s* file) const { gzclose(file); }
  };
  std::string path_;
  std::unique_ptr<gzFile_s, closer> file_;
  std::int64_t at_ = 0;
};

inline std::string hexadecimal(std::uint8_t byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {'0', 'x', digits[byte / 16], digits[byte % 16]};
}

/// The four bytes of the magic number, checked; the last is the number of axes.
inline std::size_t read_idx_magic(byte_reader& file) {
  std::array<std::uint8_t, 4> magic{};
  const std::size_t found = file.read(magic.data(), magic.size());
  if (found == 0) file.fail(0, "expected an IDX header, found an empty file");
  for (std::size_t i = 0; i < std::min(found, std::size_t{2}); ++i)
    if (magic[i] != 0)
      file.fail(static_cast<std::int64_t>(i),
                "expected 0x00 of an IDX header, found " + hexadecimal(magic[i]));
  if (found > 2 && magic[2] != 0x08)
    file.fail(2, "expected element type 0x08 (unsigned byte), found " + hexadecimal(magic[2]));
  if (found > 3 && (magic[3] < 1 || magic[3] > 4))
    file.fail(3, "expected 1 to 4 axes, found " + std::to_string(magic[3]));
  if (found < magic.size())
    file.fail(file.at(), "expected 4 bytes of IDX header, found the end of the file");
  return magic[3];
}

inline std::int64_t read_idx_extent(byte_reader& file) {
  std::array<std::uint8_t, 4> bytes{};
  if (file.read(bytes.data(), bytes.size()) < bytes.size())
    file.fail(file.at(), "expected an extent of 4 bytes, found the end of the file");
  std::int64_t extent = 0;
  for (std::uint8_t byte : bytes) extent = extent * 256 + byte;
  return extent;
}

}  // namespace detail

/// Reads an IDX file of unsigned bytes, plain or gzip. Throws io_error with path, byte and reason.
/// As gzip does, it ignores what follows the compressed data without being compressed data itself.
inline idx read_idx(const std::string& path) {
  detail::byte_reader file(path);
  const std::size_t axes = detail::read_idx_magic(file);
  idx content;
  std::int64_t elements = 1;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const std::int64_t byte = file.at(), extent = detail::read_idx_extent(file);
    // Each factor is below 2^32 and the product so far at most 2^31, so this cannot overflow.
    if (elements * extent > max_idx_elements)
      file.fail(byte, "expected at most 2^31 elements, found an extent of " +
                          std::to_string(extent) + " that makes them " +
                          std::to_string(elements * extent));
    elements *= extent;
    content.extents.push_back(extent);
  }

  constexpr std::int64_t piece = std::int64_t{1} << 20;
  for (std::int64_t done = 0; done < elements;) {
    const std::int64_t next = std::min(piece, elements - done);
    content.bytes.resize(static_cast<std::size_t>(done + next));
    const std::size_t found =
        file.read(content.bytes.data() + done, static_cast<std::size_t>(next));
    done += static_cast<std::int64_t>(found);
    if (done < elements && static_cast<std::int64_t>(found) < next)
      file.fail(file.at(), "expected " + std::to_string(elements) + " elements, found " +
                               std::to_string(done) + " before the end of the file");
  }
  std::uint8_t more = 0;
  const std::int64_t end = file.at();
  if (file.read(&more, 1) != 0)
    file.fail(end, "expected the end of the file behind " + std::to_string(elements) +
                       " elements, found more bytes");
  return content;
}

/// Reads images (count, height, width) or (count, height, width, channel) and their labels (count).
/// Throws io_error if a file is malformed, has other axes, or their counts differ.
inline labelled_images read_labelled_images(const std::string& images_path,
                                            const std::string& labels_path) {
  const idx images = read_idx(images_path), labels = read_idx(labels_path);
  const std::size_t axes = images.extents.size();
  if (axes != 3 && axes != 4)
    throw io_error(detail::malformed(
        images_path, "3", "expected 3 or 4 axes of images, found " + std::to_string(axes)));
  if (labels.extents.size() != 1)
    throw io_error(detail::malformed(
        labels_path, "3",
        "expected 1 axis of labels, found " + std::to_string(labels.extents.size())));
  if (images.extents[0] != labels.extents[0])
    throw io_error(detail::malformed(
        labels_path, "4",
        "expected " + std::to_string(images.extents[0]) + " labels, as many as '" + images_path +
            "' holds images, found " + std::to_string(labels.extents[0])));

  labelled_images set;
  set.count = images.extents[0];
  set.height = images.extents[1];
  set.width = images.extents[2];
  set.channels = axes == 4 ? images.extents[3] : 1;
  set.pixels.resize(images.bytes.size());
  std::transform(images.bytes.begin(), images.bytes.end(), set.pixels.begin(),
                 [](std::uint8_t byte) { return static_cast<float>(byte) / 255.0f; });
  set.labels.assign(labels.bytes.begin(), labels.bytes.end());
  for (int label : set.labels) set.classes = std::max(set.classes, label + 1);
  return set;
}

}  // namespace kd::io
