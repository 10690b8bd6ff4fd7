// SPDX-License-Identifier: MIT
#include <kd/train/checkpoint.hpp>

#include <cmath>
#include <cstring>
#include <limits>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using kd::train::load_checkpoint;
using kd::train::part;
using kd::train::save_checkpoint;
using kd::train::together;
using kd_test::temporary_folder;

namespace {

struct weights {
  std::vector<float> values;
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("values", std::span(values));
  }
};

/// One of each.
struct everything {
  std::vector<float> f32{1.5f, -0.0f, std::numeric_limits<float>::denorm_min(), NAN};
  std::vector<double> f64{0.1, -INFINITY, 1e300};
  std::vector<std::int64_t> i64{-1, std::numeric_limits<std::int64_t>::min()};
  std::vector<std::uint64_t> u64{~std::uint64_t{0}};
  std::vector<std::uint8_t> u8{0, 255, 7};
  std::vector<float> none;
  double rate = 0.1;
  std::int64_t epoch = -3;
  std::uint64_t seed = std::uint64_t{1} << 63;
  bool improved = true;

  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("f32", std::span(f32));
    visit("f64", std::span(f64));
    visit("i64", std::span(i64));
    visit("u64", std::span(u64));
    visit("u8", std::span(u8));
    visit("none", std::span(none));
    visit("rate", rate);
    visit("epoch", epoch);
    visit("seed", seed);
    visit("improved", improved);
  }
};

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// A state given as a list of entries, for states that do not fit.
template <class... T>
struct loose {
  std::tuple<std::pair<const char*, T>...> values;
  template <class Visit>
  void visit_state(Visit&& visit) {
    std::apply(
        [&](auto&... each) {
          const auto one = [&](const char* name, auto& value) {
            if constexpr (requires { value.data(); }) visit(name, std::span(value));
            else visit(name, value);
          };
          (one(each.first, each.second), ...);
        },
        values);
  }
};
template <class... T>
loose<T...> make_loose(std::pair<const char*, T>... values) {
  return {{values...}};
}

struct growing {
  std::vector<double> all;
  template <class Visit>
  void visit_state(Visit&& visit) {
    visit("all", kd::train::may_grow(all));
  }
};

template <class Error, class State>
std::string error_of(const std::string& path, State& state) {
  try {
    load_checkpoint(path, state);
  } catch (const Error& error) { return error.what(); }
  return {};
}

using floats = std::vector<float>;

}  // namespace

TEST_CASE("checkpoint: what was saved is loaded to the bit", "[train]") {
  const temporary_folder folder;
  const std::string path = folder / "a";
  everything saved, loaded;
  loaded.f32.assign(4, 0);
  loaded.f64.assign(3, 0);
  loaded.i64.assign(2, 0);
  loaded.u64.assign(1, 0);
  loaded.u8.assign(3, 0);
  loaded.rate = 0;
  loaded.epoch = 0;
  loaded.seed = 0;
  loaded.improved = false;
  save_checkpoint(path, saved, {{"run", "first"}});
  const auto metadata = load_checkpoint(path, loaded);
  CHECK(metadata == kd::io::text_metadata{{"run", "first"}, {"kd.version", kd::version}});
  CHECK(same_bits(saved.f32, loaded.f32));
  CHECK(same_bits(saved.f64, loaded.f64));
  CHECK(same_bits(saved.i64, loaded.i64));
  CHECK(same_bits(saved.u64, loaded.u64));
  CHECK(same_bits(saved.u8, loaded.u8));
  CHECK(loaded.rate == saved.rate);
  CHECK(loaded.epoch == -3);
  CHECK(loaded.seed == saved.seed);
  CHECK(loaded.improved);
  save_checkpoint(folder / "b", loaded, {{"run", "first"}});
  CHECK(kd_test::content(path) == kd_test::content(folder / "b"));
}

TEST_CASE("checkpoint: parts have names with dots", "[train]") {
  const temporary_folder folder;
  weights a{{1, 2}}, b{{3}};
  std::int64_t epoch = 5;
  auto rest = make_loose(std::pair{"epoch", epoch});
  together inner(part{"teacher", a}, part{"student", b});
  together all(part{"models", inner}, part{"fit", rest});
  save_checkpoint(folder / "a", all);
  const auto file = kd::io::read_safetensors(folder / "a");
  std::vector<std::string> names;
  for (const auto& entry : file.tensors()) names.push_back(entry.name);
  CHECK(names ==
        std::vector<std::string>{"fit.epoch", "models.student.values", "models.teacher.values"});
  CHECK(file.find("fit.epoch")->extents.empty());
  a.values = {0, 0};
  load_checkpoint(folder / "a", all);
  CHECK(a.values == floats{1, 2});
}

