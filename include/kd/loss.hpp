// SPDX-License-Identifier: MIT
#pragma once
#include <kd/loss/label.hpp>
#include <kd/loss/structure.hpp>
