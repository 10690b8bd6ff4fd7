// SPDX-License-Identifier: MIT
// Short names for expression types: a tag is the hash of an expression's structure; a friend
// function leads from the tag back to the expression.
#pragma once
#include <kd/dsl/expression.hpp>

namespace kd::detail {

template <class E>
struct type_of {
  using type = E;
};

KD_PUSH_NO_FRIEND_WARNING
template <std::uint64_t Hash>
struct tag {
  friend auto expression_of(tag<Hash>);
};
KD_POP_WARNING

template <class E>
struct tagged {
  friend auto expression_of(tag<E::hash>) { return type_of<E>{}; }
  using type = tag<E::hash>;
};

/// The short tag of an expression type.
template <class E>
using tag_of = typename tagged<E>::type;
/// The expression type behind a tag whose type was named.
template <class Tag>
using expression_behind = typename decltype(expression_of(Tag{}))::type;

}  // namespace kd::detail
