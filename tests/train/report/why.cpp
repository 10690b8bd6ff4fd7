// SPDX-License-Identifier: MIT
#include <kd/train/report/why.hpp>

#include <string>

#include "support/catch.hpp"
#include "train/report/some_run.hpp"

namespace {

std::string why(const kd::train::run_report& r) {
  std::string all;
  for (const std::string& sentence : kd::train::detail::why_of(r)) all += plain(sentence) + '\n';
  return all;
}

}  // namespace

TEST_CASE("why: the teacher, what was gained of it and lost, and classes") {
  auto r = some_run();
  r.classes = {"coat", "", "bag"};
  // F1 of class 0: 2 * 5 / (25 + 5) alone, 2 * 21 / (25 + 21) distilled
  const std::string classes =
      "By likelihood the probabilities of the distilled student are better: negative "
      "log-likelihood 0.319, alone "
      "0.739; calibration error 7.00%, alone 7.00%.\n"
      "Classes that gain most: coat (F1 +58.0), 1 (F1 +21.2).\n"
      "Classes that lose most: 3 (F1 -4.2), bag (F1 -3.8).\n";
  CHECK(why(r) ==
        "The teacher is right on 100.00%: the student comes 70% of the way up to it.\n"
        "Of the 16 samples that distillation gained the teacher is right on 16; of the 2 that it "
        "lost the "
        "teacher is wrong on 0.\n" +
            classes);

  auto predicted = r.labels;  // by a teacher that errs on 6 samples of class 0 and 1 of class 3
  for (int i = 0; i < 24; i += 4) predicted[static_cast<std::size_t>(i + 16)] = 1;
  predicted[7] = 2;
  r.teacher.result = scores_of_predictions(predicted, r.labels, 4);
  CHECK(why(r) ==
        "The teacher is right on 93.00%: the student comes 108% of the way up to it.\n"
        "Of the 16 samples that distillation gained the teacher is right on 10; of the 2 that it "
        "lost the "
        "teacher is wrong on 1.\n" +
            classes);
}

TEST_CASE("why: nothing to learn from the teacher, or nothing learnt") {
  auto r = some_run();
  std::swap(r.alone.result, r.distilled.result);
  CHECK_THAT(why(r), Catch::Contains("The teacher is right on 100.00%, 6.00 points more than the "
                                     "student alone.\n"));
  std::swap(r.teacher.result, r.distilled.result);
  CHECK_THAT(why(r), Catch::Contains("right on 80.00%, not more often than the student alone: "
                                     "there was little to learn from it.\n"));
}

TEST_CASE("why: agreement with the teacher") {
  auto r = some_run();
  CHECK_THAT(why(r), !Catch::Contains("predicts what"));
  r.alone.result.agreement = 0.9, r.distilled.result.agreement = 0.92;
  CHECK_THAT(why(r),
             Catch::Contains(
                 "The distilled student predicts what the teacher does on 92.00% of the samples, "
                 "the student alone on 90.00%.\n"));
  r.distilled.result.agreement = 0.9;
  CHECK_THAT(why(r), Catch::Contains("brought it no nearer to the teacher"));
}

TEST_CASE("why: what is learnt by heart") {
  auto r = some_run();
  r.alone.training_accuracy = 0.9, r.distilled.training_accuracy = 0.96;
  CHECK_THAT(why(r),
             Catch::Contains("On training samples the distilled student is right on 96.00%, "
                             "the student alone on 90.00%: +2.00 and +10.00 points against "
                             "test samples.\n"));
  r.distilled.training_accuracy = 0.945;
  CHECK_THAT(why(r), Catch::Contains("So it learns little by heart"));
}

TEST_CASE("why: epochs, probabilities, terms") {
  auto r = some_run();
  r.alone.result.negative_log_likelihood = 0.3, r.distilled.result.negative_log_likelihood = 0.302;
  CHECK_THAT(why(r), !Catch::Contains("whole difference") && !Catch::Contains("probabilities") &&
                         !Catch::Contains("terms"));
  r.alone.loss = {1};
  CHECK_THAT(why(r), Catch::Contains("The student alone was trained for 1 epochs and the distilled "
                                     "one for 2: that may be the whole difference.\n"));
  r.distilled.result.negative_log_likelihood = 0.31;
  CHECK_THAT(why(r),
             Catch::Contains("By likelihood the probabilities of the distilled student are worse: "
                             "negative log-likelihood 0.310, alone 0.300; "));
  r.distilled.result.negative_log_likelihood = 0.28;
  CHECK_THAT(why(r), Catch::Contains("are better: negative log-likelihood 0.280"));
  r.distilled.terms = {{"soft_targets", {2, 1.5}}, {"hint.block3", {0.25, 0.125}}};
  CHECK_THAT(why(r), Catch::Contains("ended at soft_targets 1.5 (from 2), hint.block3 0.125 (from "
                                     "0.25).\n"));
}

TEST_CASE("why: nothing is said of students that were not tested on the same samples") {
  CHECK(why({}).empty());
  auto r = some_run();
  r.labels.clear();
  CHECK_THAT(why(r), !Catch::Contains("distillation gained"));
}
