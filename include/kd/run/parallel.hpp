// SPDX-License-Identifier: MIT
// A loop over independent chunks. Callers cut their work into chunks by size, never by thread
// count, so that sums come out bitwise the same for every number of threads.
#pragma once
#include <cstdint>
#include <exception>

#if defined(_OPENMP)
#include <omp.h>
#endif

namespace kd {

#if defined(_OPENMP)
/// The number of threads that kd uses from now on; at least 1.
inline void set_threads(int count) { omp_set_num_threads(count < 1 ? 1 : count); }
/// The number of threads that kd would use for a loop started here.
inline int threads() { return omp_in_parallel() ? 1 : omp_get_max_threads(); }
#else
inline void set_threads(int) {}
inline int threads() { return 1; }
#endif

namespace detail {

/// The number of this thread in the innermost parallel_for: 0 .. threads()-1. Used to pick scratch
/// memory, never work.
inline int& thread_index() {
  static thread_local int index = 0;
  return index;
}

/// Numbers this thread while it works for a loop.
class numbered_thread {
 public:
  explicit numbered_thread(int index) : outer_(thread_index()) { thread_index() = index; }
  ~numbered_thread() { thread_index() = outer_; }
  numbered_thread(const numbered_thread&) = delete;
  numbered_thread& operator=(const numbered_thread&) = delete;

 private:
  int outer_;
};

/// Calls body(i) for i in [0, count), each exactly once; the first exception is rethrown to the
/// caller.
template <class Body>
void parallel_for(std::int64_t count, const Body& body) {
#if defined(_OPENMP)
  if (count > 1 && threads() > 1) {
    std::exception_ptr failure;
#pragma omp parallel
    {
      const numbered_thread self(omp_get_thread_num());
#pragma omp for schedule(static)
      for (std::int64_t i = 0; i < count; ++i) {
        try {
          body(i);
        } catch (...) {
#pragma omp critical(kd_failure)
          if (!failure) failure = std::current_exception();
        }
      }
    }
    if (failure) std::rethrow_exception(failure);
    return;
  }
#endif
  const numbered_thread self(0);
  for (std::int64_t i = 0; i < count; ++i) body(i);
}

}  // namespace detail
}  // namespace kd
