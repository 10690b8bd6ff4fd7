// SPDX-License-Identifier: MIT
#pragma once
#include <kd/io/atomic_file.hpp>
#include <kd/io/file_system.hpp>
#include <kd/io/idx.hpp>
