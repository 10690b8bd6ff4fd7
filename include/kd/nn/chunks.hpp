// SPDX-License-Identifier: MIT
// Runs a pass over a batch that is cut into chunks.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <kd/nn/buffer.hpp>
#include <kd/nn/passes.hpp>
#include <kd/nn/places.hpp>
#include <kd/run/parallel.hpp>

namespace kd::nn::detail {

/// The loop over chunks, and what it needs: scratch memory of each thread, sums of each chunk.
template <class T>
class chunks {
 public:
  /// Elements of scratch memory per thread, and of sums per chunk.
  void set_sizes(std::int64_t scratch, std::int64_t sums) {
    scratch_size_ = scratch;
    sums_size_ = sums;
  }
  static std::int64_t count(std::int64_t batch) { return (batch + chunk_size - 1) / chunk_size; }
  double* sums(std::int64_t chunk) { return sums_.data() + chunk * sums_size_; }
  std::int64_t sums_size() const { return sums_size_; }

  /// Calls begin(chunk), then body(step, first sample, count, scratch) for the steps of a phase,
  /// for all chunks; then settle(layer) for the layer that the phase has measured, if one.
  template <class Begin, class Body, class Settle>
  void run(const pass& all, std::int64_t batch, const Begin& begin, const Body& body,
           const Settle& settle) {
    if (batch == 0) return;
    scratch_.reserve(scratch_size_ * threads());
    sums_.reserve(sums_size_ * count(batch));
    for (const part& phase : all.phases) {
      const int measured = all.measured(phase);
      kd::detail::parallel_for(count(batch), [&](std::int64_t chunk) {
        const std::int64_t first = chunk * chunk_size;
        T* const scratch = scratch_.data() + kd::detail::thread_index() * scratch_size_;
        if (phase.first == 0) begin(chunk);
        if (measured >= 0) std::fill_n(sums(chunk), sums_size_, 0.0);
        for (int i = phase.first; i < phase.last; ++i)
          run_steps(all, all.runs[static_cast<std::size_t>(i)], first,
                    std::min(chunk_size, batch - first), scratch, body);
      });
      if (measured >= 0) settle(measured);
    }
  }

 private:
  template <class Body>
  void run_steps(const pass& all, const part& run, std::int64_t first, std::int64_t count,
                 T* scratch, const Body& body) {
    const step* const begin = all.steps.data() + run.first;
    const step* const end = all.steps.data() + run.last;
    if (run.by_sample)
      for (std::int64_t sample = first; sample < first + count; ++sample)
        for (const step* s = begin; s != end; ++s) body(*s, sample, 1, scratch);
    else
      for (const step* s = begin; s != end; ++s) body(*s, first, count, scratch);
  }

  std::int64_t scratch_size_ = 0, sums_size_ = 0;
  buffer<T> scratch_;    // (thread, ...)
  buffer<double> sums_;  // (chunk, ...)
};

}  // namespace kd::nn::detail
