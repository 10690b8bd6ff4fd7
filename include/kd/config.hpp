// SPDX-License-Identifier: MIT
// The one place for compiler and CUDA switches: every other header is free of them.
#pragma once

#if !defined(KD_ALLOW_FAST_MATH)
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__)
#error "kd: -ffast-math and -fassociative-math break exp; drop them, or define KD_ALLOW_FAST_MATH"
#elif defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "kd: -ffinite-math-only hides NaN and -inf; drop it, or define KD_ALLOW_FAST_MATH"
#endif
#endif

// At the start of a block: sums in it are made in the order in which they are written, whatever the
// flags. clang does not say when a flag allows another order; g++ does, above.
#if defined(__clang__)
#define KD_SUMS_AS_WRITTEN _Pragma("clang fp reassociate(off)")
#else
#define KD_SUMS_AS_WRITTEN
#endif

#if defined(__CUDACC__)
#define KD_HD __host__ __device__
#else
#define KD_HD
#endif

// The expression layer is inlined even without optimisation: its types are long and must not become
// symbols.
#if defined(__GNUC__) || defined(__clang__)
#define KD_INLINE [[gnu::always_inline]] inline
#define KD_NOINLINE [[gnu::noinline]]
#define KD_COLD [[gnu::noinline, gnu::cold]]
#else
#define KD_INLINE inline
#define KD_NOINLINE
#define KD_COLD
#endif

// Bytes in the widest vector register that the compiler may use here.
#if defined(__AVX512F__)
#define KD_VECTOR_BYTES 64
#elif defined(__AVX__)
#define KD_VECTOR_BYTES 32
#else
#define KD_VECTOR_BYTES 16
#endif

// Where a single AVX-512 instruction does what the vector extensions cannot express.
#if defined(__AVX512F__) && !defined(__CUDACC__)
#define KD_AVX512 1
#else
#define KD_AVX512 0
#endif

// The compiler's own type of 16 bits, where it has one.
#if defined(__FLT16_MAX__) && !defined(__CUDACC__)
#define KD_FLOAT16 _Float16
#endif

// A friend function that is declared by one template and defined by another is what some compilers
// warn about.
#if defined(__CUDACC__)
#define KD_PUSH_NO_FRIEND_WARNING                                                               \
  _Pragma("nv_diagnostic push") _Pragma("nv_diag_suppress 1301") _Pragma("GCC diagnostic push") \
      _Pragma("GCC diagnostic ignored \"-Wnon-template-friend\"")
#define KD_POP_WARNING _Pragma("GCC diagnostic pop") _Pragma("nv_diagnostic pop")
#elif defined(__GNUC__) && !defined(__clang__)
#define KD_PUSH_NO_FRIEND_WARNING \
  _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wnon-template-friend\"")
#define KD_POP_WARNING _Pragma("GCC diagnostic pop")
#else
#define KD_PUSH_NO_FRIEND_WARNING
#define KD_POP_WARNING
#endif
