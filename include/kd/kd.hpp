// SPDX-License-Identifier: MIT
// kd: the language, losses, schedules and the Eigen backend. Other backends and parts are one
// include away:
//   <kd/reference.hpp>  plain loops in double     <kd/nn.hpp>  networks     <kd/io.hpp>  files
#pragma once
#include <kd/backend/eigen.hpp>
#include <kd/dsl.hpp>
#include <kd/loss.hpp>
#include <kd/run/evaluate.hpp>
#include <kd/run/plan.hpp>
#include <kd/schedule.hpp>
#include <kd/version.hpp>
