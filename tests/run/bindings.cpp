// SPDX-License-Identifier: MIT
// Everything that can be bound, as an input and as the destination of a gradient, const or not: the same bits as from a
// packed matrix, and nothing is copied.
#include <array>
#include <span>

#include <unsupported/Eigen/CXX11/Tensor>

#include "loss/checks.hpp"

using namespace kd::test;

namespace {

/// What std::mdspan offers, and nothing else, for any strides.
template <class T, std::size_t Rank>
class nd_span {
 public:
  using element_type = T;
  using reference = T&;
  using index = std::int64_t;
  nd_span(T* data, std::array<index, Rank> extents, std::array<index, Rank> strides)
      : data_(data), extents_(extents), strides_(strides) {}
  static constexpr std::size_t rank() noexcept { return Rank; }
  index extent(std::size_t r) const { return extents_[r]; }
  index stride(std::size_t r) const { return strides_[r]; }
  T* data_handle() const { return data_; }

 private:
  T* data_;
  std::array<index, Rank> extents_, strides_;
};

/// The same as Kokkos calls it, with a rank that is known at run time only.
struct view_of_any_rank {
  float* memory;
  std::vector<int> extents, strides;
  unsigned rank() const { return static_cast<unsigned>(extents.size()); }
  int extent(unsigned r) const { return extents[r]; }
  int stride(unsigned r) const { return strides[r]; }
  float* data() const { return memory; }
};

/// An mdspan whose accessor changes elements on their way.
struct scaled_span : nd_span<const float, 2> {
  using reference = float;
};
static_assert(!kd::detail::Tensorlike<scaled_span>);

const auto loss = kd::soft_targets(zs, zt, y, {.temperature = 2, .alpha = 0.5});
const logits<float> data = random_logits<float>(6, 21);
const auto& expected = [] {
  static const auto result = run(loss, kd::eigen, data);
  return std::make_pair(result.value(), matrix<float>(result.gradient(zs).matrix()));
}();

template <class S>
void check_input(S&& s) {
  const auto got = kd::evaluate(loss, zs = s, zt = std::as_const(s), y = data.labels);
  const auto same = kd::evaluate(loss, zs = data.s, zt = data.s, y = data.labels);
  CHECK(got.value() == same.value());
  CHECK((got.gradient(zs) == same.gradient(zs)).all());
}
/// element(i, j) reads the destination.
template <class G, class Element>
void check_destination(G&& g, Element element) {
  const auto call = [&](auto destination) {
    kd::evaluate(loss, zs = data.s, zt = data.t, y = data.labels, destination);
  };
  kd::evaluate(loss, zs = data.s, zt = data.t, y = data.labels, kd::gradient(zs) = g);
  bool written = true, added = true;
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 21; ++j) written = written && element(i, j) == expected.second(i, j);
  call(kd::gradient(zs) += g);
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 21; ++j) added = added && element(i, j) == 2 * expected.second(i, j);
  CHECK(written);
  CHECK(added);
}
template <class M>
void check_matrix(M&& m) {
  m = data.s;
  check_input(m);
  check_destination(m, [&](int i, int j) { return m(i, j); });
}

}  // namespace

TEST_CASE("Eigen's matrices, arrays, maps, blocks and refs are bound with any strides") {
  Eigen::MatrixXf columns(6, 21);
  matrix<float> rows(6, 21), large(14, 80);
  check_matrix(columns);
  check_matrix(rows);
  Eigen::Array<float, 6, 21> fixed;
  fixed = data.s.array();
  check_input(fixed);
  check_destination(fixed, [&](int i, int j) { return fixed(i, j); });
  check_matrix(large.block(2, 3, 6, 21));
  check_matrix(large.topRows<6>().leftCols(21));
  check_matrix(columns.transpose().transpose());
  check_matrix(Eigen::Map<Eigen::MatrixXf>(columns.data(), 6, 21));
  using strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  check_matrix(Eigen::Map<Eigen::MatrixXf, 0, strides>(large.data(), 6, 21, strides(2, 41)));
  Eigen::Map<Eigen::MatrixXf, 0, strides> strided(large.data(), 6, 21, strides(3, 50));
  check_matrix(Eigen::Ref<Eigen::MatrixXf, 0, strides>(strided));
  check_matrix(Eigen::Ref<Eigen::MatrixXf, 0, Eigen::OuterStride<>>(columns));
  rows = columns = data.s;
  check_input(Eigen::Ref<const matrix<float>>(rows));
  check_input(Eigen::Ref<const Eigen::MatrixXf>(columns));
}

