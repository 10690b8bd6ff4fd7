// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>

#include <CLI/CLI.hpp>
#include <kd/version.hpp>

#include "objective_text.hpp"

namespace example {
namespace {

/// Checks a number. CLI11's own checks of ranges let NaN and infinity pass, and --seed -1 wraps.
CLI::Validator number(const char* description, bool (*inside)(double)) {
  const std::string what = description;
  return {[=](std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && std::isfinite(value) && inside(value))
              return {};
            return text + " is not " + what;
          },
          what};
}
/// Checks a whole number; CLI11 takes one that is too large as the largest.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most) {
  const std::string what =
      "a whole number in " + std::to_string(least) + " to " + std::to_string(most);
  return {[=](std::string& text) -> std::string {
            std::uint64_t value = 0;
            const char* const last = text.data() + text.size();
            const auto [end, error] = std::from_chars(text.data(), last, value);
            const bool octal = text.size() > 1 && text[0] == '0';  // to CLI11
            if (error == std::errc() && end == last && value >= least && value <= most && !octal)
              return {};
            return text + " is not " + what;
          },
          what};
}
/// Throws for a text that is no schedule, or one that is below 0 or not finite somewhere.
void check_rates(const std::string& text) {
  const kd::schedule factor = kd::parse_schedule(text);
  for (int i = 0; i <= 1000; ++i)
    if (const double at = i / 1000.0, value = factor(at); !(value >= 0 && std::isfinite(value)))
      throw kd::value_error("it is " + kd::detail::shortest(value) + " at progress " +
                            kd::detail::shortest(at) + "; a rate must be at least 0 and finite");
}

/// Checks a text by what reads it, whose sentence points at the character.
CLI::Validator readable(const char* what, void (*read)(const std::string&)) {
  return {[=](std::string& text) -> std::string {
            try {
              read(text);
              return {};
            } catch (const std::exception& e) { return e.what(); }
          },
          what};
}
const CLI::Validator positive = number("a number above 0", [](double x) { return x > 0; });
const CLI::Validator not_negative = number("a number >= 0", [](double x) { return x >= 0; });
const CLI::Validator share = number("in 0 to 1", [](double x) { return x >= 0 && x <= 1; });
const CLI::Validator part =
    number("at least 0 and below 1", [](double x) { return x >= 0 && x < 1; });
const CLI::Validator above_0_to_1 =
    number("above 0 and at most 1", [](double x) { return x > 0 && x <= 1; });
const CLI::Validator temperature =  // float holds its square and 1 / its square
    number("a number in 1e-18 to 1e18", [](double x) { return x >= 1e-18 && x <= 1e18; });
const CLI::Validator not_empty(
    [](std::string& text) -> std::string { return text.empty() ? "it names no folder" : ""; }, "");
const CLI::Validator epochs = whole_number(1, 10000);

/// Options in groups, each with its default in --help.
class command_line {
 public:
  command_line(CLI::App& app, options& o) : app_(app), o_(o) {}

