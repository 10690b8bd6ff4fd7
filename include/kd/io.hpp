// SPDX-License-Identifier: MIT
#pragma once
#include <kd/io/atomic_file.hpp>
#include <kd/io/csv.hpp>
#include <kd/io/dtype.hpp>
#include <kd/io/file_system.hpp>
#include <kd/io/folder_lock.hpp>
#include <kd/io/idx.hpp>
#include <kd/io/png.hpp>
#include <kd/io/safetensors.hpp>
#include <kd/io/tensor_entry.hpp>
#include <kd/io/tensorboard.hpp>
#include <kd/io/write_safetensors.hpp>
