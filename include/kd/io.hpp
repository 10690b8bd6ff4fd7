// SPDX-License-Identifier: MIT
#pragma once
#include <kd/io/idx.hpp>
