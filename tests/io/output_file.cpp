// SPDX-License-Identifier: MIT
#include <kd/io/output_file.hpp>

#include <sys/resource.h>

#include <csignal>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/text_file.hpp"

using kd::io::detail::output_file;
using open_as = output_file::open_as;

TEST_CASE("output_file: emptied, kept or refused", "[io]") {
  const kd_test::temporary_folder folder;
  const std::string path = folder / "a";
  { output_file(path, open_as::empty).write("one"); }
  CHECK(kd_test::text_of(path) == "one");
  {
    output_file file(path, open_as::existing);
    CHECK(file.content() == "one");
    file.cut(2);
    file.write("2");
    file.write("3");
    CHECK(file.content() == "on23");
  }
  CHECK_THROWS_WITH(output_file(path, open_as::absent),
                    "kd: cannot open '" + path + "': File exists");
  CHECK_THROWS_WITH(output_file(folder / "no/b", open_as::empty),
                    "kd: cannot open '" + (folder / "no/b") + "': No such file or directory");
  { output_file(path, open_as::empty).write(""); }
  CHECK(kd_test::text_of(path).empty());
}

TEST_CASE("output_file: a write that the system takes a part of leaves the file as it was",
          "[io]") {
  const kd_test::temporary_folder folder;
  output_file file(folder / "a", open_as::empty);
  file.write("1234567");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit ten{10, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &ten);
  std::string message;
  try {
    file.write("89ABCDEF");
  } catch (const kd::io_error& error) { message = error.what(); }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(message == "kd: cannot write '" + (folder / "a") + "': File too large");
  CHECK(kd_test::text_of(folder / "a") == "1234567");
  file.write("8");
  CHECK(kd_test::text_of(folder / "a") == "12345678");
}

TEST_CASE("output_file: a full device", "[io]") {
  if (!std::filesystem::exists("/dev/full")) return;
  output_file full("/dev/full", open_as::existing);
  CHECK_THROWS_WITH(full.write("a"), "kd: cannot write '/dev/full': No space left on device");
}
