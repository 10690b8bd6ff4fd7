// SPDX-License-Identifier: MIT
#pragma once
#include <kd/schedule/constant.hpp>
#include <kd/schedule/cosine.hpp>
#include <kd/schedule/linear.hpp>
#include <kd/schedule/schedule.hpp>
#include <kd/schedule/warmup.hpp>
