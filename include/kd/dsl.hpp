// SPDX-License-Identifier: MIT
// The language: what an objective is written in.
#pragma once
#include <kd/dsl/axis.hpp>
#include <kd/dsl/contract.hpp>
#include <kd/dsl/divergence.hpp>
#include <kd/dsl/elementwise.hpp>
#include <kd/dsl/expression.hpp>
#include <kd/dsl/gradient_of.hpp>
#include <kd/dsl/input.hpp>
#include <kd/dsl/labels.hpp>
#include <kd/dsl/literals.hpp>
#include <kd/dsl/mistakes.hpp>
#include <kd/dsl/mixture.hpp>
#include <kd/dsl/moments.hpp>
#include <kd/dsl/named.hpp>
#include <kd/dsl/not_a_number.hpp>
#include <kd/dsl/pool.hpp>
#include <kd/dsl/reduce.hpp>
#include <kd/dsl/rows.hpp>
#include <kd/dsl/scalar.hpp>
#include <kd/dsl/similarity.hpp>
#include <kd/dsl/unit_roundoff.hpp>
#include <kd/dsl/view.hpp>
