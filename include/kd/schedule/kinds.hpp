// SPDX-License-Identifier: MIT
// Every kind that text can name. A new one is a file beside this one, an include and a line here.
#pragma once
#include <kd/schedule/constant.hpp>
#include <kd/schedule/cosine.hpp>
#include <kd/schedule/cyclic.hpp>
#include <kd/schedule/exponential.hpp>
#include <kd/schedule/hold.hpp>
#include <kd/schedule/linear.hpp>
#include <kd/schedule/piecewise.hpp>
#include <kd/schedule/polynomial.hpp>
#include <kd/schedule/sigmoid.hpp>
#include <kd/schedule/step.hpp>
#include <kd/schedule/then.hpp>
#include <kd/schedule/warmup.hpp>

namespace kd::detail {

inline constexpr const schedule_kind* schedule_kinds[] = {
    &constant_kind,  &cosine_kind,     &cyclic_kind,  &exponential_kind, &hold_kind, &linear_kind,
    &piecewise_kind, &polynomial_kind, &sigmoid_kind, &step_kind,        &then_kind, &warmup_kind,
};

}  // namespace kd::detail
