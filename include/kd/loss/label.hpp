// SPDX-License-Identifier: MIT
#pragma once
#include <kd/loss/label/cross_entropy.hpp>
#include <kd/loss/label/kl_divergence.hpp>
#include <kd/loss/label/logit_mse.hpp>
#include <kd/loss/label/soft_targets.hpp>
