// SPDX-License-Identifier: MIT
#include <kd/train/checkpoints.hpp>

#include <random>

#include "support/catch.hpp"
#include "train/counter.hpp"

using kd::train::checkpoints;
using namespace kd_test;

TEST_CASE("checkpoints: two generations, the newest is loaded", "[train]") {
  const temporary_folder parent;
  const std::string folder = parent / "new/folder";
  counter state;
  checkpoints saved(folder);
  CHECK_FALSE(saved.load_newest(state));
  CHECK(saved.newest().empty());
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
  CHECK(saved.newest() == loaded->path);
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

  {
    counter state;
    checkpoints again(folder.path);
    CHECK(again.newest() == newest);
    again.load_newest(state);
    CHECK(again.newest() == older);  // not the damaged one
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
