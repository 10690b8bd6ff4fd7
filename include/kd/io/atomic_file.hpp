// SPDX-License-Identifier: MIT
// Writing a file so that its path never shows half of it:
//   a temporary file beside it | write | fsync | close | rename | fsync the folder
// Until the rename the old file is whole under its name, from then on the new one.
#pragma once
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

#include <kd/io/file_system.hpp>

namespace kd::io {

namespace detail {

/// What a path leads to: behind a link the file itself, or else the rename would replace the link.
struct write_target {
  std::string path;
  bool exists = false;
  mode_t mode = 0666;  // for a new file: less what the umask takes
};

inline write_target find_write_target(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno != ENOENT) fail_with(errno, "write", path);
    return {.path = path};
  }
  write_target target{.path = path, .exists = true};
  if (S_ISLNK(found.st_mode)) {
    std::error_code code;
    target.path = std::filesystem::canonical(path, code).string();
    if (code || ::stat(target.path.c_str(), &found) != 0)
      fail_with(code ? code.value() : errno, "write", path);
  }
  if (!S_ISREG(found.st_mode))
    fail_on("write", path, "it is not a regular file", "name another file");
  target.mode = found.st_mode & 07777;
  return target;
}

/// A file beside the target, which removes itself unless it was renamed.
class temporary_file {
 public:
  temporary_file(const file_system& files, const write_target& target)
      : files_(files), target_(target) {
    static std::atomic<unsigned> number{0};
    do {
      path_ = target.path + "." + std::to_string(::getpid()) + "-" +
              std::to_string(number.fetch_add(1)) + ".tmp";
      file_ = descriptor(uninterrupted([&] {
                           return files.open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                             target.mode & 0777);
                         }),
                         files.close);
    } while (file_.number() < 0 && errno == EEXIST);
    if (file_.number() < 0) fail();
    there_ = true;
    // Before anything is in it, because the old file may be for few eyes.
    if (target.exists && files.chmod(file_.number(), target.mode) != 0) give_up();
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    if (there_) files_.remove(path_.c_str());
  }

  void write(std::span<const std::byte> bytes) {
    constexpr std::size_t piece = std::size_t{1} << 30;  // Linux writes less than 2^31 at once
    while (!bytes.empty()) {
      const auto count = uninterrupted([&] {
        return files_.write(file_.number(), bytes.data(), std::min(bytes.size(), piece));
      });
      if (count == 0) errno = ENOSPC;  // or this would go on for ever
      if (count <= 0) fail();
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  void replace_target() {
    if (uninterrupted([&] { return files_.sync(file_.number()); }) != 0) fail();
    if (!file_.close()) fail();
    if (files_.rename(path_.c_str(), target_.path.c_str()) != 0) fail();
    there_ = false;
  }

 private:
  [[noreturn]] void fail() const { fail_with(errno, "write", target_.path); }
  // A constructor that throws runs no destructor.
  [[noreturn]] void give_up() {
    const int code = errno;
    files_.remove(path_.c_str());
    fail_with(code, "write", target_.path);
  }

  const file_system& files_;
  const write_target& target_;
  std::string path_;
  descriptor file_;
  bool there_ = false;
};

/// Makes a change of names in the folder last. EINVAL: a file system that has no such thing.
inline void sync_folder_of(const file_system& files, const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  descriptor file(uninterrupted([&] {
                    return files.open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
                  }),
                  files.close);
  if (file.number() < 0) fail_with(errno, "write", path);
  if (uninterrupted([&] { return files.sync(file.number()); }) != 0 && errno != EINVAL)
    fail_with(errno, "write", path);
  if (!file.close()) fail_with(errno, "write", path);
}

}  // namespace detail

/// Writes a file of these pieces, one behind the other, or leaves the old one whole; also a crash
/// of the machine leaves one of the two. Keeps the old file's permissions, and writes to where a
/// link leads. Throws io_error with path and reason; only if the last step failed, which makes the
/// new name last, is the file the new one even so.
inline void write_file_atomically(const std::string& path,
                                  std::span<const std::span<const std::byte>> pieces,
                                  const file_system& files = {}) {
  const detail::write_target target = detail::find_write_target(path);
  {
    detail::temporary_file file(files, target);
    for (const std::span<const std::byte>& piece : pieces) file.write(piece);
    file.replace_target();
  }
  detail::sync_folder_of(files, target.path);
}

inline void write_file_atomically(const std::string& path, std::span<const std::byte> bytes,
                                  const file_system& files = {}) {
  write_file_atomically(path, std::span<const std::span<const std::byte>>(&bytes, 1), files);
}

}  // namespace kd::io
