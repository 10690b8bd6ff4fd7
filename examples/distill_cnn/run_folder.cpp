// SPDX-License-Identifier: MIT
#include "run_folder.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

#include <kd/io.hpp>
#include <kd/train.hpp>

namespace example {
namespace {

namespace fs = std::filesystem;

constexpr const char* models[] = {"teacher", "alone", "distilled"};

std::string settings_path(const std::string& folder) { return folder + "/settings.txt"; }

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The files of a folder; none if there is no such folder.
std::vector<fs::path> files_in(const std::string& folder) {
  std::vector<fs::path> all;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
    all.push_back(at->path());
  return all;
}

bool is_checkpoint(const fs::path& file) {
  return kd::train::detail::checkpoint_number(file.filename().string()).has_value();
}
bool has_checkpoints(const std::string& folder) {
  return std::ranges::any_of(models, [&](const std::string& model) {
    return std::ranges::any_of(files_in(folder + "/" + model), is_checkpoint);
  });
}

/// "seed = 3" of settings.
std::string line_of(const std::string& settings, const std::string& name) {
  for (const auto& [found, value] : settings_in(settings))
    if (found == name) return found + " = " + value;
  return "no " + name;
}

/// The first line in which two settings differ, of both.
std::string difference(const std::string& before, const std::string& now) {
  std::istringstream a(before), b(now);
  std::string x, y;
  while (std::getline(a, x) && std::getline(b, y))
    if (x != y) return "it had  " + x + "  and is given  " + y;
  return "the settings are of another version";
}

/// What a run's settings begin with, also while one is replaced by another.
constexpr const char* first_words = "images = ";
constexpr const char* replaced = "images = of a run that was replaced\n";

bool is_run(const std::string& folder) {
  return read(settings_path(folder)).starts_with(first_words);
}

std::string made(const std::string& folder) {
  const auto advice = "; pass --out with a folder of yours";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder))
    throw std::runtime_error("cannot make the folder '" + folder +
                             "': " + (error ? error.message() : "it is a file") + advice);
  if (fs::is_directory(folder + "/summary.json"))
    throw std::runtime_error("cannot write '" + folder + "/summary.json', which is a folder" +
                             advice);
  for (const fs::path& file : files_in(folder)) {
    const std::string name = file.filename().string();
    if (name != "lock" && !name.starts_with("settings.txt.") && !is_run(folder))
      throw std::runtime_error("'" + folder + "' holds files that no run wrote, such as '" + name +
                               "'; pass --out with a folder that is new or empty");
  }
  return folder;
}

/// Removes the files of a folder that a run wrote, and the folder if nothing else is in it.
template <class Ours>
void remove_from(const std::string& folder, Ours ours) {
  std::error_code error;
  for (const fs::path& file : files_in(folder))
    if (ours(file.filename().string())) fs::remove(file, error);
  fs::remove(folder, error);
}

/// Of settings, those that the student alone depends on.
std::string of_alone(const std::string& settings) {
  std::string all;
  for (const auto& [name, value] : settings_in(settings))
    if (!name.starts_with("teacher") && !name.starts_with("distilled-") && name != "objective")
      all += name + " = " + value + '\n';
  return all;
}

/// Copies the checkpoints of a model, so that a run's folder has all that it needs.
void take(const options& o, const std::string& model) {
  fs::create_directories(o.out + "/" + model);
  for (const fs::path& file : files_in(o.teacher_from + "/" + model))
    if (is_checkpoint(file))
      fs::copy_file(file, o.out + "/" + model + "/" + file.filename().string(),
                    fs::copy_options::overwrite_existing);
}

}  // namespace

run_folder::run_folder(const options& o) : path_(made(o.out)), lock_(path_) {}

