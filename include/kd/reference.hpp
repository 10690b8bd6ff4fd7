// SPDX-License-Identifier: MIT
#pragma once
#include <kd/backend/reference.hpp>
