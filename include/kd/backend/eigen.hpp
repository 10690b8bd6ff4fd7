// SPDX-License-Identifier: MIT
// The default backend: Eigen's matrices, arrays, maps and blocks of either storage order; kd's SIMD
// lanes; Eigen's matrix products; OpenMP when the build has it.
#pragma once
#include <Eigen/Core>

#include <kd/backend/eigen_product.hpp>
#include <kd/run/backend.hpp>
#include <kd/run/bind.hpp>
#include <kd/run/simd_lanes.hpp>

namespace kd {

namespace detail {

struct eigen_backend {
  template <class T>
  using lanes = simd_lanes<T>;

  /// Blocks of rows, each on one thread: Eigen's own threads change the order of sums.
  template <class T>
  static void product(matrix_view<const T> a, matrix_view<const T> b, matrix_view<T> c) {
    const std::int64_t most = 64, half = (c.rows + 1) / 2, block = half < most ? half : most;
    if (c.rows == 0 || c.columns == 0) return;
    parallel_for((c.rows + block - 1) / block, [&](std::int64_t i) {
      const std::int64_t first = i * block, rows = first + block < c.rows ? block : c.rows - first;
      eigen_product<T>(
          {a.data + first * a.row_stride, rows, a.columns, a.row_stride, a.column_stride}, b,
          {c.data + first * c.row_stride, rows, c.columns, c.row_stride, c.column_stride});
    });
  }

  /// A gradient of one or two axes is an Eigen object, of more axes the view itself.
  template <int Rank, class T>
  static auto present(const tensor_view<T>& view) {
    using scalar = std::remove_const_t<T>;
    if constexpr (Rank == 1) {
      return Eigen::Map<const Eigen::Array<scalar, Eigen::Dynamic, 1>, 0, Eigen::InnerStride<>>(
          view.data, view.extents[0], Eigen::InnerStride<>(view.strides[0]));
    } else if constexpr (Rank == 2) {
      using array = Eigen::Array<scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
      using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
      return Eigen::Map<const array, 0, strides>(view.data, view.extents[0], view.extents[1],
                                                 strides(view.strides[0], view.strides[1]));
    } else {
      return view;
    }
  }
  /// A gradient that owns its elements, of what `present` gave as an Eigen object.
  template <class Derived>
  static typename Derived::PlainObject copy(const Eigen::ArrayBase<Derived>& gradient) {
    return gradient;
  }
};

template <class>
struct default_backend {
  using type = eigen_backend;
};

/// Eigen's own type behind a tensor: of a segment the block that it is, of a user's class its base.
template <class Derived>
Derived eigen_type(const Eigen::EigenBase<Derived>&);
template <class Tensor>
concept EigenTensor = requires(const Tensor& t) {
  eigen_type(t);
};

template <class Tensor, bool InMemory>
struct eigen_element {
  using type = const typename Tensor::Scalar;
};
template <class Tensor>
struct eigen_element<Tensor, true> {
  using type = std::remove_pointer_t<decltype(std::declval<Tensor&>().data())>;
};

/// Eigen::Tensor, its relatives and expressions of them, recognised without their header.
template <class Tensor>
concept EigenManyAxes = requires {
  Eigen::internal::traits<std::remove_const_t<Tensor>>::NumDimensions;
};
template <class Tensor>
concept InMemory = requires(Tensor& t) {
  t.data();
  t.dimension(0);
};

}  // namespace detail

template <>
struct element_type<Eigen::half> {
  using type = float16;
};
template <>
struct element_type<Eigen::bfloat16> {
  using type = bfloat16;
};

/// Eigen's objects on the CPU; the default.
inline constexpr detail::eigen_backend eigen{};
static_assert(Backend<detail::eigen_backend>);

template <detail::EigenTensor Tensor>
struct tensor_traits<Tensor> {
  using plain = decltype(detail::eigen_type(std::declval<const Tensor&>()));
  static constexpr bool in_memory =
      (Eigen::internal::traits<plain>::Flags & Eigen::DirectAccessBit) != 0 &&
      requires(Tensor & t) {
    t.data();
  };
  static constexpr bool owns_memory = std::is_base_of_v<Eigen::PlainObjectBase<plain>, plain>;
  using element = typename detail::eigen_element<Tensor, in_memory>::type;

  template <int Rank>
  static constexpr bool fits = Rank == 2 || (Rank == 1 && plain::IsVectorAtCompileTime);
  template <int Rank>
  static tensor_view<element> view(Tensor& t) {
    if constexpr (Rank == 1) return tensor(t.data(), {t.size()}, {t.innerStride()});
    else return tensor(t.data(), {t.rows(), t.cols()}, {t.rowStride(), t.colStride()});
  }
};

template <detail::EigenManyAxes Tensor>
struct tensor_traits<Tensor> {
  using plain = std::remove_const_t<Tensor>;
  static constexpr int rank = Eigen::internal::traits<plain>::NumDimensions;
  static constexpr bool in_memory = detail::InMemory<Tensor>;
  static constexpr bool owns_memory = !requires { typename plain::StoragePointerType; };
  using element = typename detail::eigen_element<Tensor, in_memory>::type;

  template <int Rank>
  static constexpr bool fits = Rank == rank;
  /// Axes in the order of indices.
  template <int Rank>
  static tensor_view<element> view(Tensor& t) {
    constexpr bool row_major = static_cast<int>(plain::Layout) == static_cast<int>(Eigen::RowMajor);
    tensor_view<element> v{t.data(), rank, {}, {}};
    std::int64_t stride = 1;
    for (int k = 0; k < rank; ++k) {
      const int axis = row_major ? rank - 1 - k : k;
      v.extents[axis] = t.dimension(static_cast<std::size_t>(axis));
      v.strides[axis] = stride;
      stride *= v.extents[axis];
    }
    return v;
  }
};

}  // namespace kd
