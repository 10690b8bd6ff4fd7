// SPDX-License-Identifier: MIT
#pragma once
#include <kd/loss/label/binary_cross_entropy.hpp>
#include <kd/loss/label/cross_entropy.hpp>
#include <kd/loss/label/decoupled.hpp>
#include <kd/loss/label/dist.hpp>
#include <kd/loss/label/jensen_shannon.hpp>
#include <kd/loss/label/kl_divergence.hpp>
#include <kd/loss/label/logit_mse.hpp>
#include <kd/loss/label/logit_standardization.hpp>
#include <kd/loss/label/normalized.hpp>
#include <kd/loss/label/reverse_kl_divergence.hpp>
#include <kd/loss/label/skew_kl_divergence.hpp>
#include <kd/loss/label/soft_cross_entropy.hpp>
#include <kd/loss/label/soft_targets.hpp>
#include <kd/loss/label/total_variation.hpp>
