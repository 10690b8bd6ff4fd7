// SPDX-License-Identifier: MIT
// Compiled, not run: the language, its compiler and the row kernel's one text work in a CUDA kernel, one block per row,
// with a group of lanes of its own. The CUDA backend will need no second text.
#include <kd/loss.hpp>
#include <kd/run/compiled.hpp>
#include <kd/run/row_kernel.hpp>

namespace {

using namespace kd::detail;

/// The threads of one block along a strided row.
template <class T>
struct block_lanes {
  using scalar = T;
  using pack = scalar_value<T>;
  using row = scalar_value<T>;
  using index = scalar_value<std::int32_t>;
  using row_index = index;
  using sums = double;
  struct whole {
    std::int64_t index;
  };
  T* shared;  // blockDim.x values

  __device__ pack spread(row r) const { return r; }
  __device__ index spread(row_index r) const { return r; }
  template <class Body>
  __device__ void each(std::int64_t n, Body body) const {
    for (std::int64_t i = threadIdx.x; i < n; i += blockDim.x) body(whole{i});
  }
  template <class Body, class Between>
  __device__ bool each(std::int64_t n, Body body, Between between) const {
    const std::int64_t block = block_of(n / blockDim.x);
    std::int64_t steps = 0;
    for (std::int64_t i = threadIdx.x; i < n; i += blockDim.x) {
      if (steps == block) between(), steps = 0;
      body(whole{i});
      ++steps;
    }
    return n > block * blockDim.x;  // of all threads: they meet in `all`
  }
  __device__ pack load(const T* source, whole at) const { return pack::of(source[at.index]); }
  __device__ void store(T* target, whole at, pack p) const { target[at.index] = p.v; }
  __device__ pack reload(const T* kept, whole at) const { return load(kept, at); }
  __device__ void keep(T* kept, whole at, pack p) const { store(kept, at, p); }
  __device__ pack only(whole, pack p, double) const { return p; }
  __device__ pack positions(whole at) const { return pack(static_cast<double>(at.index)); }
  __device__ index position_index(whole at) const {
    return index::of(static_cast<std::int32_t>(at.index));
  }
  template <op Code>
  __device__ row all(pack p) const {  // a tree of fixed shape; blockDim.x is a power of two
    __syncthreads();
    shared[threadIdx.x] = p.v;
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
      __syncthreads();
      if (threadIdx.x < half)
        shared[threadIdx.x] = operation<Code>::value(row::of(shared[threadIdx.x]),
                                                     row::of(shared[threadIdx.x + half]))
                                  .v;
    }
    __syncthreads();
    return row::of(shared[0]);
  }
  __device__ void add(sums& s, pack p) const { s += p.v; }
  __device__ row all(sums s) const { return all<op::sum>(pack(s)); }
};

/// The memory of one row of contiguous tensors (rows, n).
template <class T>
struct block_frame {
  const double* scalars;
  T* const* buffers;  // in the order of the stage's buffers
  const int* labels;
  double rows;
  T* scratch;
  double* totals;  // (rows, scalars)
  int scalar_count;
  std::int64_t n, r;

  __device__ std::int64_t length() const { return n; }
  __device__ double scalar(int k) const { return scalars[k]; }
  __device__ double extent(int) const { return rows; }
  __device__ T* wide(int k) const { return buffers[k] + r * n; }
  __device__ T* kept(int row) const { return scratch + row * n; }
  __device__ scalar_value<std::int32_t> label(int) const {
    return scalar_value<std::int32_t>::of(labels[r]);
  }
  __device__ scalar_value<T> pick(int k, int, int) const {
    return scalar_value<T>::of(buffers[k][r * n + labels[r]]);
  }
  __device__ void store(int k, scalar_value<T> v) const { buffers[k][r] = v.v; }
  __device__ void store_scalar(int, scalar_value<T>) const {}
  __device__ void total(int k, scalar_value<T> v) const {
    if (threadIdx.x == 0) totals[r * scalar_count + k] = v.v;
  }
};

template <class Compiled, int Stage>
__device__ void one_row(const block_lanes<float>& lanes, const block_frame<float>& frame) {
  row_kernel<Compiled, Stage, block_lanes<float>> kernel(lanes);
  kernel.start(frame);
  kernel.run(frame);
}

template <std::uint64_t Tag>
__global__ void rows(block_frame<float> frame) {
  extern __shared__ float shared[];
  frame.r = blockIdx.x;
  one_row<compiled<tag<Tag>>, 0>(block_lanes<float>{shared}, frame);
}

template <std::uint64_t Tag>
void launch(tag<Tag>, const block_frame<float>& frame, unsigned row_count) {
  static_assert(compiled<tag<Tag>>::value.stage[0].kind == stage_kind::row_kernel);
  rows<Tag><<<row_count, 256, 256 * sizeof(float)>>>(frame);
}

template <class Objective>
void run(const Objective&, const block_frame<float>& frame, unsigned row_count) {
  launch(tag_of<Objective>{}, frame, row_count);
}

}  // namespace

/// Launches Hinton's objective on device memory; `frame` holds device pointers.
void kd_canary(const block_frame<float>& frame, unsigned row_count) {
  using namespace kd::axes;
  run(kd::soft_targets(kd::student<"logits", batch, classes>, kd::teacher<"logits", batch, classes>,
                       kd::labels<"y", batch>, {.temperature = 4}),
      frame, row_count);
}
