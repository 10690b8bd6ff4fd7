// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/schedule.hpp>

namespace kd {

/// constant(v)(p) = v. Throws value_error unless v is finite.
constexpr schedule constant(double value) { return schedule(value); }

}  // namespace kd