  void add_all() {
    group_ = "Data and output";
    add("--data", o_.data, "folder with the four IDX files, plain or .gz", not_empty);
    add("--out", o_.out, "folder for models, report.html, summary.json; made if absent", not_empty);
    add("--evaluate", o_.evaluate, "test the models of a run's folder, and train nothing",
        not_empty);
    app_.add_option("--class-names", o_.class_names, "names of the classes, in their order: a,b,c")
        ->delimiter(',')
        ->group(group_);
    group_ = "Models";
    add("--teacher", o_.teacher_kind, "cnn or resnet", CLI::IsMember({"cnn", "resnet"}));
    add("--student", o_.student_kind, "cnn or mobile", CLI::IsMember({"cnn", "mobile"}));
    app_.add_option(
            "--teacher-from", o_.teacher_from,
            "take the trained teacher of another run's folder, and the student alone if it\n"
            "was trained with the same settings")
        ->check(not_empty)
        ->group(group_);
    flag("--list", o_.list, "show the layers of both networks and all losses, and train nothing");
    group_ = "Objective";
    add("--objective", o_.objective,
        "of the distilled student: a sum of losses, as in\n"
        "\"soft_targets(T=cosine(8,2)) + 0.5*hint(conv2)\"; --list tells of all",
        readable("TEXT", [](const std::string& text) { parse_objective(text); }));
    add("--temperature", o_.temperature, "of the soft targets, if no --objective is given",
        temperature);
    add("--alpha", o_.alpha, "weight of the soft targets; the labels have the rest", share);
    group_ = "Training";
    add("--seed", o_.seed, "of weights, of the order of images, of all that is random",
        whole_number(0, UINT64_MAX));
    add_training("teacher", "teacher", o_.teacher);
    add_training("student", "student alone", o_.student);
    add_training("distilled", "distilled student", o_.distilled);
    app_.add_option("--epochs", "epochs of those of the three that have none of their own")
        ->type_name("INT")
        ->check(epochs)
        ->group(group_);
    add("--batch", o_.batch, "images per step", whole_number(1, 60000));
    add("--optimiser", o_.optimiser, "sgd (momentum 0.9), nesterov, adam or adamw",
        CLI::IsMember({"sgd", "nesterov", "adam", "adamw"}));
    add("--rate-schedule", o_.rate_schedule, "what the rates are multiplied with",
        readable("SCHEDULE", check_rates));
    add("--clip", o_.clip, "largest norm of the gradient; 0: any", not_negative);
    flag("--flip", o_.augmentation.flip, "mirror every second image");
    add("--shift", o_.augmentation.shift, "shift images by up to so many pixels",
        whole_number(0, 1000));
    add("--crop", o_.augmentation.crop_from, "see a part of at least this share of an image",
        above_0_to_1);
    add("--validation", o_.validation,
        "share of the training images put aside, the same for every seed; the epoch of the least\n"
        "negative log-likelihood on them is kept",
        part);
    add("--patience", o_.patience, "stop after so many epochs without a better one; 0: never",
        whole_number(0, 10000));
    flag("--fast", o_.fast, "6,000 images, and 2 epochs if none are given: to see that all works");
    group_ = "Running";
    flag("--resume", o_.resume,
         "go on with the run in --out, to the same bits; begin if there is none");
    flag("--restart", o_.restart, "drop the run in --out and begin anew");
    add("--save-every", o_.save_every, "save after so many batches too, not only after epochs",
        whole_number(0, 1000000000));
    add("--threads", o_.threads, "threads to use; results do not depend on it",
        whole_number(1, 1024));
    flag("--quiet", o_.quiet, "no progress display");
  }

 private:
  CLI::App& app_;
  options& o_;
  std::string group_;

  template <class Value>
  void add(const std::string& name, Value& value, const std::string& text,
           const CLI::Validator& check) {
    app_.add_option(name, value, text)->check(check)->capture_default_str()->group(group_);
  }
  void flag(const std::string& name, bool& value, const std::string& text) {
    app_.add_flag(name, value, text)->group(group_);
  }
  /// --NAME-epochs, --NAME-rate and --NAME-decay.
  void add_training(const std::string& name, const std::string& who, training& t) {
    add("--" + name + "-epochs", t.epochs, "epochs of the " + who, epochs);
    add("--" + name + "-rate", t.rate,
        "its learning rate at its largest" +
            std::string(name == "distilled" ? "; 0.2 of mobile" : ""),
        positive);
    add("--" + name + "-decay", t.weight_decay,
        "its weight decay" + std::string(name == "teacher" ? "" : "; 0.0002 of mobile"),
        not_negative);
  }
};

/// An argument as a shell reads it.
std::string for_shell(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-_./=,:+@%").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Throws for options that mean nothing to --evaluate, which has those of the run.
void refuse_others(const CLI::App& app) {
  const std::vector<std::string> useful = {"--evaluate", "--data", "--threads", "--quiet",
                                           "--config"};
  for (const CLI::Option* option : app.get_options())
    if (option->count() > 0 &&
        std::find(useful.begin(), useful.end(), option->get_name()) == useful.end())
      throw CLI::ValidationError("--evaluate",
                                 "tests models as they were trained; drop " + option->get_name());
}

}  // namespace

std::string options::objective_text() const {
  if (!objective.empty()) return describe(parse_objective(objective));
  return "soft_targets(temperature=" + kd::detail::shortest(temperature) +
         ", alpha=" + kd::detail::shortest(alpha) + ")";
}

