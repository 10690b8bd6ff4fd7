// SPDX-License-Identifier: MIT
// A regular file that is read from its start to its end, not mapped: a mapped file that another
// process cuts short would end this one.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include <kd/io/file_system.hpp>

namespace kd::io::detail {

class input_file {
 public:
  explicit input_file(const std::string& path) : path_(path) {
    // O_NONBLOCK: opening a pipe would wait for its writer.
    file_ = descriptor(
        uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }),
        ::close);
    struct stat found {};
    if (file_.number() < 0 || ::fstat(file_.number(), &found) != 0) fail_with(errno, "read", path);
    if (!S_ISREG(found.st_mode))
      fail_on("read", path, "it is not a regular file", "name another file");
    size_ = static_cast<std::uint64_t>(found.st_size);
  }

  const std::string& path() const { return path_; }
  /// Bytes of the whole file, when it was opened.
  std::uint64_t size() const { return size_; }
  std::uint64_t at() const { return at_; }

  /// Fills all of it; throws io_error if the file ends before.
  void read(std::span<std::byte> to) {
    while (!to.empty()) {
      const auto count = uninterrupted([&] {
        return ::read(file_.number(), to.data(), std::min(to.size(), std::size_t{1} << 30));
      });
      if (count < 0) fail_with(errno, "read", path_);
      if (count == 0)
        fail_on("read", path_,
                "at byte " + std::to_string(at_) + ": expected " + std::to_string(to.size()) +
                    " more bytes, found the end of the file",
                "do not change it while it is read");
      at_ += static_cast<std::uint64_t>(count);
      to = to.subspan(static_cast<std::size_t>(count));
    }
  }

 private:
  std::string path_;
  descriptor file_;
  std::uint64_t size_ = 0, at_ = 0;
};

}  // namespace kd::io::detail
