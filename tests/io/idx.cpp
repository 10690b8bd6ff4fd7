// SPDX-License-Identifier: MIT
#include <kd/io/idx.hpp>

#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace fs = std::filesystem;
using bytes = std::vector<std::uint8_t>;

namespace {

/// A folder that goes when the test does.
struct temporary_folder {
  fs::path path = fs::temp_directory_path() / ("kd_idx_" + std::to_string(::getpid()));
  temporary_folder() { fs::create_directories(path); }
  ~temporary_folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }

  std::string write(const std::string& name, const bytes& content) const {
    std::ofstream out(path / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    return path / name;
  }
};

bytes header(const std::vector<std::uint32_t>& extents, std::uint8_t type = 8) {
  bytes out{0, 0, type, static_cast<std::uint8_t>(extents.size())};
  for (std::uint32_t extent : extents)
    for (int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::uint8_t>(extent >> shift));
  return out;
}

// 5 x 3 x 4 elements behind 16 bytes of header.
bytes sample_file() {
  bytes file = header({5, 3, 4});
  for (int i = 0; i < 60; ++i) file.push_back(static_cast<std::uint8_t>(i * 4));
  return file;
}

bytes compressed(const bytes& plain) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);  // + 16: gzip
  bytes out(plain.size() + 200);
  bytes in = plain;
  stream.next_in = in.data();
  stream.avail_in = static_cast<unsigned>(in.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<unsigned>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// The message of the io_error that reading gives; empty if it gives none.
std::string message_of(const std::string& path) {
  try {
    kd::io::read_idx(path);
  } catch (const kd::io_error& error) { return error.what(); }
  return {};
}

/// Whether the file's error names the path, the byte and all the words.
bool complains(const std::string& path, std::int64_t byte, std::vector<std::string> words) {
  const std::string message = message_of(path);
  INFO(message);
  words.push_back("kd: cannot read '" + path + "': at byte " + std::to_string(byte) + ": ");
  for (const std::string& word : words)
    if (message.find(word) == std::string::npos) {
      WARN("'" << message << "' lacks '" << word << "'");
      return false;
    }
  return true;
}

}  // namespace

TEST_CASE("idx: reads plain and compressed files", "[io]") {
  const temporary_folder folder;
  for (const bytes& file : {sample_file(), compressed(sample_file())}) {
    const kd::io::idx content = kd::io::read_idx(folder.write("a", file));
    CHECK(content.extents == std::vector<std::int64_t>{5, 3, 4});
    const bytes plain = sample_file();
    CHECK(content.bytes == bytes(plain.begin() + 16, plain.end()));
  }
  CHECK(kd::io::read_idx(folder.write("none", header({0}))).bytes.empty());
  bytes large = header({3, 1000, 1000});  // more than one piece
  large.resize(large.size() + 3000000, 7);
  CHECK(kd::io::read_idx(folder.write("large", large)).bytes == bytes(3000000, 7));
  CHECK(kd::io::read_idx(folder.write("large.gz", compressed(large))).bytes == bytes(3000000, 7));
}

TEST_CASE("idx: files that cannot be opened", "[io]") {
  const temporary_folder folder;
  const std::string missing = folder.path / "missing";
  CHECK(message_of(missing) == "kd: cannot open '" + missing + "': No such file or directory");
  CHECK(complains(folder.path, 0, {"Is a directory"}));
}

TEST_CASE("idx: headers that are wrong say what was expected and found", "[io]") {
  const temporary_folder folder;
  CHECK(complains(folder.write("a", {}), 0, {"expected an IDX header", "empty file"}));
  CHECK(complains(folder.write("b", {'P', 'K', 3, 4}), 0, {"expected 0x00", "found 0x50"}));
  CHECK(complains(folder.write("c", {0, 1, 8, 1}), 1, {"expected 0x00", "found 0x01"}));
  CHECK(complains(folder.write("d", header({1}, 0x0d)), 2,
                  {"expected element type 0x08 (unsigned byte)", "found 0x0d"}));
  CHECK(complains(folder.write("e", header({})), 3, {"expected 1 to 4 axes", "found 0"}));
  CHECK(complains(folder.write("f", header({1, 1, 1, 1, 1})), 3,
                  {"expected 1 to 4 axes", "found 5"}));
  CHECK(complains(folder.write("g", header({0x80000001u})), 4,
                  {"at most 2^31 elements", "2147483649"}));
  CHECK(complains(folder.write("h", header({65536, 65536})), 8, {"at most 2^31 elements"}));
  // 2^32 - 1 to the fourth power would overflow 64 bits
  CHECK(complains(folder.write("i", header({1u << 31, 0xffffffffu, 0xffffffffu, 0xffffffffu})), 8,
                  {"at most 2^31 elements"}));
}

