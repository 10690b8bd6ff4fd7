// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string_view>
#include <utility>

namespace kd {

/// A name in a compile error, as letters<'l', 'o', 's', 's'>: text in a template argument is
/// numbers in clang 14's messages.
template <char... Letters>
struct letters {};

namespace detail {

template <const std::string_view& Text, std::size_t... I>
letters<Text[I]...> spell(std::index_sequence<I...>);
/// The letters of a text that is known at compile time.
template <const std::string_view& Text>
using spelled = decltype(spell<Text>(std::make_index_sequence<Text.size()>{}));

}  // namespace detail
}  // namespace kd
