// SPDX-License-Identifier: MIT
// A file system whose n-th call fails, or is cut short.
#pragma once
#include <cerrno>
#include <csignal>

#include <kd/io/file_system.hpp>

namespace kd_test {

/// Function pointers have no state, so it is here.
struct failing_files {
  static inline int calls = 0;       // since the last of `at`
  static inline int fails_at = 0;    // 0: never
  static inline int code = EIO;      // the errno then; 0: the process is killed
  static inline bool stays = false;  // all calls after it fail too, as on a dead disk

  static bool fails() {
    ++calls;
    const bool now = fails_at > 0 && (calls == fails_at || (stays && calls > fails_at));
    if (now && code == 0) ::kill(::getpid(), SIGKILL);
    if (now) errno = code;
    return now;
  }

  static kd::io::file_system at(int n, int with = EIO, bool all_after = false) {
    calls = 0;
    fails_at = n;
    code = with;
    stays = all_after;
    kd::io::file_system files;
    files.open = [](const char* path, int flags, mode_t mode) {
      return fails() ? -1 : ::open(path, flags, mode);
    };
    files.write = [](int file, const void* bytes, std::size_t count) {
      return fails() ? ssize_t{-1} : ::write(file, bytes, count);
    };
    files.chmod = [](int file, mode_t mode) { return fails() ? -1 : ::fchmod(file, mode); };
    files.sync = [](int file) { return fails() ? -1 : ::fsync(file); };
    files.close = [](int file) {  // which closes even so
      const bool now = fails();
      const int was = errno, result = ::close(file);
      if (now) errno = was;
      return now ? -1 : result;
    };
    files.rename = [](const char* from, const char* to) {
      return fails() ? -1 : ::rename(from, to);
    };
    files.remove = [](const char* path) { return fails() ? -1 : ::unlink(path); };
    return files;
  }
};

}  // namespace kd_test
