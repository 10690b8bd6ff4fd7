// SPDX-License-Identifier: MIT
#include <kd/train/recorded.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

#include <kd/nn.hpp>
#include <kd/train/augmentation.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace nn = kd::nn;
namespace train = kd::train;

namespace {

using network = nn::network<nn::image<1, 6, 6>, nn::conv<"conv1", 20, 3>, nn::batch_norm, nn::relu,
                            nn::dropout<0.5>, nn::max_pool<2>, nn::flatten,
                            nn::linear<"hidden", 19>, nn::relu, nn::linear<"logits", 3>>;

constexpr std::int64_t count = 70;

kd::io::labelled_images pictures() {
  kd::io::labelled_images set{count, 6, 6, 1, {}, {}, 3};
  for (std::int64_t i = 0; i < count; ++i) set.labels.push_back(static_cast<int>(i % 3));
  for (std::uint64_t i = 0; i < 36 * count; ++i)
    set.pixels.push_back(static_cast<float>(nn::random_uniform(2, 1, i)));
  return set;
}

train::batch batch_of(const kd::io::labelled_images& set, const std::vector<std::int64_t>& samples,
                      std::int64_t epoch = 0, std::uint64_t seed = 1) {
  train::batch b;
  train::take_batch(b, set, samples, 0, std::ssize(samples), seed, epoch);
  return b;
}

/// The rows of a view of contiguous memory.
template <class View>
std::vector<float> rows(const View& view, std::int64_t size) {
  return {view.data, view.data + view.extents[0] * size};
}

/// What the teacher itself makes of the batch.
std::vector<float> directly(nn::model<network>& teacher, const train::batch& b) {
  teacher.forward(b.images.data(), b.size());
  return rows(teacher.output<"logits">(), 3);
}

}  // namespace

TEST_CASE("recorded: the bits of the teacher itself, whatever the batches were", "[train]") {
  const auto set = pictures();
  nn::model<network> teacher(1);
  for (const std::int64_t size : {1, 2, 3, 7, 100}) {
    train::recorded soft(teacher, set, {"logits", "conv1"});
    soft.run_all(size);
    CHECK(soft.forwards() == count);
    for (const auto& samples :
         std::vector<std::vector<std::int64_t>>{{2, 0}, {69}, {5, 4, 3, 2, 1, 0, 40, 50}}) {
      const auto b = batch_of(set, samples);
      soft.select(b);
      CHECK(rows(soft.output<"logits">(), 3) == directly(teacher, b));
      const auto conv = soft.output("conv1"), own = teacher.output("conv1");
      CHECK(std::ranges::equal(conv.extents, own.extents));
      CHECK(std::ranges::equal(conv.strides, own.strides));
      CHECK(rows(conv, 720) == rows(own, 720));
    }
    CHECK(soft.forwards() == count);
    CHECK(soft.reused() == 0);  // it ran on more than was asked
    for (int again = 0; again < 10; ++again) soft.select(batch_of(set, {1, 2, 3, 4, 5, 6, 7}));
    CHECK(soft.reused() == 11);
  }
}

TEST_CASE("recorded: the teacher runs once on each sample, when it is needed", "[train]") {
  const auto set = pictures();
  nn::model<network> teacher(1);
  train::recorded soft(teacher, set);
  CHECK(soft.forwards() == 0);
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    soft.select(batch_of(set, {3, 1, 4}, epoch));
    soft.select(batch_of(set, {5, 9}, epoch));
  }
  CHECK(soft.forwards() == 5);
  CHECK(soft.reused() == 10);
  CHECK(soft.seconds() > 0);
  CHECK(soft.saved_seconds() == Approx(2 * soft.seconds()));
  CHECK_THAT(soft.summary(),
             Catch::Contains("the teacher ran on 5 images in 0.0 s; 10 were not run "
                             "again, which saved 0."));
}

TEST_CASE("recorded: of augmented images, those of that seed, epoch and augmentation", "[train]") {
  const auto set = pictures();
  nn::model<network> teacher(1);
  train::recorded soft(teacher, set);
  const train::augmentation flip{.flip = true}, shift{.flip = true, .shift = 1};
  const auto select = [&](const train::augmentation& augment, std::uint64_t seed,
                          std::int64_t epoch) {
    auto b = batch_of(set, {0, 1, 2, 3, 4, 5, 6, 7}, epoch, seed);
    augment(b);
    soft.select(b);
    CHECK(rows(soft.output("logits"), 3) == directly(teacher, b));
  };
  for (int round = 0; round < 2; ++round) {  // two students
    select({}, 1, 0);
    select({}, 2, 1);
    for (std::int64_t epoch = 0; epoch < 3; ++epoch) select(flip, 1, epoch);
    select(flip, 2, 0);
    select(shift, 1, 0);
    CHECK(soft.forwards() == 6 * 8);
  }
  CHECK(soft.reused() == 8 * 8);
}

