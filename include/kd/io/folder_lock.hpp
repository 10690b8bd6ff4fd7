// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include <kd/io/file_system.hpp>

namespace kd::io {

/// Keeps a folder to one process, or one object, as long as this lives: through a file "lock" in
/// it, which stays. The system lets go of it when the process ends, however it ends.
class folder_lock {
 public:
  /// Throws io_error if another holds it, or with path and reason.
  explicit folder_lock(const std::string& folder) {
    const std::string path = folder + "/lock";
    file_ = detail::descriptor(detail::uninterrupted([&] {
                                 return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
                               }),
                               ::close);
    if (file_.number() < 0) detail::fail_with(errno, "lock", path);
    if (detail::uninterrupted([&] { return ::flock(file_.number(), LOCK_EX | LOCK_NB); }) == 0)
      return;
    if (errno == EWOULDBLOCK)
      detail::fail_on("use", folder, "another run uses this folder",
                      "wait until it has ended, or name another folder");
    detail::fail_with(errno, "lock", path);
  }

 private:
  detail::descriptor file_;
};

}  // namespace kd::io
