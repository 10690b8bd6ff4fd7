// SPDX-License-Identifier: MIT
// Folders of checkpoints where a call fails, the process is killed, or the disk is full.
#include <sys/mount.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include <kd/train/checkpoints.hpp>
#include "support/catch.hpp"
#include "support/failing_files.hpp"
#include "train/counter.hpp"

using kd::train::checkpoints;
using namespace kd_test;

TEST_CASE("checkpoints: whichever call fails, an old checkpoint can be loaded", "[train]") {
  for (const bool stays : {false, true}) {
    bool done = false;
    for (int n = 1; !done; ++n) {
      INFO("call " << n);
      const temporary_folder folder;
      save_steps(folder.path, 2);
      std::string error;
      {
        checkpoints saved(folder.path, failing_files::at(n, ENOSPC, stays));
        counter state;
        saved.load_newest(state);
        state.go_on();
        error = error_of([&] { saved.save(state); });
      }
      done = failing_files::calls < n;
      const looked found = look(folder.path);
      CHECK(found.state.whole());
      CHECK(found.warnings.empty());
      CHECK(found.state.step >= 2);
      if (error.empty()) {
        CHECK(found.state.step == 3);
      } else {
        CHECK_THAT(error, Catch::Contains("No space left on device; free some space"));
      }
      save_steps(folder.path, 1);  // and the run goes on
      CHECK(look(folder.path).state.step == found.state.step + 1);
      CHECK(checkpoints_in(folder).size() == 2);
      REQUIRE(n < 100);
    }
  }
}

TEST_CASE("checkpoints: killed at each call, an old checkpoint can be loaded", "[train]") {
  bool done = false;
  for (int n = 1; !done; ++n) {
    INFO("call " << n);
    const temporary_folder folder;
    save_steps(folder.path, 2);
    const pid_t child = ::fork();
    if (child == 0) {
      counter state;
      checkpoints saved(folder.path, failing_files::at(n, 0));
      saved.load_newest(state);
      state.go_on();
      saved.save(state);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    done = WIFEXITED(status);
    const looked found = look(folder.path);
    CHECK(found.state.whole());
    CHECK(found.warnings.empty());
    CHECK(found.state.step >= 2);
    save_steps(folder.path, 1);
    CHECK(checkpoints_in(folder).size() == 2);
    REQUIRE(n < 100);
  }
}

// KD_SOAK_ROUNDS=1000 makes it longer: scripts/soak.
TEST_CASE("checkpoints: killed at random moments, the folder can be gone on with", "[train]") {
  const char* text = std::getenv("KD_SOAK_ROUNDS");
  const int rounds = text != nullptr ? std::atoi(text) : 50;
  const temporary_folder folder;
  const auto start = std::chrono::steady_clock::now();
  save_steps(folder.path, 10);
  const auto save = (std::chrono::steady_clock::now() - start) / 10;
  std::mt19937 random(11);
  std::uniform_real_distribution<double> longer(0, 4);
  std::int64_t last = 10;
  int moved = 0;
  double stretch = 1;  // a machine that is busy needs longer for a save
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        save_steps(folder.path, 1'000'000);
      } catch (...) { ::_exit(1); }
      ::_exit(0);
    }
    std::this_thread::sleep_for(save * (stretch * longer(random)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));  // it did not end by itself
    const looked found = look(folder.path);
    REQUIRE(found.state.whole());
    REQUIRE(found.warnings.empty());
    REQUIRE(found.state.step >= last);
    const bool moves = found.state.step > last;
    moved += moves;
    stretch = moves ? std::max(1.0, stretch / 1.25) : std::min(100.0, stretch * 1.25);
    last = found.state.step;
  }
  CHECK(moved > rounds / 4);
  save_steps(folder.path, 1);
  CHECK(checkpoints_in(folder).size() == 2);
}

TEST_CASE("checkpoints: a full disk, where this process may mount one", "[train]") {
  const temporary_folder folder;
  if (::mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=32k") != 0) {
    WARN("no mounting here");
    return;
  }
  save_steps(folder.path, 2);
  folder.write("other", std::vector<std::uint8_t>(100'000, 1));  // as much as there is room for
  const std::string error = error_of([&] { save_steps(folder.path, 1); });
  const looked found = look(folder.path);
  std::filesystem::remove(folder.path / "other");
  const std::string after = error_of([&] { save_steps(folder.path, 1); });
  const looked more = look(folder.path);
  ::umount(folder.path.c_str());
  CHECK_THAT(error, Catch::Contains("No space left on device"));
  CHECK(found.state.step == 2);
  CHECK(found.state.whole());
  CHECK(after == "");
  CHECK(more.state.step == 3);
}