void run_folder::check(const options& o) const {
  const std::string before = read(settings_path(path_)), now = settings_of(o);
  if (!o.teacher_from.empty() && o.validation > 0 && !goes_on(o)) {
    const std::string theirs = read(settings_path(o.teacher_from));
    for (const char* name : {"images", "validation", "fast"})
      if (line_of(theirs, name) != line_of(now, name))
        throw std::runtime_error("the teacher of '" + o.teacher_from +
                                 "' has seen images that this run puts aside: it had  " +
                                 line_of(theirs, name) + "  and this run has  " +
                                 line_of(now, name) + "; give the same");
  }
  if (before.empty() || before == replaced || o.restart) return;
  const bool ended = fs::exists(summary_path(o));
  if (o.resume && before != now)
    throw std::runtime_error("a run is resumed with the settings that it began with, and " +
                             difference(before, now));
  if (o.resume || !(ended || has_checkpoints(path_))) return;
  if (!ended)
    throw std::runtime_error("'" + path_ +
                             "' holds a run that has not ended; pass --resume to go on with it, "
                             "--restart to drop it, or another --out");
  if (before != now)
    throw std::runtime_error("'" + path_ +
                             "' holds a run of other settings: " + difference(before, now) +
                             "; pass --restart to replace it, or another --out");
}

bool run_folder::goes_on(const options& o) const {
  return o.resume && read(settings_path(path_)) == settings_of(o);
}

void run_folder::begin(const options& o) {
  const std::string settings = settings_of(o);
  const auto write_settings = [&](const std::string& text) {
    kd::io::write_file_atomically(settings_path(path_), std::as_bytes(std::span(text)));
  };
  std::error_code error;
  const bool resumed = goes_on(o);
  fs::remove(summary_path(o), error);  // one that is there belongs to the run that ended last
  if (resumed) return;
  if (is_run(path_)) write_settings(replaced);  // so that nothing goes on with a mixture
  for (const std::string model : models) {
    remove_from(path_ + "/" + model, [](const std::string& name) {
      return is_checkpoint(name) || name.ends_with(".safetensors.tmp") || name == "lock";
    });
    remove_from(path_ + "/tensorboard/" + model,
                [](const std::string& name) { return name.find("tfevents") != name.npos; });
    fs::remove(path_ + "/" + model + ".safetensors", error);
  }
  remove_from(path_ + "/tensorboard", [](const std::string&) { return false; });
  for (const std::string& path : {path_ + "/metrics.csv", path_ + "/report.html",
                                  teacher_logits_path(o), teacher_outputs_path(o)})
    fs::remove(path, error);
  if (!o.teacher_from.empty()) {
    take(o, "teacher");
    if (of_alone(read(settings_path(o.teacher_from))) == of_alone(settings)) try {
        take(o, "alone");
      } catch (const fs::filesystem_error&) {  // it is being trained: its checkpoints come and go
        remove_from(path_ + "/alone", is_checkpoint);
      }
  }
  write_settings(settings);
}

options with_settings_of(options o, const std::string& folder) {
  const std::string path = settings_path(folder);
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : settings_in(read(path))) found[name] = value;
  const auto text = [&](const char* name) {
    if (!found.contains(name))
      throw std::runtime_error("'" + folder + "' holds no run: its settings.txt says nothing of '" +
                               name + "'");
    return found[name];
  };
  const auto number = [&](const char* name, auto value) {
    const std::string digits = text(name);
    const char* const end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, value).ptr != end || digits.empty())
      throw std::runtime_error("'" + path + "' is damaged: '" + digits + "' is no number for '" +
                               name + "'");
    return value;
  };
  const auto training_of = [&](const std::string& who) {
    return training{number((who + "-epochs").c_str(), std::int64_t{}),
                    number((who + "-rate").c_str(), 0.0), number((who + "-decay").c_str(), 0.0)};
  };
  o.teacher_kind = text("teacher");
  o.student_kind = text("student");
  o.objective = text("objective");
  o.seed = number("seed", std::uint64_t{});
  o.classes = number("classes", 0);
  o.optimiser = text("optimiser");
  o.teacher_optimiser = found.contains("teacher-optimiser") ? text("teacher-optimiser") : "";
  o.teacher = training_of("teacher");
  o.student = training_of("student");
  o.distilled = training_of("distilled");
  return o;
}

options with_teacher_taken(options o) {
  const bool has_it = o.resume && line_of(read(settings_path(o.out)), "teacher-from") ==
                                      "teacher-from = " + o.teacher_from;
  const options other = with_settings_of(o, has_it ? o.out : o.teacher_from);
  std::error_code error;
  if (fs::equivalent(o.teacher_from, o.out, error))
    throw std::runtime_error("--teacher-from and --out are the same folder; pass another --out");
  o.teacher_kind = other.teacher_kind;
  o.teacher = other.teacher;
  o.teacher_optimiser = other.optimiser_of_teacher();
  return o;
}

}  // namespace example
