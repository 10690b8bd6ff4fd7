// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

#include <kd/dsl/fixed_string.hpp>

namespace kd {

/// The extent of an axis, for `compile`: made by `batch(256)`.
struct axis_extent {
  std::string_view axis;
  std::int64_t extent;
};

/// A named axis; two axes with the same name are the same axis. Users declare their own:
/// `inline constexpr struct token : kd::axis<"token"> {} token;`
template <fixed_string Name>
struct axis {
  static constexpr std::string_view name = Name.view();
  constexpr axis_extent operator()(std::int64_t extent) const { return {name, extent}; }
};

/// The usual axes. Objects and types share one word, so that compilers print what the user wrote.
namespace axes {
// clang-format off
inline constexpr struct batch : axis<"batch"> {} batch;
inline constexpr struct other : axis<"other"> {} other;  // the batch once more, for pairs
inline constexpr struct classes : axis<"classes"> {} classes;
inline constexpr struct other_classes : axis<"other_classes"> {} other_classes;  // for pairs
inline constexpr struct feature : axis<"feature"> {} feature;
inline constexpr struct teacher_feature : axis<"teacher_feature"> {} teacher_feature;
inline constexpr struct channel : axis<"channel"> {} channel;
inline constexpr struct teacher_channel : axis<"teacher_channel"> {} teacher_channel;
inline constexpr struct height : axis<"height"> {} height;
inline constexpr struct width : axis<"width"> {} width;
inline constexpr struct space : axis<"space"> {} space;
inline constexpr struct token : axis<"token"> {} token;
inline constexpr struct head : axis<"head"> {} head;
inline constexpr struct query : axis<"query"> {} query;
inline constexpr struct key : axis<"key"> {} key;
// clang-format on
}  // namespace axes

}  // namespace kd
