// SPDX-License-Identifier: MIT
#include <kd/train/stop_on_interrupt.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/catch.hpp"
#include "train/callback_run.hpp"

using kd::train::stop_on_interrupt;

TEST_CASE("stop_on_interrupt: the training ends behind the batch", "[train]") {
  for (const int signal : {SIGINT, SIGTERM}) {
    stop_on_interrupt stop;
    const auto end = kd_test::run_callbacks(
        3,
        [&](const kd::train::fit_state& s) {
          if (s.steps == 2) std::raise(signal);
        },
        stop);
    CHECK(end.steps == 2);
    CHECK(stop.stopped());
    CHECK(kd_test::run_callbacks(3, stop).steps == 0);  // nor does the next begin
  }
  stop_on_interrupt next;
  CHECK(kd_test::run_callbacks(3, next).steps == 6);
}

TEST_CASE("stop_on_interrupt: a second signal ends the process, and none is kept behind it",
          "[train]") {
  const auto ended_by = [](auto body) {
    const pid_t child = fork();
    if (child == 0) {
      body();
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  };
  const auto raise = [](int times) {
    for (int i = 0; i < times; ++i) std::raise(SIGTERM);
  };
  const auto during = [&](int times) {
    return ended_by([&] {
      std::signal(SIGTERM, SIG_DFL);  // a test runner has a handler of its own
      stop_on_interrupt stop;
      raise(times);
    });
  };
  CHECK(during(1) == 0);
  CHECK(during(2) == SIGTERM);
  CHECK(ended_by([&] {
          std::signal(SIGTERM, SIG_DFL);
          { stop_on_interrupt stop; }
          raise(1);
        }) == SIGTERM);
}
