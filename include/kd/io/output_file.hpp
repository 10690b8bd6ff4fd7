// SPDX-License-Identifier: MIT
// A file that grows while a program runs: each piece is in it whole, or not at all.
#pragma once
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <kd/error.hpp>

namespace kd::io::detail {

class output_file {
 public:
  /// What may be there already.
  enum class open_as { empty, existing, absent };  // emptied, kept, refused

  output_file(const std::string& path, open_as as) : path_(path) {
    const int how = as == open_as::empty ? O_TRUNC : as == open_as::absent ? O_EXCL : 0;
    do file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | how, 0666);
    while (file_ < 0 && errno == EINTR);
    if (file_ < 0) fail("open", errno);
  }
  output_file(output_file&& other) noexcept
      : path_(std::move(other.path_)), file_(other.file_), size_(other.size_) {
    other.file_ = -1;
  }
  output_file& operator=(output_file&&) = delete;
  ~output_file() {
    if (file_ >= 0) ::close(file_);
  }

  /// All that is in the file.
  std::string content() const {
    std::string all;
    char piece[1 << 16];
    for (;;) {
      const ssize_t count = ::pread(file_, piece, sizeof piece, static_cast<off_t>(all.size()));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail("read", errno);
      if (count == 0) return all;
      all.append(piece, static_cast<std::size_t>(count));
    }
  }

  /// Keeps the first `size` bytes, behind which the next write begins.
  void cut(std::int64_t size) {
    if (::ftruncate(file_, static_cast<off_t>(size)) != 0) fail("cut", errno);
    size_ = size;
  }

  /// Appends the bytes and hands them to the system. Throws io_error if it takes fewer (a full
  /// disk); the file then ends where it did before.
  void write(std::string_view bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t count = ::pwrite(file_, bytes.data() + done, bytes.size() - done,
                                     static_cast<off_t>(size_) + static_cast<off_t>(done));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        const int reason = count < 0 ? errno : ENOSPC;
        static_cast<void>(!::ftruncate(file_, static_cast<off_t>(size_)));
        fail("write", reason);
      }
      done += static_cast<std::size_t>(count);
    }
    size_ += static_cast<std::int64_t>(bytes.size());
  }

  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void fail(const char* what, int reason) const {
    throw io_error("kd: cannot " + std::string(what) + " '" + path_ +
                   "': " + std::strerror(reason));
  }
  std::string path_;
  int file_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace kd::io::detail