std::string settings_of(const options& o) {
  std::string all;
  const auto add = [&](const std::string& name, const auto& value) {
    all += name + " = ";
    if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>)
      all += kd::detail::shortest(static_cast<double>(value));
    else all += value;
    all += '\n';
  };
  add("images", o.images);
  add("classes", o.classes);
  add("teacher", o.teacher_kind);
  if (!o.teacher_from.empty()) {
    add("teacher-from", o.teacher_from);
    add("teacher-optimiser", o.teacher_optimiser);
  }
  add("student", o.student_kind);
  add("objective", o.objective_text());
  all += "seed = " + std::to_string(o.seed) + '\n';  // a double does not hold it
  const auto add_training = [&](const std::string& name, const training& t) {
    add(name + "-epochs", t.epochs);
    add(name + "-rate", t.rate);
    add(name + "-decay", t.weight_decay);
  };
  add_training("teacher", o.teacher);
  add_training("student", o.student);
  add_training("distilled", o.distilled);
  add("batch", o.batch);
  add("optimiser", o.optimiser);
  add("rate-schedule", o.rate_schedule);
  add("clip", o.clip);
  add("augmentation", o.augmentation.none() ? std::string("none") : o.augmentation.text());
  add("validation", o.validation);
  add("patience", o.patience);
  add("fast", o.fast ? std::string("yes") : std::string("no"));
  return all;
}

std::vector<std::pair<std::string, std::string>> settings_in(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t at = line.find(" = "); at != std::string::npos)
      all.emplace_back(line.substr(0, at), line.substr(at + 3));
  return all;
}

options parse(int count, char** arguments) {
  options o;
  CLI::App app(
      "Trains a CNN teacher, and a smaller student twice from the same weights: alone, and "
      "distilled from the teacher.");
  app.option_defaults()->multi_option_policy(
      CLI::MultiOptionPolicy::TakeLast);  // scripts give some
  app.set_version_flag("--version", kd::version);
  app.set_config("--config", "", "a file of these options, as in  objective = \"...\" (quoted)");
  app.allow_config_extras(CLI::config_extras_mode::error);
  command_line(app, o).add_all();
  try {
    app.parse(count, arguments);
    if (!o.evaluate.empty()) refuse_others(app);
    if (o.patience > 0 && o.validation == 0)
      throw CLI::ValidationError("--patience", "needs images to watch: add --validation 0.1");
    if (o.resume && o.restart)
      throw CLI::ValidationError("--resume", "and --restart say opposite things; give one");
    for (const char* own : {"--teacher", "--teacher-epochs", "--teacher-rate", "--teacher-decay"})
      if (!o.teacher_from.empty() && app.count(own) > 0)
        throw CLI::ValidationError("--teacher-from",
                                   "has a teacher that is trained; drop " + std::string(own));
    if (!o.objective.empty() && (app.count("--temperature") + app.count("--alpha")) > 0)
      throw CLI::ValidationError("--objective",
                                 "has temperature and weights of its own; drop --temperature and "
                                 "--alpha");
  } catch (const CLI::ParseError& e) { std::exit(app.exit(e)); }
  if (o.student_kind == "mobile") {  // found as the others were: docs/benchmarks.md
    if (app.count("--student-decay") == 0) o.student.weight_decay = 2e-4;
    if (app.count("--distilled-decay") == 0) o.distilled.weight_decay = 2e-4;
    if (app.count("--distilled-rate") == 0) o.distilled.rate = 0.2;
  }
  const std::string all = app.count("--epochs") > 0 ? app["--epochs"]->as<std::string>() : "";
  const auto set_epochs = [&](const char* own, training& t) {
    if (app.count(own) > 0) return;
    if (!all.empty()) t.epochs = std::stoll(all);
    else if (o.fast) t.epochs = 2;
  };
  set_epochs("--teacher-epochs", o.teacher);
  set_epochs("--student-epochs", o.student);
  set_epochs("--distilled-epochs", o.distilled);
  for (int i = 0; i < count; ++i) o.command += (i == 0 ? "" : " ") + for_shell(arguments[i]);
  return o;
}

}  // namespace example
