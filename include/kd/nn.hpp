// SPDX-License-Identifier: MIT
#pragma once
#include <kd/nn/adam.hpp>
#include <kd/nn/clip_by_norm.hpp>
#include <kd/nn/conv.hpp>
#include <kd/nn/flatten.hpp>
#include <kd/nn/he_normal.hpp>
#include <kd/nn/layer.hpp>
#include <kd/nn/linear.hpp>
#include <kd/nn/max_pool.hpp>
#include <kd/nn/missing_layer.hpp>
#include <kd/nn/model.hpp>
#include <kd/nn/network.hpp>
#include <kd/nn/optimiser.hpp>
#include <kd/nn/random.hpp>
#include <kd/nn/relu.hpp>
#include <kd/nn/sgd.hpp>
#include <kd/nn/shape.hpp>
