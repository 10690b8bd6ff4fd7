// SPDX-License-Identifier: MIT
// Modes of the processor: how it rounds, and whether it takes denormals for 0.
#pragma once
#include <cfenv>

#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace kd::test {

/// Runs the body with a rounding mode, and flushing or not.
template <class Body>
void in_mode(int rounding, [[maybe_unused]] bool flushes, Body body) {
  const int before = std::fegetround();
  std::fesetround(rounding);
#if defined(__SSE__)
  const unsigned state = _mm_getcsr();
  if (flushes) _mm_setcsr(state | 0x8040);  // flush to zero, denormals are zero
#endif
  body();
#if defined(__SSE__)
  _mm_setcsr(state);
#endif
  std::fesetround(before);
}

}  // namespace kd::test
