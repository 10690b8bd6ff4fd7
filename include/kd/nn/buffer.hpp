// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace kd::nn::detail {

/// Memory that starts on a cache line and is not written until it is used: gradients that nobody
/// asks for cost no page.
template <class T>
struct aligned_allocator {
  using value_type = T;
  static constexpr std::align_val_t alignment{64};

  aligned_allocator() = default;
  template <class U>
  aligned_allocator(const aligned_allocator<U>&) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), alignment));
  }
  void deallocate(T* memory, std::size_t) { ::operator delete(memory, alignment); }
  template <class U>
  void construct(U*) {}  // no zeros
  template <class U>
  void construct(U* at, const U& value) {
    ::new (static_cast<void*>(at)) U(value);
  }
  friend bool operator==(const aligned_allocator&, const aligned_allocator&) { return true; }
};

/// Grows, never shrinks; new elements are not initialised.
template <class T>
class buffer {
 public:
  T* data() { return memory_.data(); }
  const T* data() const { return memory_.data(); }
  void reserve(std::int64_t count) {
    if (static_cast<std::size_t>(count) <= memory_.size()) return;
    memory_.clear();  // nothing is copied
    memory_.resize(static_cast<std::size_t>(count));
  }

 private:
  std::vector<T, aligned_allocator<T>> memory_;
};

}  // namespace kd::nn::detail
