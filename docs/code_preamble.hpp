// SPDX-License-Identifier: MIT
// What stands before the statements that README.md and docs/*.md show; tests/docs/run compiles them.
#pragma once
#include <iostream>
#include <vector>

#include <kd/kd.hpp>
using namespace kd::axes;
