// SPDX-License-Identifier: MIT
#include <kd/io/atomic_file.hpp>

#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <functional>

#include "support/catch.hpp"
#include "support/failing_files.hpp"
#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using kd_test::content;
using kd_test::failing_files;
using kd_test::temporary_folder;
using bytes = std::vector<std::uint8_t>;

namespace {

std::span<const std::byte> view(const bytes& b) { return std::as_bytes(std::span(b)); }

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const kd::io_error& error) { return error.what(); }
  return {};
}

mode_t mode_of(const std::string& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

/// Runs this in a child, for what would change this process; its exit status.
int in_child(const std::function<int()>& call) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(call());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("atomic_file: writes and replaces", "[io]") {
  const temporary_folder folder;
  const std::string path = folder / "a";
  kd::io::write_file_atomically(path, view({1, 2, 3}));
  CHECK(content(path) == bytes{1, 2, 3});
  kd::io::write_file_atomically(path, view({}));
  CHECK(content(path).empty());
  const bytes first{4, 5}, second{6};
  const std::span<const std::byte> pieces[] = {view(first), view(second)};
  kd::io::write_file_atomically(path, pieces);
  CHECK(content(path) == bytes{4, 5, 6});
  CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("atomic_file: a path without folder is in the working folder", "[io]") {
  const temporary_folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path);
  kd::io::write_file_atomically("plain", view({1}));
  fs::current_path(before);
  CHECK(content(folder / "plain") == bytes{1});
}

TEST_CASE("atomic_file: whichever call fails, the old file or the new one is whole", "[io]") {
  const temporary_folder folder;
  const std::string path = folder / "a";
  const bytes old{1, 2, 3}, fresh(1000, 7);
  for (const bool stays : {false, true}) {
    int failures = 0;
    for (bool done = false; !done; ++failures) {
      kd::io::write_file_atomically(path, view(old));
      const int n = failures + 1;
      const std::string error = error_of([&] {
        kd::io::write_file_atomically(path, view(fresh), failing_files::at(n, EIO, stays));
      });
      INFO("call " << n << ": " << error);
      done = failing_files::calls < n;
      if (done) {
        CHECK(error.empty());
        break;
      }
      CHECK(error ==
            "kd: cannot write '" + path + "': Input/output error; look at the path and its disk");
      // 1 open 2 chmod 3 write 4 fsync 5 close 6 rename | 7 open 8 fsync 9 close of the folder
      CHECK(content(path) == (n <= 6 ? old : fresh));
      if (!stays || n == 1 || n > 6) {  // a dead disk cannot remove the temporary file either
        CHECK(folder.names() == std::vector<std::string>{"a"});
      }
      for (const std::string& name : folder.names())
        if (name != "a") fs::remove(folder.path / name);
    }
    CHECK(failures == 9);
  }
}

TEST_CASE("atomic_file: interrupted calls and short writes are gone on with", "[io]") {
  const temporary_folder folder;
  const std::string path = folder / "a";
  bytes fresh(1000);
  for (std::size_t i = 0; i < fresh.size(); ++i) fresh[i] = static_cast<std::uint8_t>(i);
  kd::io::write_file_atomically(path, view({1}));
  for (const int n : {1, 3, 4, 5, 7, 8, 9}) {  // chmod and rename are never interrupted
    INFO(n);
    CHECK(error_of([&] {
            kd::io::write_file_atomically(path, view(fresh), failing_files::at(n, EINTR));
          }) == "");
    CHECK(content(path) == fresh);
  }
  kd::io::file_system slow;
  slow.write = [](int file, const void* from, std::size_t count) {
    return ::write(file, from, std::min(count, std::size_t{7}));
  };
  kd::io::write_file_atomically(path, view(fresh), slow);
  CHECK(content(path) == fresh);
  slow.write = [](int, const void*, std::size_t) { return ssize_t{0}; };
  CHECK_THROWS_AS(kd::io::write_file_atomically(path, view(fresh), slow), kd::io_error);
  CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("atomic_file: permissions of the old file, umask for a new one", "[io]") {
  const temporary_folder folder;
  const mode_t before = ::umask(027);
  const std::string path = folder / "a";
  kd::io::write_file_atomically(path, view({1}));
  CHECK(mode_of(path) == 0640);
  for (const mode_t mode : {0600u, 0644u, 0666u, 0751u, 0400u}) {
    fs::permissions(path, static_cast<fs::perms>(mode));
    kd::io::write_file_atomically(path, view({2}));
    CHECK(mode_of(path) == mode);
  }
  ::umask(before);
}

TEST_CASE("atomic_file: links are followed, what is no file is refused", "[io]") {
  const temporary_folder folder;
  const auto write = [&](const std::string& path) {
    return error_of([&] { kd::io::write_file_atomically(path, view({5})); });
  };
  folder.write("target", {1});
  fs::create_symlink("target", folder.path / "link");
  CHECK(write(folder / "link") == "");
  CHECK(fs::is_symlink(folder.path / "link"));
  CHECK(content(folder / "target") == bytes{5});

  fs::create_symlink("loop", folder.path / "loop");
  CHECK_THAT(write(folder / "loop"), Catch::Contains("Too many levels of symbolic links"));
  fs::create_symlink("nowhere", folder.path / "dangling");
  CHECK_THAT(write(folder / "dangling"), Catch::Contains("No such file"));
  CHECK_THAT(write(folder / "none/a"), Catch::Contains("No such file or directory; look at"));
  CHECK_THAT(write(folder / "target/a"), Catch::Contains("Not a directory"));
  CHECK_THAT(write(folder.path), Catch::Contains("not a regular file; name another"));
  CHECK_THAT(write("/dev/null"), Catch::Contains("not a regular file"));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THAT(write(folder / "pipe"), Catch::Contains("not a regular file"));
  CHECK_THAT(write(""), Catch::Contains("No such file"));
  CHECK_THAT(write(folder / std::string(300, 'x')), Catch::Contains("File name too long"));
}

TEST_CASE("atomic_file: a limit on the size of files", "[io]") {
  const temporary_folder folder;
  const std::string path = folder / "a";
  kd::io::write_file_atomically(path, view({1, 2, 3}));
  CHECK(in_child([&] {
          ::signal(SIGXFSZ, SIG_IGN);
          const rlimit limit{4096, 4096};
          ::setrlimit(RLIMIT_FSIZE, &limit);
          const bytes large(10000, 1);
          const std::string error =
              error_of([&] { kd::io::write_file_atomically(path, view(large)); });
          return error.find("File too large; raise the limit") == std::string::npos ? 1 : 0;
        }) == 0);
  CHECK(content(path) == bytes{1, 2, 3});
  CHECK(folder.names() == std::vector<std::string>{"a"});
}

TEST_CASE("atomic_file: a full disk, where this process may mount one", "[io]") {
  const temporary_folder folder;
  if (::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=64k") != 0) {
    WARN("no mounting here");
    return;
  }
  const std::string path = folder / "a";
  kd::io::write_file_atomically(path, view({1, 2, 3}));
  const bytes large(100000, 1);
  const std::string error = error_of([&] { kd::io::write_file_atomically(path, view(large)); });
  const bytes left = content(path);
  const auto names = folder.names();
  kd::io::write_file_atomically(path, view(bytes(30000, 2)));  // there is room again
  ::umount(folder.path.c_str());
  CHECK_THAT(error, Catch::Contains("No space left on device; free some space"));
  CHECK(left == bytes{1, 2, 3});
  CHECK(names == std::vector<std::string>{"a"});
}
