// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <limits>
#include <string>

#include <kd/schedule/shortest.hpp>
#include "support/catch.hpp"

TEST_CASE("numbers are written so that they read back as the same, and no longer") {
  using kd::detail::shortest;
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(4) == "4");
  CHECK(shortest(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(shortest(std::numeric_limits<double>::quiet_NaN()) == "nan");
  CHECK(shortest(-std::numeric_limits<double>::quiet_NaN()) == "nan");
  for (double x : {1.0 / 3, -1.7976931348623157e308, 5e-324})
    CHECK(std::strtod(shortest(x).c_str(), nullptr) == x);
}
