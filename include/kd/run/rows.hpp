// SPDX-License-Identifier: MIT
// Walks a stage's rows on the CPU. Rows are cut into chunks whose size depends on the extents only;
// a chunk sums its totals in double and in order, and so do the chunks: the result is the same for
// every number of threads.
// Lanes run along a row; a row whose memory is not contiguous, or of another type, passes through a
// contiguous copy. Where rows are short, or lie side by side in memory, lanes run across rows: a
// tile of as many rows as there are lanes passes through a transposed copy.
#pragma once
#include <kd/run/compiled.hpp>
#include <kd/run/row_kernel.hpp>
#include <kd/run/row_walk.hpp>

namespace kd::detail {

/// Runs stage number Stage with the given lanes.
template <class Compiled, int Stage, class L>
class row_stage : row_buffers<Compiled::value.stage[Stage].buffers>,
                  row_walk<typename L::scalar, L::row::width> {
  using T = typename L::scalar;
  static constexpr int width = L::row::width;
  using walk = row_walk<T, width>;

 public:
  explicit row_stage(call& c)
      : walk(c, tables<Compiled>::program, tables<Compiled>::program.stage[Stage], this->buffer) {}
  using walk::scratch_bytes;

  void run(std::byte* scratch) {
    const std::size_t per_thread = this->thread_bytes(), per_chunk = this->chunk_bytes();
    std::byte* totals = scratch + static_cast<std::size_t>(threads()) * per_thread;
    this->clear_added(scratch);
    parallel_for(this->chunks_, [&](std::int64_t chunk) {
      run_chunk(
          chunk,
          reinterpret_cast<T*>(scratch + static_cast<std::size_t>(thread_index()) * per_thread),
          reinterpret_cast<double*>(totals + static_cast<std::size_t>(chunk) * per_chunk));
    });
    this->add_totals(totals);
  }

 private:
  void run_chunk(std::int64_t chunk, T* scratch, double* totals) {
    const int tile = this->tile_;
    const std::int64_t begin = chunk * this->rows_per_chunk_,
                       end = std::min(begin + this->rows_per_chunk_, this->rows_);
    std::fill(totals, totals + this->p_.scalars, 0.0);
    buffer_place<T> places[row_stage::size]{};  // read before rows for what has no axes
    row_frame<L> frame{{0, 1, places}, &this->c_,
                       &this->p_,      this->buffers_,
                       &this->outer_,  this->c_.scalar.data(),
                       totals,         this->length_ * tile,
                       scratch,        this->row_stride()};
    const L lanes = [&] {
      if constexpr (width > 1) return L(tile > 1);
      else return L();
    }();
    row_kernel<Compiled, Stage, L> kernel(lanes);
    kernel.start(frame);
    for (std::int64_t r = begin; r < end; r += tile) {
      this->enter(frame, scratch, r, static_cast<int>(std::min<std::int64_t>(end - r, tile)));
      kernel.run(frame);
      this->leave(frame, scratch);
    }
  }
};

/// Runs a stage of scalars, in double.
template <class Compiled, int Stage>
void run_scalars(call& c) {
  using lanes = scalar_lanes<double>;
  constexpr const program_table& p = tables<Compiled>::program;
  constexpr const stage_program& s = p.stage[Stage];
  row_buffers<s.buffers> buffers;
  buffer_place<double> places[buffers.size]{};
  for (int k = 0; k < s.buffers; ++k) buffers.buffer[k].view = c.view(p.buffer[s.buffer[k]]);
  const odometer none(c, 0);
  const row_frame<lanes> frame{{0, 1, places},  &c,      &p, buffers.buffer, &none,
                               c.scalar.data(), nullptr, 1,  nullptr,        0};
  row_kernel<Compiled, Stage, lanes> kernel(lanes{});
  kernel.start(frame);
  kernel.run(frame);
}

}  // namespace kd::detail
