// SPDX-License-Identifier: MIT
#include <kd/graph/placement.hpp>
#include "support/catch.hpp"

using namespace kd::detail;

TEST_CASE("tensors that are alive together lie apart, others where there is room") {
  program p;
  const std::size_t size[max_buffers] = {64, 256, 128, 128, 64};
  p.lifetime[p.kept++] = {0, 0, 1};
  p.lifetime[p.kept++] = {1, 1, 2};
  p.lifetime[p.kept++] = {2, 3, 4};
  p.lifetime[p.kept++] = {3, 4, 5};
  p.lifetime[p.kept++] = {4, 2, 3};
  const placement found = place(p, size);
  CHECK(found.offset[1] == 0);    // the largest
  CHECK(found.offset[2] == 0);    // after it
  CHECK(found.offset[3] == 128);  // beside the one before
  CHECK(found.offset[0] == 256);  // the largest is written while it is read
  CHECK(found.offset[4] == 256);  // the largest is read while it is written
  CHECK(found.bytes == 320);
}
