// SPDX-License-Identifier: MIT
#include <kd/train/report/page.hpp>

#include <algorithm>
#include <cmath>
#include <regex>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "train/report/some_run.hpp"

namespace {

bool has(const std::string& page, const std::string& part) {
  return page.find(part) != std::string::npos;
}

/// The first tag that is not closed where it must be, or "".
std::string unbalanced(const std::string& page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find('>', at);
    const std::string tag = page.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag[0] == '!' || tag.back() == '/' || name == "meta" || name == "img" || name == "br")
      continue;
    if (tag[0] != '/') open.push_back(name);
    else if (open.empty() || '/' + open.back() != tag) return tag + " at " + page.substr(at, 60);
    else open.pop_back();
  }
  return open.empty() ? "" : open.back();
}

}  // namespace

TEST_CASE("report page: every section, closed tags, nothing from the network, no script") {
  const std::string page = kd::train::report_html(some_run());
  CHECK(unbalanced(page).empty());
  for (const char* part :
       {"<title>A run</title>", "Distillation helped", "In numbers", "Training, and schedules",
        "<b>Loss</b>", "<b>Accuracy</b>", "<b>temperature</b>, from 8 to 2", "F1 by class",
        "Mistakes made most", "Confusion matrix of the student alone", "<b>Reliability</b>",
        "Accuracy against size", "Accuracy against latency", "Images on which",
        "data:image/png;base64,iVBORw0KGgo", "distill --seed 1", "prefers-color-scheme:dark"})
    CHECK((has(page, part) ? "" : part) == std::string());
  for (const char* part : {"http:", "https:", "<script", "@import", "url(", "<link", "nan", "inf<"})
    CHECK((has(page, part) ? part : "") == std::string());
}

TEST_CASE("report page: all text is shown as it is given") {
  auto r = some_run();
  const std::string bad = "</title><script>alert('1')</script>&\"";
  r.title = r.command = r.date = r.version = r.accuracy_of = bad;
  r.teacher.name = r.alone.name = r.distilled.name = bad;
  r.classes = {bad, bad, bad, bad};
  r.schedules[0].name = bad;
  r.settings = {{bad, bad}};
  r.distilled.terms = {{bad, {1, 2}}};
  const std::string page = kd::train::report_html(r);
  CHECK_FALSE(has(page, "<script"));
  CHECK_FALSE(has(page, "alert('"));
  CHECK(unbalanced(page).empty());
}

TEST_CASE("report page: a chart for each term of the objective") {
  auto r = some_run();
  CHECK_FALSE(has(kd::train::report_html(r), "objective, times their weights"));
  r.distilled.terms = {{"hint.conv3", {0.5, 0.25, 0.125}}, {"none yet", {}}};
  const std::string page = kd::train::report_html(r);
  CHECK(unbalanced(page).empty());
  CHECK(has(page, "objective, times their weights"));
  CHECK(has(page, "<b>hint.conv3</b>, from 0.5 to 0.125"));
  CHECK_FALSE(has(page, "none yet"));
}

TEST_CASE("report page: accuracy on the training's samples, where it is known") {
  auto r = some_run();
  CHECK_FALSE(has(kd::train::report_html(r), "on samples of the training"));
  CHECK_FALSE(has(kd::train::report_html(r), "on validation samples"));
  r.alone.validation_accuracy = 0.9, r.distilled.validation_accuracy = 0.8;
  CHECK(has(kd::train::report_html(r),
            "<td class=\"best\">90.00\xc2\xa0%</td><td>80.00\xc2\xa0%</td>"));
  r.alone.training_accuracy = 0.975, r.distilled.training_accuracy = 0.96125;
  const std::string page = kd::train::report_html(r);
  CHECK(has(page, "<td>97.50\xc2\xa0%</td><td>96.12\xc2\xa0%</td>"));
  CHECK(has(page, "<li>On training samples the distilled"));
}

TEST_CASE("report page: sections without data are left out") {
  const std::string page = kd::train::report_html({});
  CHECK(unbalanced(page).empty());
  CHECK(has(page, "In numbers"));
  for (const char* part : {"Training", "Classes", "Confusion", "Costs", "Images", "nan"})
    CHECK_FALSE(has(page, part));
}

