// SPDX-License-Identifier: MIT
#include <kd/train/report/text.hpp>

#include <cmath>

#include "support/catch.hpp"

namespace detail = kd::train::detail;

TEST_CASE("report text: nothing is markup") {
  CHECK(detail::escaped("<a href=\"x\">'&'</a>") ==
        "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
  CHECK(detail::escaped(std::string("a\0b\x1b\n\tc", 7)) ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd\n\tc");
  CHECK(detail::escaped("M\xc3\xbctze") == "M\xc3\xbctze");
}

TEST_CASE("report text: numbers") {
  CHECK(detail::fixed(1.005, 1) == "1.0");
  CHECK(detail::fixed(-0.001, 2) == "0.00");
  CHECK(detail::fixed(std::nan(""), 2) == "\xe2\x80\x93");
  CHECK(detail::with_sign(0.34, 1) == "+0.3");
  CHECK(detail::with_sign(-0.34, 1) ==
        "\xe2\x88\x92"
        "0.3");
  CHECK(detail::with_sign(-0.04, 1) == "0.0");
  CHECK(detail::percent(0.9342) == "93.42\xc2\xa0%");
  CHECK(detail::grouped(999) == "999");
  CHECK(detail::grouped(-123456) ==
        "-123\xe2\x80\xaf"
        "456");
  CHECK(detail::grouped(1234567) ==
        "1\xe2\x80\xaf"
        "234\xe2\x80\xaf"
        "567");
  CHECK(detail::rounded(0) == "0");
  CHECK(detail::rounded(0.25) == "0.25");
  CHECK(detail::rounded(999.4) == "999");
  CHECK(detail::rounded(999.6) == "1\xc2\xa0k");
  CHECK(detail::rounded(1234567) == "1.23\xc2\xa0M");
  CHECK(detail::rounded(100) == "100");
  CHECK(detail::compact(2.5e-5) == "2.5e-05");
}
