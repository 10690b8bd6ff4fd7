// SPDX-License-Identifier: MIT
#include <kd/train/progress_bar.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "support/catch.hpp"

namespace {

namespace detail = kd::train::detail;
using kd::train::fit_state;
using kd::train::progress_bar;

const fit_state half{1, 4, 600, 600, 0.5, 0.123456};  // the second of 4 epochs ends

/// What a bar writes into a file, which is no terminal.
template <class Use>
std::string written(const kd::train::progress_bar_options& given, Use use) {
  std::FILE* file = std::tmpfile();
  auto options = given;
  options.file = file;
  progress_bar bar("teacher", options);
  use(bar);
  std::string text(4096, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

/// How a child ends that shows progress on this end of a pipe or file.
template <class Prepare>
int status_of_child(Prepare prepare) {
  const pid_t child = fork();
  if (child == 0) {
    std::FILE* file = prepare();
    progress_bar bar("teacher", {.file = file});
    for (int i = 0; i < 3; ++i) bar.show(half);
    bar.end("done");
    _exit(7);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("progress_bar: a line of rate and time left") {
  CHECK(detail::progress_line("teacher", half, 12, 0, 200) ==
        "teacher            [===============>              ] epoch 2/4  loss 0.1235  100 images/s"
        "  12 s, 12 s left");
  CHECK(detail::progress_line("teacher", half, 125, 0.25, 200) ==  // resumed behind the first
        "teacher            [===============>              ] epoch 2/4  loss 0.1235  5 images/s"
        "  2:05, 4:10 left");
  const fit_state end{3, 4, 600, 600, 1, 0.1};
  CHECK(detail::progress_line("student, distilled", end, 1, 0, 200) ==
        "student, distilled [==============================] epoch 4/4  loss 0.1000  2400 images/s"
        "  1 s, 0 s left");
}

TEST_CASE("progress_bar: a line is as long as the terminal is wide, at most") {
  for (std::size_t columns = 10; columns < 130; ++columns)
    CHECK(detail::progress_line("teacher", half, 12, 0, columns).size() <= columns);
  const std::string narrow = detail::progress_line("teacher", half, 12, 0, 79);
  CHECK(narrow.find('[') == std::string::npos);
  CHECK(narrow.find("images/s  12 s, 12 s left") != std::string::npos);
  CHECK(detail::progress_line("teacher", half, 12, 0, 60) ==
        "teacher epoch 2/4  loss 0.1235  12 s left");
  CHECK(detail::progress_line("teacher", half, 12, 0, 95).find("[====") != std::string::npos);
}

TEST_CASE("progress_bar: times, and progress that tells nothing yet") {
  CHECK(detail::text_of_seconds(0) == "0 s");
  CHECK(detail::text_of_seconds(59.6) == "1:00");
  CHECK(detail::text_of_seconds(61) == "1:01");
  CHECK(detail::text_of_seconds(600) == "10:00");
  CHECK(detail::text_of_seconds(3729) == "1:02:09");
  CHECK(detail::text_of_seconds(-1) == "?");
  CHECK(detail::text_of_seconds(std::nan("")) == "?");
  CHECK(detail::progress_line("a", {0, 1, 0, 10, 0, 0}, 0, 0, 200).find("?") != std::string::npos);
  CHECK(detail::text_of_bar(-1, 4) == "[>   ]");
  CHECK(detail::text_of_bar(2, 4) == "[====]");
}

TEST_CASE("progress_bar: elsewhere than on a terminal a line per epoch, without escapes") {
  const std::string text = written({}, [](progress_bar& bar) {
    bar.show({1, 4, 300, 600, 0.375, 0.2});  // within an epoch
    bar.show(half);
    bar.end("93.10 % right");
  });
  CHECK(text.substr(0, 19) == "teacher            ");
  CHECK(text.find("0.2000") == std::string::npos);
  CHECK(text.find("epoch 2/4  loss 0.1235") != std::string::npos);
  CHECK(text.find_first_of("\r\x1b") == std::string::npos);
  CHECK(text.substr(text.size() - 34) == "\nteacher            93.10 % right\n");
}

TEST_CASE("progress_bar: on a terminal the line is redrawn, and its end is wiped") {
  const std::string text = written({.terminal = true}, [](progress_bar& bar) {
    bar.show({1, 4, 300, 600, 0.375, 0.2});
    bar.show({1, 4, 301, 600, 0.375, 0.3});  // too soon
    bar.show(half);
    bar.end("ok");
  });
  REQUIRE(text.substr(0, 8) == "\rteacher");
  CHECK(text.find("0.2000") != std::string::npos);
  CHECK(text.find("0.3000") == std::string::npos);
  const std::size_t second = text.find('\r', 1), last = text.find('\r', second + 1);
  CHECK(text.find('\n') == text.size() - 1);
  const std::size_t end = text.find_last_not_of(' ', last - 1);  // of what the second line shows
  CHECK(text.size() - 1 - last >= end + 1 - second);
}

TEST_CASE("progress_bar: quiet; behind what the program printed") {
  CHECK(written({.quiet = true}, [](progress_bar& bar) { bar.show(half), bar.end("x"); }).empty());
  std::FILE* file = std::tmpfile();
  std::fputs("first\n", file);
  progress_bar("teacher", {.file = file}).end("second");
  char text[64]{};
  std::rewind(file);
  CHECK(std::fread(text, 1, sizeof text, file) > 0);
  CHECK(std::string(text) == "first\nteacher            second\n");
  std::fclose(file);
}

TEST_CASE("progress_bar: an output that is closed, or that nobody reads, ends no training") {
  const int ended = 7 << 8;
  CHECK(status_of_child([] {
          ::close(1);
          return stdout;
        }) == ended);
  CHECK(status_of_child([] {
          int ends[2];
          if (::pipe(ends) != 0) _exit(1);
          ::close(ends[0]);
          return ::fdopen(ends[1], "w");
        }) == ended);
  CHECK(status_of_child([] { return static_cast<std::FILE*>(nullptr); }) == ended);
  CHECK(status_of_child([] { return std::fopen("/dev/full", "w"); }) == ended);
}
