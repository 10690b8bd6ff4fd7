// SPDX-License-Identifier: MIT
#include <kd/train/checkpoints.hpp>

#include <sys/mount.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <numeric>
#include <random>
#include <thread>

#include "support/catch.hpp"
#include "support/failing_files.hpp"
#include "support/temporary_folder.hpp"

using kd::train::checkpoints;
using kd_test::failing_files;
using kd_test::temporary_folder;

namespace {

/// All of it follows from the step, so that halves of two checkpoints would show.
struct counter {
  std::int64_t step = 0;
  std::vector<std::int64_t> values = std::vector<std::int64_t>(100, 0);

  void go_on() {
    ++step;
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = step * 1000 + static_cast<std::int64_t>(i);
  }
  bool whole() const {
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] != (step == 0 ? 0 : step * 1000 + static_cast<std::int64_t>(i))) return false;
    return true;
  }
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("step", step);
    visit("values", std::span(values));
  }
};

struct looked {
  counter state;
  std::string path;
  std::vector<std::string> warnings;
};

looked look(const std::string& folder) {
  looked found;
  const auto loaded = kd::train::load_newest(
      folder, found.state, [&](const std::string& w) { found.warnings.push_back(w); });
  if (loaded) found.path = std::filesystem::path(loaded->path).filename().string();
  return found;
}

std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const kd::io_error& error) { return error.what(); }
  return {};
}

std::vector<std::string> checkpoints_in(const temporary_folder& folder) {
  std::vector<std::string> names = folder.names();
  std::erase(names, "lock");
  return names;
}

void save_steps(const std::string& folder, int count) {
  checkpoints saved(folder);
  counter state;
  saved.load_newest(state);
  for (int i = 0; i < count; ++i) {
    state.go_on();
    saved.save(state);
  }
}

}  // namespace

TEST_CASE("checkpoints: two generations, the newest is loaded", "[train]") {
  const temporary_folder parent;
  const std::string folder = parent / "new/folder";
  counter state;
  checkpoints saved(folder);
  CHECK_FALSE(saved.load_newest(state));
  for (int i = 0; i < 3; ++i) {
    state.go_on();
    CHECK(saved.save(state, {{"epoch", std::to_string(i)}}) ==
          folder + "/checkpoint-00000" + std::to_string(i + 1) + ".safetensors");
  }
  CHECK_FALSE(std::filesystem::exists(folder + "/checkpoint-000001.safetensors"));
  counter other;
  const auto loaded = saved.load_newest(other);
  REQUIRE(loaded);
  CHECK(loaded->path == folder + "/checkpoint-000003.safetensors");
  CHECK(loaded->metadata.at("epoch") == "2");
  CHECK(other.step == 3);
  CHECK(other.whole());
  CHECK(look(folder + "/..").path.empty());
  CHECK_THAT(error_of([&] { look(folder + "/none"); }), Catch::Contains("No such file"));
  std::ofstream(parent / "file") << "x";
  CHECK_THAT(error_of([&] { checkpoints no(parent / "file"); }), Catch::Contains("file"));
}

TEST_CASE("checkpoints: files of other names are left alone", "[train]") {
  const temporary_folder folder;
  for (const char* name : {"checkpoint-1.safetensors", "checkpoint-000009.safetensors.bak",
                           "checkpoint-best.safetensors", "checkpoint--00001.safetensors"})
    folder.write(name, {1});
  folder.write("checkpoint-000007.safetensors.123-0.tmp", {1});  // of a run that was killed
  save_steps(folder.path, 3);
  CHECK(folder.names() == std::vector<std::string>{
                              "checkpoint--00001.safetensors", "checkpoint-000002.safetensors",
                              "checkpoint-000003.safetensors", "checkpoint-000009.safetensors.bak",
                              "checkpoint-1.safetensors", "checkpoint-best.safetensors", "lock"});
}

TEST_CASE("checkpoints: a damaged newest gives way to the older, in a sentence", "[train]") {
  const temporary_folder folder;
  save_steps(folder.path, 2);
  const std::string newest = folder / "checkpoint-000002.safetensors",
                    older = folder / "checkpoint-000001.safetensors";
  const auto good = kd_test::content(newest);
  const auto falls_back = [&](const std::vector<std::uint8_t>& file) {
    folder.write("checkpoint-000002.safetensors", file);
    const looked found = look(folder.path);
    CHECK(found.state.step == 1);
    CHECK(found.state.whole());
    REQUIRE(found.warnings.size() == 1);
    CHECK(found.warnings[0].rfind("kd: cannot read '" + newest + "': ", 0) == 0);
    CHECK_THAT(found.warnings[0],
               Catch::Contains(" (the older '" + older + "' was loaded instead)"));
  };
  for (std::size_t size = 0; size < good.size(); size += size < 64 ? 1 : 97)
    falls_back({good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)});
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    auto file = good;
    file[random() % file.size()] ^= static_cast<std::uint8_t>(1u << random() % 8);
    falls_back(file);
  }

  // The one that was loaded stays until two whole ones are there.
  save_steps(folder.path, 1);
  CHECK(checkpoints_in(folder) ==
        std::vector<std::string>{"checkpoint-000001.safetensors", "checkpoint-000003.safetensors"});
  CHECK(look(folder.path).state.step == 2);
  CHECK(look(folder.path).warnings.empty());
}

TEST_CASE("checkpoints: all damaged, and all of another state", "[train]") {
  const temporary_folder folder;
  save_steps(folder.path, 2);
  counter state;
  state.values.assign(7, 5);
  CHECK_THROWS_AS(kd::train::load_newest(folder.path, state), kd::shape_error);
  CHECK(state.values == std::vector<std::int64_t>(7, 5));
  const std::string one = folder.write("checkpoint-000001.safetensors", {}),
                    two = folder.write("checkpoint-000002.safetensors", {1});
  const std::string error = error_of([&] { look(folder.path); });
  CHECK(error.rfind("kd: no checkpoint in '" + folder.path.string() + "' can be loaded: ", 0) == 0);
  CHECK_THAT(error, Catch::Contains(one) && Catch::Contains(two) &&
                        Catch::Contains("; start anew in another folder"));
}

TEST_CASE("checkpoints: one run at a time in a folder", "[train]") {
  const temporary_folder folder;
  {
    checkpoints first(folder.path);
    CHECK(error_of([&] { checkpoints second(folder.path); }) ==
          "kd: cannot use '" + folder.path.string() +
              "': another run uses this folder; wait until it has ended, or name another folder");
    const checkpoints moved = std::move(first);
    CHECK(error_of([&] { checkpoints second(folder.path); }) != "");
    CHECK(look(folder.path).path.empty());  // looking is allowed
  }
  CHECK(error_of([&] { checkpoints second(folder.path); }) == "");
}

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
  for (int round = 0; round < rounds; ++round) {
    INFO("round " << round);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        save_steps(folder.path, 1'000'000);
      } catch (...) { ::_exit(1); }
      ::_exit(0);
    }
    std::this_thread::sleep_for(save * longer(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));  // it did not end by itself
    const looked found = look(folder.path);
    REQUIRE(found.state.whole());
    REQUIRE(found.warnings.empty());
    REQUIRE(found.state.step >= last);
    moved += found.state.step > last ? 1 : 0;
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
