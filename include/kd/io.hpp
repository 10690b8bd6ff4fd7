// SPDX-License-Identifier: MIT
#pragma once
#include <kd/io/csv.hpp>
#include <kd/io/idx.hpp>
#include <kd/io/png.hpp>
#include <kd/io/tensorboard.hpp>
