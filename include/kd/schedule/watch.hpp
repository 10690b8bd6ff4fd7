// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {
namespace detail {
inline constexpr schedule_kind watch_kind{
    "watch", {}, [](schedule_part s, double) { return s.source(); }};
}  // namespace detail

/// watch(x)(p) = x, read at every evaluation: how what changes during training (feedback, a slider)
/// reaches a compiled program. The schedule and every program that it is part of read x itself, so
/// x has to stay where it is for as long as they are used.
constexpr schedule watch(const double& variable) { return {detail::watch_kind, &variable}; }
schedule watch(const double&& temporary) = delete;  // nothing would be left to read

}  // namespace kd
