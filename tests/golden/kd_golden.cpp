// SPDX-License-Identifier: MIT
// kd_golden DIR...: runs every golden case below the folders on every backend, in float64 and float32. Prints a line per
// failing output and `N passed, M failed`; exit status 0 only if nothing failed and something ran.
#include <algorithm>
#include <iostream>

#include "golden/recipes.hpp"

namespace {

int passed = 0, failed = 0;

template <class T, class Backend>
void run(const std::filesystem::path& folder, const char* backend_name, Backend backend) {
  const std::string type = sizeof(T) == 8 ? "float64" : "float32";
  std::vector<std::string> failures;
  std::string recipe = folder.parent_path().filename().string();
  try {
    kd::golden::golden_case<T> c(folder);
    recipe = c.recipe();
    kd::golden::run_recipe(c, backend);
    failures = c.failures();
    for (const std::string& name : c.unread())
      failures.emplace_back(name + " is unknown to the recipe");
  } catch (const std::exception& e) { failures.emplace_back(e.what()); }
  (failures.empty() ? passed : failed) += 1;
  for (const std::string& failure : failures)
    std::cout << recipe << ' ' << folder.filename().string() << ' ' << backend_name << ' ' << type
              << ' ' << failure << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::cerr << "usage: kd_golden DIR...   (folders that hold golden cases at any depth)\n";
    return 2;
  }
  std::vector<std::filesystem::path> folders;
  for (int i = 1; i < count; ++i) {
    std::error_code error;
    std::size_t before = folders.size();
    for (auto entry = std::filesystem::recursive_directory_iterator(arguments[i], error);
         !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error))
      if (entry->path().filename() == "case.json") folders.push_back(entry->path().parent_path());
    if (folders.size() == before) {
      std::cout << arguments[i] << ": holds no golden case"
                << (error ? " (" + error.message() + ")" : "") << '\n';
      ++failed;
    }
  }
  std::sort(folders.begin(), folders.end());
  for (const auto& folder : folders) {
    run<double>(folder, "reference", kd::reference);
    run<float>(folder, "reference", kd::reference);
    run<double>(folder, "eigen", kd::eigen);
    run<float>(folder, "eigen", kd::eigen);
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}
