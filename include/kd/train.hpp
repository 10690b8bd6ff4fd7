// SPDX-License-Identifier: MIT
#pragma once
#include <kd/train/batches.hpp>
#include <kd/train/calibration.hpp>
#include <kd/train/check_set.hpp>
#include <kd/train/checkpoint.hpp>
#include <kd/train/checkpoints.hpp>
#include <kd/train/confusion.hpp>
#include <kd/train/fit.hpp>
#include <kd/train/latency.hpp>
#include <kd/train/logits_of.hpp>
#include <kd/train/on_networks.hpp>
#include <kd/train/progress_bar.hpp>
#include <kd/train/recorded.hpp>
#include <kd/train/scores.hpp>
#include <kd/train/visit_state.hpp>
