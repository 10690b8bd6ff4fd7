// SPDX-License-Identifier: MIT
#include "run_folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <stdexcept>

#include <kd/io.hpp>

namespace example {
namespace {

namespace fs = std::filesystem;

constexpr const char* folders[] = {"teacher", "alone", "distilled", "tensorboard"};

std::string settings_path(const options& o) { return o.out + "/settings.txt"; }

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_checkpoints(const options& o) {
  std::error_code error;
  for (const char* folder : folders)
    for (fs::directory_iterator at(o.out + "/" + folder, error), end; !error && at != end;
         at.increment(error))
      if (at->path().extension() == ".safetensors") return true;
  return false;
}

/// The first line in which two settings differ, of both.
std::string difference(const std::string& before, const std::string& now) {
  std::istringstream a(before), b(now);
  std::string x, y;
  while (std::getline(a, x) && std::getline(b, y))
    if (x != y) return "it had  " + x + "  and is given  " + y;
  return "the settings are of another version";
}

/// Copies the checkpoints of a teacher, so that a run's folder has all that it needs.
void take_teacher(const options& o) {
  fs::create_directories(o.out + "/teacher");
  for (const auto& file : fs::directory_iterator(o.teacher_from + "/teacher"))
    if (file.path().extension() == ".safetensors")
      fs::copy_file(file.path(), o.out + "/teacher/" + file.path().filename().string());
}

}  // namespace

void prepare_folder(const options& o) {
  std::error_code error;
  fs::create_directories(o.out, error);
  const std::string path = summary_path(o);
  const bool existed = fs::exists(path, error);
  const bool writable = std::ofstream(path, std::ios::app).is_open();
  if (!writable)
    throw std::runtime_error("cannot write '" + path + "'; pass --out with a folder of yours");
  if (!existed) fs::remove(path, error);

  const std::string before = read(settings_path(o)), settings = settings_of(o);
  if (o.resume) {
    if (before.empty() || !has_checkpoints(o))
      throw std::runtime_error("'" + o.out +
                               "' holds no run to resume; leave --resume out, or pass its --out");
    if (before != settings)
      throw std::runtime_error("a run is resumed with the settings that it began with, and " +
                               difference(before, settings));
  } else if (!o.restart && !existed && has_checkpoints(o)) {
    throw std::runtime_error("'" + o.out +
                             "' holds a run that has not ended; pass --resume to go on with it, "
                             "--restart to drop it, or another --out");
  }
}

options with_settings_of(options o, const std::string& folder) {
  std::istringstream lines(read(folder + "/settings.txt"));
  std::map<std::string, std::string> found;
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t at = line.find(" = "); at != std::string::npos)
      found[line.substr(0, at)] = line.substr(at + 3);
  const auto text = [&](const char* name) {
    if (!found.contains(name))
      throw std::runtime_error("'" + folder + "' holds no run: its settings.txt says nothing of '" +
                               name + "'");
    return found[name];
  };
  o.teacher_kind = text("teacher");
  o.student_kind = text("student");
  o.objective = text("objective");
  o.seed = std::stoull(text("seed"));
  o.optimiser = text("optimiser");
  o.teacher_optimiser = found.contains("teacher-optimiser") ? text("teacher-optimiser") : "";
  o.teacher = {std::stoll(text("teacher-epochs")), std::stod(text("teacher-rate")),
               std::stod(text("teacher-decay"))};
  o.student.epochs = std::stoll(text("student-epochs"));
  o.distilled.epochs = std::stoll(text("distilled-epochs"));
  return o;
}

options with_teacher_taken(options o) {
  const options other = with_settings_of(o, o.teacher_from);
  std::error_code error;
  if (fs::equivalent(o.teacher_from, o.out, error))
    throw std::runtime_error("--teacher-from and --out are the same folder; pass another --out");
  o.teacher_kind = other.teacher_kind;
  o.teacher = other.teacher;
  o.teacher_optimiser = other.teacher_optimiser.empty() ? other.optimiser : other.teacher_optimiser;
  return o;
}

void begin_folder(const options& o) {
  std::error_code error;
  fs::remove(summary_path(o), error);  // one that is there belongs to the run that ended last
  if (o.resume) return;
  for (const char* folder : folders) fs::remove_all(o.out + "/" + folder, error);
  for (const char* file : {"metrics.csv", "report.html"}) fs::remove(o.out + "/" + file, error);
  for (const std::string& path : {teacher_logits_path(o), teacher_outputs_path(o)})
    fs::remove(path, error);
  if (!o.teacher_from.empty()) take_teacher(o);
  const std::string settings = settings_of(o);
  kd::io::write_file_atomically(settings_path(o), std::as_bytes(std::span(settings)));
}

}  // namespace example
