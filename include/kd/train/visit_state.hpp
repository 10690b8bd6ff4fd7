// SPDX-License-Identifier: MIT
// What a run needs to go on is told by one function, for saving and for loading:
//   template <class Visit> void visit_state(Visit&& visit) {
//     visit("mean", std::span(mean_));    // arrays, of a size that the object knows
//     visit("steps", steps_);             // numbers
//   }
// An array that has several axes may say so: visit(name, span, extents), a vector of int64_t.
#pragma once
#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <kd/io/tensor_entry.hpp>

namespace kd::train {

/// An array of a state of which a file may hold a first part only, as of a training that had fewer
/// epochs: visit("loss", may_grow(loss)). What is behind that stays as it is.
template <class T>
struct may_grow : std::span<T> {
  explicit may_grow(std::vector<T>& values) : std::span<T>(values) {}
};

namespace detail {

/// An array or number of a state, in place.
struct state_array {
  std::string name;
  io::dtype type;
  std::vector<std::int64_t> extents;
  std::span<std::byte> bytes;
  bool may_grow = false;  // it may be longer here than in a file
};

/// Collects what a state has.
struct state_collector {
  std::vector<state_array>& found;

  template <io::Storable T, std::size_t Size>
  void operator()(std::string_view name, std::span<T, Size> values) {
    (*this)(name, values, {static_cast<std::int64_t>(values.size())});
  }
  template <io::Storable T, std::size_t Size>
  void operator()(std::string_view name, std::span<T, Size> values,
                  std::vector<std::int64_t> extents) {
    found.push_back(
        {std::string(name), io::dtype_of<T>, std::move(extents), std::as_writable_bytes(values)});
  }
  template <io::Storable T>
  void operator()(std::string_view name, T& number) {
    found.push_back({std::string(name),
                     io::dtype_of<T>,
                     {},
                     std::as_writable_bytes(std::span<T, 1>(&number, 1))});
  }
  template <io::Storable T>
  void operator()(std::string_view name, const may_grow<T>& values) {
    (*this)(name, std::span<T>(values));
    found.back().may_grow = true;
  }
};

/// Puts a name and a dot before each name.
template <class Visit>
struct visit_below {
  std::string_view prefix;
  Visit& visit;

  template <class... Value>
  requires std::invocable<Visit&, std::string, Value...>
  void operator()(std::string_view name, Value&&... value) {
    visit(std::string(prefix) + "." + std::string(name), std::forward<Value>(value)...);
  }
};

}  // namespace detail

/// Whatever has visit_state.
template <class T>
concept State = requires(T& state, std::vector<detail::state_array>& found) {
  state.visit_state(detail::state_collector{found});
};

/// A state under a name: "model" makes "model.conv1.weight" of "conv1.weight".
template <State T>
struct part {
  std::string_view name;
  T& state;
};
template <class T>
part(const char*, T&) -> part<T>;

/// Several states as one: together(part{"model", model}, part{"optimiser", optimiser}).
template <class... T>
class together {
 public:
  explicit together(part<T>... parts) : parts_(parts...) {}

  template <class Visit>
  void visit_state(Visit&& visit) {
    std::apply(
        [&](auto&... each) {
          (each.state.visit_state(
               detail::visit_below<std::remove_reference_t<Visit>>{each.name, visit}),
           ...);
        },
        parts_);
  }

 private:
  std::tuple<part<T>...> parts_;
};

}  // namespace kd::train
