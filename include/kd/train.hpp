// SPDX-License-Identifier: MIT
#pragma once
#include <kd/train/batches.hpp>
#include <kd/train/check_set.hpp>
#include <kd/train/checkpoint.hpp>
#include <kd/train/checkpoints.hpp>
#include <kd/train/fit.hpp>
#include <kd/train/on_networks.hpp>
#include <kd/train/recorded.hpp>
#include <kd/train/visit_state.hpp>