TEST_CASE("report page: curves of one epoch, that diverge, of different lengths") {
  auto r = some_run();
  r.teacher.loss = {1}, r.alone.loss = {1, NAN, INFINITY, 1e300}, r.distilled.loss = {};
  r.schedules = {{"zero", {0, 0, 0}}, {"none", {}}};
  const std::string page = kd::train::report_html(r);
  CHECK(unbalanced(page).empty());
  CHECK_FALSE(has(page, "nan"));
  CHECK(has(page, "<b>zero</b>"));
  CHECK_FALSE(has(page, "<b>none</b>"));
}

TEST_CASE("report page: the epoch whose weights were tested, where it is known") {
  auto r = some_run();
  CHECK_FALSE(has(kd::train::report_html(r), "weights of epoch"));
  r.teacher.epoch = 3, r.distilled.epoch = 1;
  CHECK(has(kd::train::report_html(r),
            "weights of epoch</th><td>3 of 3</td><td>\xe2\x80\x93</td>"
            "<td>1 of 2</td></tr>"));
}

TEST_CASE("report page: a schedule ends where the training was stopped") {
  auto r = some_run();
  r.schedules = {{"rate", {4, 2}}};
  const std::string whole = kd::train::report_html(r);
  r.schedules[0].until = 0.5;
  const std::string half = kd::train::report_html(r);
  CHECK(has(whole, "L360.0 "));  // the right end of the axis
  CHECK_FALSE(has(half, "L360.0 "));
  CHECK(has(half, "L203.0 "));  // its middle
}

TEST_CASE("report page: losses far apart stand on a logarithmic axis") {
  auto r = some_run();
  CHECK_FALSE(has(kd::train::report_html(r), "The axis is logarithmic."));
  r.teacher.loss = {1000, 1};
  CHECK(has(kd::train::report_html(r), "The axis is logarithmic."));
  r.teacher.loss = {1000, -1};
  CHECK_FALSE(has(kd::train::report_html(r), "The axis is logarithmic."));
}

TEST_CASE("report page: long names are cut, at letters and not within them") {
  using namespace kd::train::detail;
  CHECK(cut_to("abc", 3) == "abc");
  CHECK(cut_to("\xc3\xa4\xc3\xb6\xc3\xbc", 2) == "\xc3\xa4\xc3\xb6\xe2\x80\xa6");
  CHECK(cut_within("ankle boot", 12) == "ankle boot");
  CHECK(cut_within("class_with_a_name_58", 12) ==
        "class_w\xe2\x80\xa6"
        "e_58");
}

TEST_CASE("report page: a hundred classes") {
  kd::train::run_report r;
  std::vector<int> predicted;
  for (int i = 0; i < 2000; ++i) {
    r.labels.push_back(i % 100);
    predicted.push_back(i % 7 == 0 ? i % 13 : i % 100);
  }
  for (auto* m : {&r.teacher, &r.alone, &r.distilled})
    m->result = scores_of_predictions(predicted, r.labels, 100);
  const std::string page = kd::train::report_html(r);
  CHECK(unbalanced(page).empty());
  CHECK(has(page, "The 15 classes at either end"));
  CHECK(page.size() < 1000000);
}

TEST_CASE("report page: the numbers of a matrix's columns do not run into each other") {
  for (const int classes : {20, 21, 100, 101, 200, 1001}) {
    INFO(classes << " classes");
    kd::train::run_report r;
    r.labels = {0, classes - 1};
    for (auto* m : {&r.teacher, &r.alone, &r.distilled})
      m->result = scores_of_predictions(r.labels, r.labels, classes);
    const std::string svg = kd::train::detail::matrix_of(r, r.teacher);
    const std::regex column("<text class=\"t c\" x=\"([0-9.]+)\" y=\"13\">([0-9]+)<");
    double end = 0;
    int count = 0;
    for (std::sregex_iterator at(svg.begin(), svg.end(), column), none; at != none; ++at, ++count) {
      const double middle = std::stod((*at)[1]),
                   half = 3.1 * static_cast<double>((*at)[2].length());
      CHECK(middle - half > end + 1);
      end = middle + half;
    }
    CHECK(count >= 10);
    CHECK(end < 382);
  }
}

TEST_CASE("report page: an image of other extents; base64") {
  auto r = some_run();
  r.images[0].height = 3;
  CHECK_THROWS_AS(kd::train::report_html(r), kd::shape_error);
  using kd::train::detail::base64;  // RFC 4648's examples
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd") == "//79");
}