TEST_CASE("Eigen's tensors and maps of them are bound in the order of their indices") {
  Eigen::Tensor<float, 2> columns(6, 21);
  Eigen::Tensor<float, 2, Eigen::RowMajor> rows(6, 21);
  Eigen::TensorFixedSize<float, Eigen::Sizes<6, 21>> fixed;
  for (int i = 0; i < 6; ++i)
    for (int j = 0; j < 21; ++j) columns(i, j) = rows(i, j) = fixed(i, j) = data.s(i, j);
  check_input(columns);
  check_input(rows);
  check_input(fixed);
  check_input(Eigen::TensorMap<Eigen::Tensor<float, 2>>(columns.data(), 6, 21));
  check_input(Eigen::TensorMap<const Eigen::Tensor<float, 2>>(columns.data(), 6, 21));
  check_destination(columns, [&](int i, int j) { return columns(i, j); });
  check_destination(rows, [&](int i, int j) { return rows(i, j); });
  check_destination(fixed, [&](int i, int j) { return fixed(i, j); });
  check_destination(Eigen::TensorMap<Eigen::Tensor<float, 2>>(columns.data(), 6, 21),
                    [&](int i, int j) { return columns(i, j); });

  constexpr auto fs = kd::student<"map", batch, channel, height, width>;
  Eigen::Tensor<float, 4> map(2, 3, 4, 5);
  map.setRandom();
  const auto weighted =
      kd::sum<batch, channel, height, width>(fs * kd::given<"w", batch, channel, height, width>);
  Eigen::Tensor<float, 4, Eigen::RowMajor> w(2, 3, 4, 5), g(2, 3, 4, 5);
  w.setRandom();
  double sum = 0;
  for (int b = 0; b < 2; ++b)
    for (int c = 0; c < 3; ++c)
      for (int h = 0; h < 4; ++h)
        for (int x = 0; x < 5; ++x) sum += double{map(b, c, h, x)} * double{w(b, c, h, x)};
  const auto got = kd::evaluate(
      weighted, fs = map, kd::given<"w", batch, channel, height, width> = w, kd::gradient(fs) = g);
  CHECK(close(got.value(), sum, 1e-5));
  CHECK(std::equal(g.data(), g.data() + g.size(), w.data()));
}

TEST_CASE("what has the interface of std::mdspan is bound with its strides") {
  Eigen::MatrixXf columns = data.s;
  check_input(nd_span<float, 2>(columns.data(), {6, 21}, {1, 6}));
  check_input(nd_span<const float, 2>(columns.data(), {6, 21}, {1, 6}));
  check_input(view_of_any_rank{columns.data(), {6, 21}, {1, 6}});
  check_destination(nd_span<float, 2>(columns.data(), {6, 21}, {1, 6}),
                    [&](int i, int j) { return columns(i, j); });
  const view_of_any_rank view{columns.data(), {6, 21}, {1, 6}};
  check_destination(view, [&](int i, int j) { return columns(i, j); });
  CHECK_THROWS_AS(kd::evaluate(loss, zs = view_of_any_rank{columns.data(), {6}, {1}}, zt = data.t,
                               y = data.labels),
                  kd::shape_error);
  const std::vector<int> ones(9, 1);
  CHECK_THROWS_WITH(kd::evaluate(loss, zs = view_of_any_rank{columns.data(), ones, ones},
                                 zt = data.t, y = data.labels),
                    "kd: a tensor may have at most 8 axes");
}

namespace {

constexpr auto s = kd::student<"score", batch>;
constexpr auto w = kd::given<"weight", batch>;
const auto weighted = kd::sum<batch>(s * w);

/// For inputs of one axis: the gradient of a weighted sum is the weights.
template <class Tensor>
void check_one_axis(Tensor&& t) {
  for (std::size_t i = 0; i < 3; ++i) t[i] = static_cast<float>(i + 1);
  const float weights[] = {4, 5, 6};
  CHECK(kd::evaluate(weighted, s = t, w = weights).value() == 32);
  CHECK(kd::evaluate(weighted, s = weights, w = std::as_const(t)).value() == 32);
  kd::evaluate(weighted, s = weights, w = weights, kd::gradient(s) = t);
  CHECK((t[0] == 4 && t[1] == 5 && t[2] == 6));
  kd::evaluate(weighted, s = weights, w = weights, kd::gradient(s) += t);
  CHECK((t[0] == 8 && t[1] == 10 && t[2] == 12));
}

}  // namespace

