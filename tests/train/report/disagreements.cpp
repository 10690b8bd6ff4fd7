// SPDX-License-Identifier: MIT
#include <kd/train/report/disagreements.hpp>

#include "support/catch.hpp"
#include "train/report/some_run.hpp"

namespace {

kd::io::labelled_images set_of(const kd::train::run_report& r, int channels) {
  kd::io::labelled_images set{
      static_cast<std::int64_t>(r.labels.size()), 1, 2, channels, {}, r.labels, 4};
  for (std::size_t i = 0; i < r.labels.size() * 2; ++i)
    for (int c = 0; c < channels; ++c) set.pixels.push_back(c == 0 ? 1.0f : 0.0f);
  return set;
}

}  // namespace

TEST_CASE("disagreements: by turns of who is right, in the set's order") {
  const auto r = some_run();
  const auto all = kd::train::disagreements(r, set_of(r, 1), 100);
  REQUIRE(all.size() == 22);  // 16 that only the alone one, 2 only the distilled, 4 both miss
  // who is right with the teacher: the distilled one, the one alone, neither; and again
  CHECK(all[0].sample == 16);
  CHECK(all[1].sample == 3);
  CHECK(all[2].sample == 0);
  CHECK(all[3].sample == 20);
  CHECK(all[4].sample == 7);
  CHECK(all[0].alone == 1);
  CHECK(all[0].distilled == 0);
  CHECK(all[1].distilled == 2);
  CHECK(kd::train::disagreements(r, set_of(r, 1), 3).size() == 3);
  CHECK(kd::train::disagreements(r, set_of(r, 1), 0).empty());
}

TEST_CASE("disagreements: where all make the same mistake is none") {
  auto r = some_run();
  const std::vector<int> wrong(100, 1);
  for (auto* m : {&r.teacher, &r.alone, &r.distilled})
    m->result = scores_of_predictions(wrong, r.labels, 4);
  CHECK(kd::train::disagreements(r, set_of(r, 1)).empty());
}

TEST_CASE("disagreements: of several channels the mean is shown") {
  const auto r = some_run();
  CHECK(kd::train::disagreements(r, set_of(r, 1), 1)[0].pixels ==
        std::vector<std::uint8_t>{255, 255});
  CHECK(kd::train::disagreements(r, set_of(r, 3), 1)[0].pixels ==
        std::vector<std::uint8_t>{85, 85});
}

TEST_CASE("disagreements: a set that the models were not tested on") {
  const auto r = some_run();
  auto other = r;
  other.labels.pop_back();
  CHECK_THROWS_WITH(kd::train::disagreements(r, set_of(other, 1)),
                    "kd: model 'teacher' has 100 predictions for a set of 99; pass the set that it "
                    "was tested on");
}
