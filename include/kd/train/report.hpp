// SPDX-License-Identifier: MIT
#pragma once
#include <kd/train/report/disagreements.hpp>
#include <kd/train/report/page.hpp>
#include <kd/train/report/run_report.hpp>
