// SPDX-License-Identifier: MIT
// Whether the teacher runs once or at every batch, a student learns the same.
#include "guide.hpp"

#include "objective_check.hpp"
#include "run_folder.hpp"
#include "support/temporary_folder.hpp"

using namespace objective_check;

namespace {

constexpr std::int64_t count = 30, epochs = 3;

/// Small networks, images for them, and what a training says.
struct training_run {
  models m;
  example::options o;
  example::run_data data;
  example::objective objective;
  std::vector<std::string> warnings;
  std::string summary;

  training_run(const std::string& folder, const std::string& text) : objective(text) {
    o.out = folder;
    data.train = {count, 6, 8, 1, {}, {}, 4};
    for (std::int64_t i = 0; i < count; ++i) data.train.labels.push_back(static_cast<int>(i % 4));
    for (std::uint64_t i = 0; i < count * 48; ++i)
      data.train.pixels.push_back(static_cast<float>(kd::nn::random_uniform(2, 1, i)));
    objective.prepare(m.student, m.teacher, 1);
  }

  /// Trains, and gives all that was learnt.
  std::vector<float> train(const example::recording_limits& limits = {}) {
    example::guide g(o, m.teacher, data, objective, limits);
    g.prepare([&](const std::string& warning) { warnings.push_back(warning); });
    kd::nn::adam<float> own, of_learnt;
    kd::train::also learn(objective, of_learnt);
    kd::train::fit_state at;
    const kd::train::fit_options settings{.epochs = epochs, .batch = 8, .rate = 0.01, .seed = 4};
    kd::train::fit(m.student, own, data.train, settings, at, g.step(o, m.student, objective),
                   learn);
    summary = g.summary();
    std::vector<float> all(m.student.parameters().begin(), m.student.parameters().end());
    all.insert(all.end(), objective.parameters().begin(), objective.parameters().end());
    return all;
  }
};

const std::string hint = "soft_targets + hint(conv1) + curriculum_temperature";
const example::recording_limits nothing{0, 0}, no_file{1 << 20, 0};
const std::string once = "the teacher ran on 30 images in ", never = "the teacher ran on 0 images";

}  // namespace

TEST_CASE("guide: recorded, from a file or at every batch, a student has the same bits") {
  const kd_test::temporary_folder place;
  const std::string file = "teacher_outputs.safetensors";
  training_run every(place.path, hint);
  const auto expected = every.train(nothing);
  CHECK(every.summary ==
        "the teacher ran at every batch: what it makes of 30 images in 'logits', 'conv1' takes 0.0 "
        "MiB, and at most 0.0 MiB are kept");
  CHECK(place.names().empty());

  training_run memory(place.path, hint);
  CHECK(memory.train(no_file) == expected);
  CHECK_THAT(memory.summary, Catch::StartsWith(once) && Catch::Contains("; 60 were not run again"));
  CHECK(place.names().empty());

  training_run writes(place.path, hint);
  CHECK(writes.train() == expected);
  CHECK_THAT(writes.summary, Catch::StartsWith(once) && Catch::Contains("; 60 were not run again"));
  CHECK(place.names() == std::vector<std::string>{file});

  training_run reads(place.path, hint);
  CHECK(reads.train() == expected);
  CHECK_THAT(reads.summary, Catch::StartsWith(never) && Catch::Contains("; 90 were not run again"));
  CHECK(reads.warnings.empty());

  training_run logits(place.path, "soft_targets");  // a file of its own, which has no limit
  training_run at_every(place.path, "soft_targets");
  CHECK(logits.train(no_file) == at_every.train(nothing));
  CHECK(place.names() == std::vector<std::string>{"teacher_logits.safetensors", file});

  training_run alone(place.path, "cross_entropy");
  alone.train();
  CHECK(alone.summary.empty());
}

TEST_CASE("guide: of augmented images nothing is kept") {
  const kd_test::temporary_folder place;
  for (const std::string& text : {hint, std::string("soft_targets")}) {
    training_run r(place.path, text);
    r.o.augmentation.flip = true;
    r.train();
    CHECK(r.summary ==
          "the teacher ran at every batch: augmented images differ in every epoch, so that nothing "
          "could be kept");
  }
  CHECK(place.names().empty());
}

TEST_CASE("guide: a damaged file is computed again, a stale one is refused") {
  const kd_test::temporary_folder place;
  const std::string file = "teacher_outputs.safetensors";
  const auto expected = training_run(place.path, hint).train();
  const auto whole = kd_test::content(place / file);
  const auto check = [&](std::vector<std::uint8_t> bytes, bool harmless = false) {
    place.write(file, bytes);
    training_run r(place.path, hint);
    CHECK(r.train() == expected);
    if (harmless && r.warnings.empty()) return;
    REQUIRE(r.warnings.size() == 1);
    CHECK_THAT(r.warnings[0], Catch::StartsWith("kd: cannot read '" + (place / file)) &&
                                  Catch::EndsWith("; the teacher's outputs are computed again"));
    CHECK(r.warnings[0].find('\n') == std::string::npos);
    CHECK_THAT(r.summary, Catch::StartsWith(once));
    CHECK(kd_test::content(place / file).size() >= whole.size() - 40);  // seconds differ
  };
  for (std::size_t part = 0; part < 8; ++part)
    check({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() * part / 8)});
  for (std::size_t at = 0; at < whole.size(); at += at < 1200 ? 37 : 1999) {
    INFO(at);
    auto bytes = whole;
    bytes[at] ^= 4;
    check(bytes, true);  // in white space
  }
  auto bytes = whole;
  bytes.back() ^= 1;
  check(bytes);

  place.write(file, whole);
  training_run other(place.path, hint);
  other.m.teacher.parameters()[0] += 1;
  CHECK_THROWS_WITH(other.train(), Catch::Contains("was recorded from another teacher; remove it"));
  CHECK(kd_test::content(place / file) == whole);

  training_run unwritable(place / "nowhere", hint);
  CHECK(unwritable.train() == expected);
  REQUIRE(unwritable.warnings.size() == 1);
  CHECK_THAT(unwritable.warnings[0], Catch::StartsWith("kd: cannot write '") &&
                                         Catch::EndsWith("; a run that is resumed computes the "
                                                         "teacher's outputs again"));
}
