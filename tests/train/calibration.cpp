// SPDX-License-Identifier: MIT
#include <kd/train/calibration.hpp>

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using kd::train::calibration;

TEST_CASE("calibration: a bin holds its upper edge and not its lower one") {
  calibration c;
  for (int i = 1; i <= 15; ++i) c.add(i / 15.0, true);
  for (const auto& bin : c.bins()) CHECK(bin.samples == 1);
  c.add(std::nextafter(0.2, 1), true);
  CHECK(c.bins()[2].samples == 1);
  CHECK(c.bins()[3].samples == 2);
  c.add(0, false);
  CHECK(c.bins()[0].samples == 2);
}

TEST_CASE("calibration: the error is 0 where confidence is accuracy, and the gap where it is not") {
  calibration exact;
  for (int i = 0; i < 4; ++i) exact.add(0.75, i != 0);
  CHECK(exact.expected_error() == Approx(0).margin(1e-15));
  CHECK(exact.bins()[11].accuracy() == 0.75);
  CHECK(exact.bins()[11].confidence() == 0.75);

  calibration boastful;
  for (int i = 0; i < 4; ++i) boastful.add(1, i == 0);
  CHECK(boastful.expected_error() == Approx(0.75));

  // bins of 3 and 1 samples: (|1/3 - 0.9| * 3 + |1 - 0.5| * 1) / 4
  calibration both;
  for (int i = 0; i < 3; ++i) both.add(0.9, i == 0);
  both.add(0.5, true);
  CHECK(both.expected_error() == Approx((1.7 + 0.5) / 4));
}

TEST_CASE("calibration: nothing counted, and what is no probability") {
  calibration c;
  CHECK(c.expected_error() == 0);
  CHECK(c.bins()[4].accuracy() == 0);
  CHECK_THROWS_AS(c.add(1.5, true), kd::value_error);
  CHECK_THROWS_AS(c.add(std::nan(""), true), kd::value_error);
}
