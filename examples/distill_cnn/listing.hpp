// SPDX-License-Identifier: MIT
#pragma once
#include "options.hpp"

namespace example {

/// Prints what an objective may name: the layers of both networks, and the losses.
void list(const options& o);

}  // namespace example
