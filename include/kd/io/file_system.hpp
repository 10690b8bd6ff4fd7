// SPDX-License-Identifier: MIT
// The calls by which files are written, so that a test can let any one of them fail.
#pragma once
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>
#include <utility>

#include <kd/error.hpp>

namespace kd::io {

/// POSIX's calls, which say -1 and errno on failure. Replaced only by tests.
struct file_system {
  int (*open)(const char* path, int flags, mode_t mode) =
      [](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); };
  ssize_t (*write)(int file, const void* bytes, std::size_t count) = ::write;
  int (*chmod)(int file, mode_t mode) = ::fchmod;
  int (*sync)(int file) = ::fsync;
  int (*close)(int file) = ::close;
  int (*rename)(const char* from, const char* to) = ::rename;
  int (*remove)(const char* path) = ::unlink;
};

namespace detail {

/// A call, again as long as a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// `doing` says what could not be done: "write", "lock".
[[noreturn]] inline void fail_on(const char* doing, const std::string& path,
                                 const std::string& reason, const std::string& remedy) {
  throw io_error(std::string("kd: cannot ") + doing + " '" + path + "': " + reason + "; " + remedy);
}

/// What to do about an errno.
inline std::string remedy_of(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return "free some space, or name another folder";
    case EFBIG: return "raise the limit on the size of files, or name another folder";
    case EACCES:
    case EPERM:
    case EROFS: return "allow it, or name another folder";
    case ENOENT:
    case ENOTDIR: return "look at the path";
    default: return "look at the path and its disk";
  }
}

[[noreturn]] inline void fail_with(int code, const char* doing, const std::string& path) {
  fail_on(doing, path, std::strerror(code), remedy_of(code));
}

/// A descriptor that is closed at the end.
class descriptor {
 public:
  descriptor() = default;
  descriptor(int file, int (*how)(int)) : file_(file), close_(how) {}
  descriptor(descriptor&& other) noexcept
      : file_(std::exchange(other.file_, -1)), close_(other.close_) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~descriptor() {
    if (file_ >= 0) close_(file_);
  }

  int number() const { return file_; }

  /// False on failure, with errno: closing may report what writing did not. The descriptor is gone
  /// even so, also when a signal interrupted it.
  bool close() {
    const int file = std::exchange(file_, -1);
    return close_(file) == 0 || errno == EINTR;
  }

 private:
  int file_ = -1;
  int (*close_)(int) = ::close;
};

}  // namespace detail
}  // namespace kd::io