TEST_CASE("recorded: saved and loaded, with augmented images too", "[train]") {
  const auto set = pictures();
  const kd_test::temporary_folder place;
  const std::string path = place / "soft.safetensors";
  nn::model<network> teacher(1);
  const train::augmentation flip{.flip = true};
  auto b = batch_of(set, {3, 1, 4}, 2), plain = b;
  flip(b);
  {
    train::recorded soft(teacher, set, {"logits", "conv1"});
    CHECK_FALSE(soft.load(path));
    soft.select(b);
    soft.select(plain);
    soft.save(path);
  }
  train::recorded soft(teacher, set, {"logits", "conv1"});
  REQUIRE(soft.load(path));
  soft.select(b);
  CHECK(rows(soft.output("logits"), 3) == directly(teacher, b));
  CHECK(rows(soft.output("conv1"), 720) == rows(teacher.output("conv1"), 720));
  soft.select(plain);
  CHECK(rows(soft.output("logits"), 3) == directly(teacher, plain));
  CHECK(soft.forwards() == 0);
  CHECK(soft.reused() == 6);
  CHECK(soft.saved_seconds() > 0);
  soft.select(batch_of(set, {3, 2}));  // 2 is not known
  CHECK(soft.forwards() == 2);
}

TEST_CASE("recorded: a stale or damaged file is refused, and nothing changes", "[train]") {
  auto set = pictures();
  const kd_test::temporary_folder place;
  const std::string path = place / "soft.safetensors";
  nn::model<network> teacher(1), other(2);
  train::recorded soft(teacher, set);
  soft.run_all();
  soft.save(path);
  const auto refuses = [&](auto& fresh, const std::string& what) {
    CHECK_THROWS_AS(fresh.load(path), kd::value_error);
    CHECK_THROWS_WITH(fresh.load(path), "kd: '" + path + "' was recorded from " + what +
                                            "; remove it, and it is recorded again, or name "
                                            "another file");
  };
  train::recorded of_other(other, set), hidden(teacher, set, {"hidden"});
  refuses(of_other, "another teacher");
  refuses(hidden, "other layers, 'logits'");
  auto darker = set;
  darker.pixels.back() *= 0.5f;
  train::recorded of_darker(teacher, darker);
  refuses(of_darker, "other images");

  const auto bytes = kd_test::content(path);
  const std::string key = "\"teacher\":\"";
  const auto print = std::search(bytes.begin(), bytes.end(), key.begin(), key.end());
  REQUIRE(print != bytes.end());  // one that is damaged is not one of another teacher
  for (const auto at : {bytes.size() - 1, static_cast<std::size_t>(print - bytes.begin() + 11)}) {
    auto damaged = bytes;
    damaged[at] ^= 1;
    place.write("soft.safetensors", damaged);
    CHECK_THROWS_AS(soft.load(path), kd::io_error);
  }
  soft.select(batch_of(set, {7}));
  CHECK(soft.forwards() == count);  // it still knows

  teacher.parameters()[0] += 1;
  CHECK_THROWS_WITH(soft.save(path), Catch::Contains("kd: the teacher has changed since"));
}

TEST_CASE("recorded: refuses what it cannot answer for", "[train]") {
  auto set = pictures();
  nn::model<network> teacher(1);
  kd::io::labelled_images wide = set;
  wide.height = 1, wide.width = 36;
  CHECK_THROWS_AS(train::recorded(teacher, wide), kd::shape_error);
  CHECK_THROWS_AS(train::recorded(teacher, set, {"fc"}), kd::value_error);
  CHECK_THROWS_WITH(train::recorded(teacher, set, {}), Catch::Contains("kd: no layer of the"));
  train::recorded soft(teacher, set);
  CHECK_THROWS_AS(soft.run_all(0), kd::value_error);
  CHECK_THROWS_WITH(soft.output("conv1"),
                    "kd: layer 'conv1' of the teacher was not recorded, 'logits' was; record it, "
                    "or run the teacher itself");
  auto b = batch_of(set, {0, 3});
  b.indices[1] = count;
  CHECK_THROWS_WITH(soft.select(b), Catch::Contains("kd: sample 70 is not in a set of 70"));
  b = batch_of(set, {0, 3});
  b.images[40] += 0.25f;
  CHECK_THROWS_WITH(
      soft.select(b),
      "kd: the batch's image of sample 3 is not the set's, and the batch does not say "
      "how it was changed; write that into batch.augmented, as "
      "kd::train::augmentation does");
  b.augmented = "brighter";
  soft.select(b);
  CHECK(rows(soft.output("logits"), 3) == directly(teacher, b));
}
