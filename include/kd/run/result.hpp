// SPDX-License-Identifier: MIT
// What a call gives.
#pragma once
#include <utility>

#include <kd/run/arguments.hpp>
#include <kd/run/backend.hpp>
#include <kd/run/views.hpp>

namespace kd {

/// What an objective gave: its value, its named terms, its gradients.
template <class Compiled, class Backend, class T>
class result {
 public:
  result() = default;
  result(result&&) noexcept = default;
  result& operator=(result&&) noexcept = default;
  /// A copy has gradients of its own, where the other does; what was written into the caller's
  /// tensors stays there.
  result(const result& other) : call_(other.call_), gradients_(other.gradients_) {
    for (detail::memory_view& g : call_.gradient)
      g.data = other.gradients_.moved(g.data, gradients_);
  }
  result& operator=(const result& other) { return *this = result(other); }

  /// The objective.
  double value() const { return scalar(program_.g.value); }

  /// The value of a part named by `named<"...">` or by a loss.
  template <fixed_string Name>
  double term() const {
    constexpr int times = count_terms(Name.view());
    if constexpr (Compiled::found != detail::mistake::none) return 0;  // said already
    else if constexpr (!detail::check_term<(times > 0), Name>()) return 0;
    else if constexpr (!detail::check_term_once<times == 1, Name>()) return 0;
    else return scalar(program_.g.term[find_term(Name.view())].value);
  }

  template <class Name>
  double term(const Name&) const {
    detail::term_is_named_in_brackets<false, Name>();
    return 0;
  }

  /// The gradient with respect to a student or learnable input, with the input's axes in order.
  template <class Input>
  auto gradient(const Input&) const& {
    constexpr int k = find_gradient<Input>();
    if constexpr (k < 0) return present<Input::axes.size>(tensor_view<const T>{});
    else return present<Input::rank>(view<k, Input::rank>());
  }

  /// The same as a copy, of a result that ends with its expression: `evaluate(...).gradient(zs)`.
  template <class Input>
  auto gradient(const Input& input) && {
    const auto shown = std::as_const(*this).gradient(input);
    constexpr bool owned = requires { Backend::copy(shown); };
    if constexpr (owned) return Backend::copy(shown);
    else if constexpr (Compiled::found != detail::mistake::none || !detail::is_input<Input>)
      return shown;
    else if constexpr (!detail::gradient_outlives_result<owned, Input>()) return shown;
  }

 private:
  template <class, class, class>
  friend class compiled_objective;
  static constexpr const detail::program_table& program_ = detail::tables<Compiled>::program;
  detail::call call_{program_};
  detail::arena gradients_;

  /// The number of an input; -1 after a sentence.
  template <class Input>
  static constexpr int find_gradient() {
    if constexpr (!detail::check_is_input<Input>()) {
      return -1;
    } else {
      constexpr int k = detail::find_input<Input>(program_.g);
      if constexpr (Compiled::found == detail::mistake::none)
        detail::check_gradient<(k >= 0 && detail::has_gradient(program_.g, k < 0 ? 0 : k)),
                               Input>();
      return k;
    }
  }
  static constexpr int find_term(std::string_view name) {
    for (int t = 0; t < program_.g.terms; ++t)
      if (program_.g.term[t].name == name) return t;
    return -1;
  }
  static constexpr int count_terms(std::string_view name) {
    int count = 0;
    for (int t = 0; t < program_.g.terms; ++t) count += program_.g.term[t].name == name;
    return count;
  }
  double scalar(int node) const {
    return program_.scalar_of[node] >= 0 ? call_.scalar[program_.scalar_of[node]] : constant(node);
  }
  double constant(int node) const {
    const detail::node& n = program_.g[node];
    return n.code == detail::op::constant ? n.value : detail::number_of_call(call_, n);
  }
  template <int Rank>
  static auto present(const tensor_view<const T>& v) {
    if constexpr (requires { Backend::template present<Rank>(v); })
      return Backend::template present<Rank>(v);
    else return v;
  }
  template <int K, int Rank>
  tensor_view<const T> view() const {
    tensor_view<const T> v{static_cast<const T*>(call_.gradient[K].data), Rank, {}, {}};
    for (int a = 0; a < Rank; ++a) {
      const int axis = program_.g.input[K].axis[a];
      v.extents[a] = call_.extent[axis];
      v.strides[a] = call_.gradient[K].stride[axis];
    }
    return v;
  }
};

}  // namespace kd
