// SPDX-License-Identifier: MIT
#pragma once
#include <kd/loss/structure/similarity_preserving.hpp>
