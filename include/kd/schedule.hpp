// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/balanced.hpp>
#include <kd/schedule/describe.hpp>
#include <kd/schedule/kinds.hpp>
#include <kd/schedule/parse_schedule.hpp>
#include <kd/schedule/plateau.hpp>
#include <kd/schedule/schedule.hpp>
#include <kd/schedule/text_error.hpp>
#include <kd/schedule/timeline.hpp>
#include <kd/schedule/watch.hpp>
