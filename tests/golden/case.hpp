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

#include <kd/tensor.hpp>
#include "support/differences.hpp"
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

  void value(double got) { compare("value", &got, {expected_value()}); }
  /// Compares a row-major gradient with the file's, relative to its largest element.
  void gradient(const std::string& name, const tensor_view<const T>& got) {
    unread_.erase("gradient " + name);
    const auto file = json_.at("expected").at("gradients").at(name).template get<std::string>();
    const test::npy expected = test::read_npy((folder_ / file).string());
    const std::vector<std::int64_t> shape(got.extents, got.extents + got.rank);
    if (shape == expected.shape) compare("gradient " + name, got.data, expected.values);
    else
      failures_.push_back("gradient " + name + ": the shape is " + text(shape) + ", expected " +
                          text(expected.shape));
  }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  std::filesystem::path folder_;
  nlohmann::json json_;
  std::map<std::string, array<T>> tensors_;
  array<std::int64_t> labels_;
  std::set<std::string> unread_;
  std::vector<std::string> failures_;

  /// `got` points to as many numbers as are expected.
  template <class Number>
  void compare(const std::string& what, const Number* got, const std::vector<double>& expected) {
    const double scale = test::largest_of(expected.data(), expected.size());
    if (!std::isfinite(scale)) {
      failures_.push_back(what + ": expected is not finite");
      return;
    }
    const double tolerance = (sizeof(T) == 8 ? 1e-9 : 2e-5) * scale;
    const double error = test::largest_difference(got, expected.data(), expected.size());
    if (error <= tolerance) return;
    failures_.push_back(what + ": error " +
                        (std::isfinite(error) ? std::to_string(error / scale) : "not finite") +
                        " relative, allowed " + (sizeof(T) == 8 ? "1e-9" : "2e-5"));
  }
  static std::string text(const std::vector<std::int64_t>& shape) {
    std::string s;
    for (std::int64_t extent : shape) s += (s.empty() ? "" : ", ") + std::to_string(extent);
    return "(" + s + ")";
  }
};

/// Runs a case's recipe on a backend; throws if the recipe or one of its parameters is unknown.
template <class T, class Backend>
void run_recipe(golden_case<T>& c, Backend backend);

}  // namespace kd::golden
