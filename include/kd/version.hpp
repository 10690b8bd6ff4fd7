// SPDX-License-Identifier: MIT
#pragma once

#define KD_VERSION_MAJOR 0
#define KD_VERSION_MINOR 1
#define KD_VERSION_PATCH 0
#define KD_VERSION_STRING "0.1.0"

namespace kd {
inline constexpr const char* version = KD_VERSION_STRING;
}