TEST_CASE("vectors, spans and arrays are bound to inputs of one axis") {
  std::vector<float> vector(3);
  std::array<float, 3> array;
  float plain[3];
  check_one_axis(vector);
  check_one_axis(array);
  check_one_axis(plain);
  check_one_axis(std::span(vector));
  check_one_axis(std::span<float, 3>(array));
  const std::span<float> constant(vector);
  check_one_axis(constant);
  Eigen::VectorXf column(3);
  Eigen::RowVectorXf row(3);
  Eigen::MatrixXf m(5, 7);
  check_one_axis(column);
  check_one_axis(row);
  check_one_axis(Eigen::Ref<Eigen::VectorXf>(column));
  using strided = Eigen::Ref<Eigen::VectorXf, 0, Eigen::InnerStride<>>;
  check_one_axis(strided(m.row(2).head(3).transpose()));
  auto diagonal = m.topLeftCorner<3, 3>().diagonal();
  check_one_axis(diagonal);
  Eigen::VectorXf longer(9);
  auto segment = longer.segment(4, 3);
  auto of_row = m.row(1).head(3);
  auto fixed = longer.tail<3>();
  check_one_axis(segment);
  check_one_axis(of_row);
  check_one_axis(fixed);
  struct own_vector : Eigen::VectorXf {
    own_vector() : Eigen::VectorXf(3) {}
  } own;
  check_one_axis(own);
  CHECK(kd::evaluate(weighted, s = std::span<const float>(vector), w = vector).value() > 0);
}

TEST_CASE("elements that are written out are bound") {
  const logits<float> d = random_logits<float>(3, 4);
  constexpr auto zs = kd::student<"logits", batch, classes>;
  constexpr auto y = kd::labels<"y", batch>;
  const auto loss = kd::cross_entropy(zs, y);
  CHECK(kd::evaluate(loss, zs = d.s, y = {3, 0, 1}).value() ==
        kd::evaluate(loss, zs = d.s, y = std::vector<int>{3, 0, 1}).value());
}
TEST_CASE("an array of arrays is row-major") {
  float a[2][3] = {{1, 2, 3}, {4, 5, 6}}, g[2][3];
  const auto o = kd::sum<batch>(kd::square(kd::sum<classes>(zs)));
  CHECK(kd::evaluate(o, zs = a, kd::gradient(zs) = g).value() == 36 + 225);
  CHECK((g[0][0] == 12 && g[0][2] == 12 && g[1][0] == 30 && g[1][2] == 30));
}

TEMPLATE_TEST_CASE("labels are of any integer type", "", bool, char, signed char, unsigned char,
                   short, unsigned short, int, unsigned, long, unsigned long, long long,
                   unsigned long long) {
  constexpr int large = std::is_same_v<TestType, bool> ? 1 : 20;
  const Eigen::Array<TestType, 6, 1> some{TestType(0), TestType(1),     TestType(1),
                                          TestType(0), TestType(large), TestType(1)};
  Eigen::Array<TestType, 6, 1> written = some;
  const std::vector<int> as_int{0, 1, 1, 0, large, 1};
  for_each_backend([&](auto backend) {
    matrix<float> expected_gradient(6, 21), gradient(6, 21);
    const auto call = [&](const auto& labels, matrix<float>& g) {
      return kd::evaluate(loss, backend, zs = data.s, zt = data.t, y = labels, kd::gradient(zs) = g)
          .value();
    };
    const double value = call(as_int, expected_gradient);
    const auto check = [&](const auto& labels) {
      gradient.setZero();
      CHECK(call(labels, gradient) == value);
      CHECK(gradient == expected_gradient);
    };
    check(some);
    check(written);
    check(std::span<const TestType>(some.data(), 6));
    check(kd::tensor(some.data(), {6}));
  });
  if constexpr (!std::is_same_v<TestType, bool>) {
    written[2] = TestType(21);
    CHECK_THROWS_WITH(kd::evaluate(loss, zs = data.s, zt = data.t, y = written),
                      Catch::Contains("labels y holds 21 at position 2"));
    written[2] = static_cast<TestType>(-1);
    CHECK_THROWS_AS(kd::evaluate(loss, zs = data.s, zt = data.t, y = written), kd::value_error);
    if constexpr (sizeof(TestType) < 8 || std::is_signed_v<TestType>) {
      const auto ignoring =
          kd::cross_entropy(zs, y, {.ignore_index = static_cast<double>(written[2])});
      CHECK_NOTHROW(kd::evaluate(ignoring, zs = data.s, y = written));
    }
  }
}

TEST_CASE("a temporary lives in its binding, also one that is kept") {
  Eigen::MatrixXf S = Eigen::MatrixXf::Random(3, 4);
  constexpr auto logits = kd::student<"logits", batch, classes>;
  const auto objective = kd::mean<batch, classes>(kd::square(logits));
  const auto kept = logits = Eigen::MatrixXf(2 * S);
  const auto view = logits = kd::tensor(S.data(), {3, 4}, {1, 3});
  CHECK(kd::evaluate(objective, kept).value() == Approx(4 * kd::evaluate(objective, view).value()));
  CHECK(kd::evaluate(objective, logits = Eigen::MatrixXf(2 * S)).value() ==
        kd::evaluate(objective, kept).value());
}
