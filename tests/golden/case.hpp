// SPDX-License-Identifier: MIT
// A golden case: inputs and results of a published implementation, read from a folder.
#pragma once
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kd/run/tensor.hpp>
#include "support/npy.hpp"

namespace kd::golden {

template <class T>
struct array {
  std::vector<std::int64_t> shape;
  std::vector<T> values;

  tensor_view<T> view() {
    tensor_view<T> v{values.data(), static_cast<int>(shape.size()), {}, {}};
    std::int64_t stride = 1;
    for (int axis = v.rank - 1; axis >= 0; --axis) {
      v.extents[axis] = shape[static_cast<std::size_t>(axis)];
      v.strides[axis] = stride;
      stride *= v.extents[axis];
    }
    return v;
  }
};

/// The case as one scalar type sees it. Whatever a recipe does not read is reported.
template <class T>
class golden_case {
 public:
  explicit golden_case(const std::filesystem::path& folder) : folder_(folder) {
    std::ifstream file(folder / "case.json");
    if (!file) throw std::runtime_error("cannot open case.json");
    json_ = nlohmann::json::parse(file);
    for (const auto& [name, input] : json_.at("inputs").items()) {
      unread_.insert("input " + name);
      const test::npy raw =
          test::read_npy((folder / input.at("file").template get<std::string>()).string());
      if (name == "labels") labels_ = {raw.shape, {raw.values.begin(), raw.values.end()}};
      else tensors_[name] = {raw.shape, {raw.values.begin(), raw.values.end()}};
    }
    for (const auto& [name, value] : json_.at("parameters").items())
      unread_.insert("parameter " + name);
    for (const auto& [name, file_name] : json_.at("expected").at("gradients").items())
      unread_.insert("gradient " + name);
  }

  std::string recipe() const { return json_.at("recipe").get<std::string>(); }
  double expected_value() const { return json_.at("expected").at("value").get<double>(); }
  const std::set<std::string>& unread() const { return unread_; }

  bool has(const std::string& parameter) const {
    return json_.at("parameters").contains(parameter);
  }
  double parameter(const std::string& name) {
    unread_.erase("parameter " + name);
    return json_.at("parameters").at(name).template get<double>();
  }
  tensor_view<T> tensor(const std::string& name) {
    if (!tensors_.contains(name)) throw std::runtime_error("the case has no input " + name);
    unread_.erase("input " + name);
    return tensors_.at(name).view();
  }
  tensor_view<std::int64_t> labels() {
    unread_.erase("input labels");
    return labels_.view();
  }

  void value(double got) {
    compare("value", {got}, {expected_value()}, std::abs(expected_value()));
  }
  /// Compares a row-major gradient with the file's, relative to its largest element.
  void gradient(const std::string& name, const tensor_view<const T>& got) {
    unread_.erase("gradient " + name);
    const auto file = json_.at("expected").at("gradients").at(name).template get<std::string>();
    const std::vector<double> expected = test::read_npy((folder_ / file).string()).values;
    double largest = 0;
    for (double e : expected) largest = std::max(largest, std::abs(e));
    compare("gradient " + name, {got.data, got.data + expected.size()}, expected, largest);
  }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  std::filesystem::path folder_;
  nlohmann::json json_;
  std::map<std::string, array<T>> tensors_;
  array<std::int64_t> labels_;
  std::set<std::string> unread_;
  std::vector<std::string> failures_;

  void compare(const std::string& what, const std::vector<double>& got,
               const std::vector<double>& expected, double scale) {
    const double tolerance = (sizeof(T) == 8 ? 1e-9 : 2e-5) * scale;
    double error = 0;
    bool finite = true;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      finite = finite && std::isfinite(got[i]);
      error = std::max(error, std::abs(got[i] - expected[i]));
    }
    if (finite && error <= tolerance) return;
    failures_.push_back(what + ": error " +
                        (finite ? std::to_string(error / scale) : "not finite") +
                        " relative, allowed " + (sizeof(T) == 8 ? "1e-9" : "2e-5"));
  }
};

/// Runs a case's recipe on a backend; throws if the recipe or one of its parameters is unknown.
template <class T, class Backend>
void run_recipe(golden_case<T>& c, Backend backend);

}  // namespace kd::golden