TEST_CASE("checkpoint: another state is refused with all that differs, and not touched",
          "[train]") {
  const temporary_folder folder;
  const std::string path = folder / "a", start = "kd: cannot load '" + path + "' into this state: ",
                    end = "; make the networks and the optimiser that it was saved from";
  auto saved = make_loose(std::pair{"w", floats{1, 2}}, std::pair{"n", std::int64_t{3}});
  save_checkpoint(path, saved);

  auto sizes = make_loose(std::pair{"w", floats{7, 8, 9}}, std::pair{"n", std::int64_t{4}});
  CHECK(error_of<kd::shape_error>(path, sizes) ==
        start + "'w' has (2) values in the file and (3) values here" + end);
  CHECK(std::get<0>(sizes.values).second == floats{7, 8, 9});
  CHECK(std::get<1>(sizes.values).second == 4);

  auto number = make_loose(std::pair{"w", 2.0f}, std::pair{"n", std::int64_t{4}});
  CHECK(error_of<kd::shape_error>(path, number) ==
        start + "'w' has (2) values in the file and one number here" + end);

  auto others = make_loose(std::pair{"n", 4.0}, std::pair{"v", floats{1}});
  CHECK(error_of<kd::value_error>(path, others) ==
        start + "'n' is I64 in the file and F64 here, 'v' is not in the file, " +
            "'w' is in the file only" + end);
  CHECK(std::get<0>(others.values).second == 4.0);

  auto both = make_loose(std::pair{"w", floats{1}}, std::pair{"v", floats{1}});
  CHECK(error_of<kd::value_error>(path, both).find("'w' has (2) values in the file and (1)") !=
        std::string::npos);

  auto twice = make_loose(std::pair{"w", floats{7, 8}}, std::pair{"w", floats{7, 8}},
                          std::pair{"n", std::int64_t{4}});
  CHECK(error_of<kd::value_error>(path, twice) ==
        start + "'w' is the name of two arrays here" + end);
  CHECK_THROWS_AS(save_checkpoint(path, twice), kd::value_error);

  auto many = make_loose(std::pair{"1", 1.0}, std::pair{"2", 1.0}, std::pair{"3", 1.0},
                         std::pair{"4", 1.0}, std::pair{"5", 1.0}, std::pair{"6", 1.0},
                         std::pair{"7", 1.0}, std::pair{"8", 1.0}, std::pair{"9", 1.0});
  CHECK_THAT(error_of<kd::value_error>(path, many),
             Catch::Contains("'8' is not in the file, and 3 more; make"));
}

TEST_CASE("checkpoint: every flipped bit is found", "[train]") {
  const temporary_folder folder;
  everything saved;
  save_checkpoint(folder / "a", saved, {{"run", "first"}});
  const auto good = kd_test::content(folder / "a");
  everything loaded;
  loaded.rate = 7;
  int taken = 0;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    auto file = good;
    file[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    const bool found = !error_of<kd::io_error>(folder.write("b", file), loaded).empty();
    taken += found ? 0 : 1;
  }
  CHECK(taken == 0);
  CHECK(loaded.rate == 7);
}

TEST_CASE("checkpoint: sentences for files that are damaged or no checkpoint", "[train]") {
  const temporary_folder folder;
  const floats values{1, 2};
  weights state{{5, 6}};
  const std::vector<kd::io::tensor_entry> entries{kd::io::entry_of("values", std::span(values))};
  kd::io::write_safetensors(folder / "a", entries);
  CHECK(error_of<kd::io_error>(folder / "a", state) ==
        "kd: cannot read '" + (folder / "a") +
            "': it lacks the metadata 'kd.crc32' of a checkpoint; name a file that kd::train "
            "saved");
  save_checkpoint(folder / "b", state);
  auto file = kd_test::content(folder / "b");
  file.back() ^= 1;
  CHECK(error_of<kd::io_error>(folder.write("b", file), state) ==
        "kd: cannot read '" + (folder / "b") +
            "': the values of 'values' are damaged; load an older checkpoint, or copy it again");
  CHECK(state.values == floats{5, 6});
  CHECK_THROWS_WITH(save_checkpoint(folder / "b", state, {{"kd.mine", ""}}),
                    "kd: the metadata's key 'kd.mine' begins with 'kd.', as kd's own do; give it "
                    "another name");
}

TEST_CASE("checkpoint: an array that may grow takes a shorter one, and nothing else", "[train]") {
  const temporary_folder folder;
  const std::string path = folder / "a";
  const auto load = [&](auto saved, std::vector<double> before) {
    save_checkpoint(path, saved);
    growing here{std::move(before)};
    const std::string error = error_of<kd::error>(path, here);
    return std::pair{here.all, error};
  };
  using list = std::vector<double>;
  CHECK(load(growing{{1, 2}}, {7, 8, 9}).first == list{1, 2, 9});
  CHECK(load(growing{{1, 2}}, {7, 8}).first == list{1, 2});
  CHECK(load(growing{{}}, {7}).first == list{7});
  const auto longer = load(growing{{1, 2}}, {7});
  CHECK(longer.first == list{7});
  CHECK_THAT(longer.second,
             Catch::Contains("'all' has (2) values in the file and (1) values here"));
  CHECK(load(make_loose(std::pair{"all", 1.0}), {7, 8}).first == list{7, 8});  // a number
  CHECK_THAT(load(make_loose(std::pair{"all", floats{1}}), {7, 8}).second,
             Catch::Contains("'all' is F32 in the file and F64 here"));
}