TEST_CASE("idx: a file cut at any byte", "[io]") {
  const temporary_folder folder;
  const bytes plain = sample_file();
  for (std::size_t size = 0; size < plain.size(); ++size) {
    const std::string path = folder.write(
        "cut", bytes(plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(complains(path, static_cast<std::int64_t>(size), {"expected", "found"}));
  }
  const bytes packed = compressed(plain);
  for (std::size_t size = 0; size < packed.size(); ++size) {
    const std::string path = folder.write(
        "cut.gz", bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(message_of(path).find("'" + path + "'") != std::string::npos);
  }
}

TEST_CASE("idx: a file with more than it should hold", "[io]") {
  const temporary_folder folder;
  bytes plain = sample_file();
  plain.push_back(0);
  CHECK(complains(folder.write("a", plain), 76, {"expected the end", "found more"}));
  CHECK(complains(folder.write("a.gz", compressed(plain)), 76, {"expected the end", "found more"}));
}

TEST_CASE("idx: any bit of the header turned", "[io]") {
  const temporary_folder folder;
  for (std::size_t place = 0; place < 16; ++place)
    for (int bit = 0; bit < 8; ++bit) {
      bytes file = sample_file();
      file[place] = static_cast<std::uint8_t>(file[place] ^ (1 << bit));
      CAPTURE(place, bit);
      CHECK_FALSE(message_of(folder.write("bit", file)).empty());
    }
}

TEST_CASE("idx: any bit of a compressed file turned is an error or changes nothing", "[io]") {
  const temporary_folder folder;
  const bytes plain = sample_file(), packed = compressed(plain);
  int errors = 0;
  for (std::size_t place = 0; place < packed.size(); ++place)
    for (int bit = 0; bit < 8; ++bit) {
      bytes file = packed;
      file[place] = static_cast<std::uint8_t>(file[place] ^ (1 << bit));
      try {
        const auto content = kd::io::read_idx(folder.write("bit.gz", file));
        CAPTURE(place, bit);
        CHECK(content.bytes == bytes(plain.begin() + 16, plain.end()));
      } catch (const kd::io_error&) { ++errors; }
    }
  CHECK(errors > static_cast<int>(packed.size()) * 4);
}

TEST_CASE("idx: damaged gzip data is reported with zlib's words", "[io]") {
  const temporary_folder folder;
  bytes packed = compressed(sample_file());
  packed[packed.size() - 8] ^= 1;  // its checksum
  const std::string path = folder.write("sum.gz", packed);
  const std::string message = message_of(path), start = "kd: cannot read '" + path + "': at byte ",
                    reason =
                        " of the compressed file: the gzip data is damaged: incorrect data check";
  REQUIRE(message.size() > start.size() + reason.size());
  CHECK(message.substr(0, start.size()) == start);
  CHECK(message.substr(message.size() - reason.size()) == reason);
  const int byte = std::stoi(message.substr(start.size()));
  CHECK(byte >= static_cast<int>(packed.size()) - 8);
  CHECK(byte <= static_cast<int>(packed.size()));
}

TEST_CASE("idx: memory follows the file, not the header", "[io]") {
  const temporary_folder folder;
  bytes file = header({32768, 65536});  // promises 2 GiB
  file.resize(file.size() + 1000);
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CHECK(complains(folder.write("a", file), 1012, {"expected 2147483648 elements", "found 1000"}));
  getrusage(RUSAGE_SELF, &after);
  CHECK(after.ru_maxrss - before.ru_maxrss < 100 * 1024);  // KiB
}

TEST_CASE("idx: images with labels", "[io]") {
  const temporary_folder folder;
  const std::string images = folder.write("images", sample_file());
  const bytes some{3, 0, 6, 1, 2};
  bytes label_file = header({5});
  label_file.insert(label_file.end(), some.begin(), some.end());
  const std::string labels = folder.write("labels.gz", compressed(label_file));

  const auto set = kd::io::read_labelled_images(images, labels);
  CHECK(set.count == 5);
  CHECK(set.height == 3);
  CHECK(set.width == 4);
  CHECK(set.channels == 1);
  CHECK(set.classes == 7);
  CHECK(set.labels == std::vector<int>{3, 0, 6, 1, 2});
  REQUIRE(set.pixels.size() == 60);
  CHECK(set.pixels[0] == 0.0f);
  CHECK(set.pixels[51] == 204.0f / 255.0f);

  bytes colour = header({2, 1, 3, 2});
  colour.resize(colour.size() + 12, 255);
  bytes two = header({2});
  two.resize(two.size() + 2);
  const auto pair =
      kd::io::read_labelled_images(folder.write("colour", colour), folder.write("two", two));
  CHECK(pair.channels == 2);
  CHECK(pair.pixels == std::vector<float>(12, 1.0f));
}

TEST_CASE("idx: images and labels that do not belong together", "[io]") {
  const temporary_folder folder;
  const std::string images = folder.write("images", sample_file());
  bytes four = header({4});
  four.resize(four.size() + 4);
  const std::string labels = folder.write("labels", four);
  const auto error_of = [](const std::string& a, const std::string& b) -> std::string {
    try {
      kd::io::read_labelled_images(a, b);
    } catch (const kd::io_error& error) { return error.what(); }
    return {};
  };
  CHECK(error_of(images, labels) == "kd: cannot read '" + labels +
                                        "': at byte 4: expected 5 labels, as many as '" + images +
                                        "' holds images, found 4");
  CHECK(error_of(labels, labels) ==
        "kd: cannot read '" + labels + "': at byte 3: expected 3 or 4 axes of images, found 1");
  CHECK(error_of(images, images) ==
        "kd: cannot read '" + images + "': at byte 3: expected 1 axis of labels, found 3");
}

TEST_CASE("idx: Fashion-MNIST, where Debian's dataset-fashion-mnist is installed", "[io]") {
  const std::string folder = "/usr/share/datasets/fashion-mnist/";
  if (!fs::exists(folder)) {
    WARN("dataset-fashion-mnist is not installed");
    return;
  }
  const auto set = kd::io::read_labelled_images(folder + "t10k-images-idx3-ubyte.gz",
                                                folder + "t10k-labels-idx1-ubyte.gz");
  CHECK(set.count == 10000);
  CHECK(set.height == 28);
  CHECK(set.width == 28);
  CHECK(set.classes == 10);
  std::vector<int> of_class(10);
  for (int label : set.labels) ++of_class[static_cast<std::size_t>(label)];
  CHECK(of_class == std::vector<int>(10, 1000));
}
