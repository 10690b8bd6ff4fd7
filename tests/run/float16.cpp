// SPDX-License-Identifier: MIT
// Tensors of 16-bit elements: read and written as they lie, computed with in float.
#include <bit>

#include "loss/checks.hpp"

using namespace kd::test;

TEST_CASE("every half and every bfloat16 is the float that Eigen makes of it, and comes back") {
  int wrong = 0;
  for (unsigned i = 0; i < 65536; ++i) {
    const auto bits = static_cast<std::uint16_t>(i);
    const float half = std::bit_cast<kd::float16>(bits), brain = std::bit_cast<kd::bfloat16>(bits);
    const float eigen_half =
        Eigen::half_impl::half_to_float(Eigen::half_impl::raw_uint16_to_half(bits));
    const float eigen_brain = std::bit_cast<float>(i << 16);
    const auto same = [](float a, float b) { return a == b || (a != a && b != b); };
    wrong += !same(half, eigen_half) || !same(brain, eigen_brain);
    wrong += half == half && kd::float16(half).bits != bits;
    wrong += brain == brain && kd::bfloat16(brain).bits != bits;
    wrong += half != half && (kd::float16(half).bits & 0x7fff) <= 0x7c00;
    wrong += brain != brain && (kd::bfloat16(brain).bits & 0x7fff) <= 0x7f80;
  }
  CHECK(wrong == 0);
}

TEST_CASE("floats are rounded to the nearest, ties to even") {
  // Between two neighbours lie their mean and its neighbours; above the largest lies infinity.
  const auto check = [](auto to_bits, auto to_float, std::uint16_t end, float half_overflow) {
    int wrong = 0;
    for (unsigned i = 0; i < end; ++i) {
      const auto low = static_cast<std::uint16_t>(i), high = static_cast<std::uint16_t>(i + 1);
      const float tie = to_float(low) / 2 + (i + 1u == end ? half_overflow : to_float(high) / 2);
      wrong += to_bits(tie) != (i % 2 == 0 ? low : high);
      wrong += to_bits(std::nextafter(tie, 0.0f)) != low;
      wrong += to_bits(std::nextafter(tie, INFINITY)) != high;
      wrong += to_bits(-tie) != (0x8000u | (i % 2 == 0 ? low : high));
    }
    return wrong;
  };
  CHECK(check([](float x) { return kd::float16(x).bits; },
              [](std::uint16_t b) -> float { return std::bit_cast<kd::float16>(b); }, 0x7c00,
              32768.0f) == 0);
  CHECK(check([](float x) { return kd::bfloat16(x).bits; },
              [](std::uint16_t b) -> float { return std::bit_cast<kd::bfloat16>(b); }, 0x7f80,
              0x1p127f) == 0);
  CHECK(kd::bfloat16(3.4e38f).bits == 0x7f80);
  CHECK(kd::float16(1e30f).bits == 0x7c00);
  CHECK(kd::float16(-INFINITY).bits == 0xfc00);
}

TEST_CASE("vectors of numbers are converted like numbers") {
  const matrix<float> x = random_matrix<float>(1, 4099, 1e-4, 1);
  std::vector<kd::float16> half(4099);
  std::vector<kd::bfloat16> brain(4099);
  std::vector<float> from_half(4099), from_brain(4099);
  kd::detail::convert<float>(half.data(), x.data(), 4099);
  kd::detail::convert<float>(brain.data(), x.data(), 4099);
  kd::detail::convert<float>(from_half.data(), half.data(), 4099);
  kd::detail::convert<float>(from_brain.data(), brain.data(), 4099);
  int wrong = 0;
  for (std::size_t i = 0; i < 4099; ++i) {
    const float value = x(0, static_cast<Eigen::Index>(i));
    wrong += half[i].bits != kd::float16(value).bits || brain[i].bits != kd::bfloat16(value).bits;
    wrong += from_half[i] != float{half[i]} || from_brain[i] != float{brain[i]};
  }
  CHECK(wrong == 0);
}

namespace {

template <class H>
using storage = Eigen::Matrix<H, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Every element of `stored` is what the storage makes of the same element of x.
template <class Stored, class X>
bool is_rounded(const Stored& stored, const X& x) {
  using H = typename Stored::Scalar;
  for (Eigen::Index i = 0; i < x.rows(); ++i)
    for (Eigen::Index j = 0; j < x.cols(); ++j)
      if (static_cast<float>(stored(i, j)) != static_cast<float>(static_cast<H>(x(i, j))))
        return false;
  return true;
}

const auto loss = kd::soft_targets(zs, zt, y, {.temperature = 2, .alpha = 0.5});

}  // namespace

TEMPLATE_TEST_CASE("16-bit inputs give the bits of their values in float", "", Eigen::half,
                   Eigen::bfloat16) {
  const int count = GENERATE(7, 40);  // along rows, across them
  const logits<float> d = random_logits<float>(count, 53);
  const storage<TestType> s = d.s.template cast<TestType>(), t = d.t.template cast<TestType>();
  const Eigen::Matrix<TestType, -1, -1> columns = s;
  const matrix<float> sf = s.template cast<float>(), tf = t.template cast<float>();
  const auto expected = kd::evaluate(loss, zs = sf, zt = tf, y = d.labels);
  const auto check = [&](const auto& got) {
    CHECK(got.value() == expected.value());
    CHECK((got.gradient(zs) == expected.gradient(zs)).all());
  };
  const auto got = kd::evaluate(loss, zs = s, zt = t, y = d.labels);
  static_assert(std::is_same_v<typename decltype(got.gradient(zs))::Scalar, float>);
  check(got);
  check(kd::evaluate(loss, zs = columns, zt = t, y = d.labels));
  check(kd::evaluate(loss, zs = s, zt = tf, y = d.labels));  // mixed with float
  check(kd::evaluate(loss, zs = kd::tensor(s.data(), {count, 53}), zt = t, y = d.labels));
  const auto in_double = kd::compile<double>(loss)(zs = s, zt = t, y = d.labels).value();
  CHECK(close(in_double, expected.value(), 1e-6));
  CHECK(kd::evaluate(loss, zs = s, zt = tf.cast<double>().eval(), y = d.labels).value() ==
        in_double);
  CHECK(close(kd::evaluate(loss, kd::reference, zs = s, zt = t, y = d.labels).value(), in_double,
              1e-14));
}

TEMPLATE_TEST_CASE("16-bit gradients are those in float, rounded once", "", Eigen::half,
                   Eigen::bfloat16) {
  const int count = GENERATE(7, 40);  // along rows, across them
  const logits<float> d = random_logits<float>(count, 53);
  const matrix<float> expected = run(loss, kd::eigen, d).gradient(zs).matrix();
  const auto check = [&](auto& g) {
    kd::evaluate(loss, zs = d.s, zt = d.t, y = d.labels, kd::gradient(zs) = g);
    CHECK(is_rounded(g, expected));
    const auto first = g.template cast<float>().eval();
    kd::evaluate(loss, zs = d.s, zt = d.t, y = d.labels, kd::gradient(zs) += g);
    CHECK(is_rounded(g, (first + expected).eval()));
  };
  storage<TestType> rows(count, 53), in_place = d.s.template cast<TestType>();
  Eigen::Matrix<TestType, -1, -1> columns(count, 53);
  check(rows);
  check(columns);
  storage<TestType> of_reference(count, 53);
  kd::evaluate(loss, kd::reference, zs = d.s, zt = d.t, y = d.labels,
               kd::gradient(zs) = of_reference);
  CHECK(largest_difference(of_reference.template cast<float>(), expected) < 1e-3);
  kd::evaluate(loss, zs = in_place, zt = d.t, y = d.labels, kd::gradient(zs) = rows);
  kd::evaluate(loss, zs = in_place, zt = d.t, y = d.labels, kd::gradient(zs) = in_place);
  CHECK((rows.array() == in_place.array()).all());
}

TEMPLATE_TEST_CASE("matrix products of 16-bit features are those of their values in float", "",
                   Eigen::half, Eigen::bfloat16) {
  constexpr auto fs = kd::student<"features", batch, feature>;
  constexpr auto ft = kd::teacher<"features", batch, feature>;
  constexpr auto p = kd::learnable<"projection", feature, teacher_feature>;
  constexpr auto wide = kd::teacher<"features", batch, teacher_feature>;
  const auto similarity = kd::similarity_preserving(fs, ft);
  const auto projected =
      kd::mean<batch, teacher_feature>(kd::square(kd::dot<feature>(fs, p) - wide));
  const storage<TestType> s = random_matrix<float>(9, 37, 1, 1).template cast<TestType>(),
                          t = random_matrix<float>(9, 37, 1, 2).template cast<TestType>(),
                          q = random_matrix<float>(37, 20, 1, 3).template cast<TestType>(),
                          u = random_matrix<float>(9, 20, 1, 4).template cast<TestType>();
  const Eigen::Matrix<TestType, -1, -1> columns = s, q_columns = q;
  const matrix<float> sf = s.template cast<float>(), tf = t.template cast<float>(),
                      qf = q.template cast<float>(), uf = u.template cast<float>();
  const auto pairs = kd::evaluate(similarity, fs = sf, ft = tf);
  const auto check_pairs = [&](const auto& got) {
    CHECK(close(got.value(), pairs.value(), 1e-6));
    CHECK(largest_difference(got.gradient(fs), pairs.gradient(fs)) < 1e-6);
  };
  check_pairs(kd::evaluate(similarity, fs = s, ft = t));
  check_pairs(kd::evaluate(similarity, fs = columns, ft = t));
  check_pairs(kd::evaluate(similarity, fs = columns, ft = tf));
  const auto product = kd::evaluate(projected, fs = sf, p = qf, wide = uf);
  storage<TestType> g(37, 20);
  const auto check_product = [&](const auto& got) {
    CHECK(close(got.value(), product.value(), 1e-6));
    CHECK(largest_difference(got.gradient(fs), product.gradient(fs)) < 1e-6);
    const matrix<float> expected = product.gradient(p).matrix();
    CHECK(largest_difference(g.template cast<float>(), expected) < 1e-2 * expected.maxCoeff());
  };
  check_product(kd::evaluate(projected, fs = s, p = q, wide = u, kd::gradient(p) = g));
  check_product(
      kd::evaluate(projected, fs = columns, p = q_columns, wide = u, kd::gradient(p) = g));
  check_product(kd::evaluate(projected, fs = sf, p = q, wide = uf, kd::gradient(p) = g));
}

TEMPLATE_TEST_CASE("V17: sums over 1e5 classes in 16-bit storage do not overflow", "", Eigen::half,
                   Eigen::bfloat16) {
  constexpr int many = 100000;
  const storage<TestType> zero = storage<TestType>::Zero(2, many);
  const std::vector<int> labels{0, many - 1};
  storage<TestType> g(2, many);
  const auto value =
      kd::evaluate(kd::cross_entropy(zs, y), zs = zero, y = labels, kd::gradient(zs) = g);
  CHECK(close(value.value(), std::log(double{many}), 1e-6));
  CHECK(static_cast<float>(g(0, 0)) == -0.5f);
  CHECK(std::abs(static_cast<float>(g(0, 1)) - 5e-6f) < 1e-7f);
  const storage<TestType> large = storage<TestType>::Constant(2, many, TestType(1000.0f));
  CHECK(kd::evaluate(kd::sum<batch, classes>(zs), zs = large).value() == 2e3 * many);
}

TEST_CASE("values of rows and numbers may be 16-bit too") {
  constexpr auto weight = kd::given<"weight", batch>;
  constexpr auto factor = kd::student<"factor">;
  constexpr auto score = kd::student<"score", batch>;
  const std::vector<Eigen::half> w{Eigen::half(0.5f), Eigen::half(2.0f)};
  std::vector<Eigen::bfloat16> of_score(2);
  Eigen::half f(3.0f), of_factor(1.0f);
  const auto o = kd::sum<batch>(kd::square(score) * weight) * factor;
  const auto got = kd::evaluate(o, score = w, weight = w, factor = kd::tensor(&f, {}),
                                kd::gradient(score) = of_score,
                                kd::gradient(factor) += kd::tensor(&of_factor, {}));
  CHECK(got.value() == (0.125 + 8) * 3);
  CHECK(static_cast<float>(of_score[1]) == 24);
  CHECK(static_cast<float>(of_factor) == 9.125f);
}

#ifdef KD_FLOAT16
TEST_CASE("the compiler's own 16-bit type is bound as it is") {
  std::vector<KD_FLOAT16> x{KD_FLOAT16(1.5f), KD_FLOAT16(-2.0f)}, g(2);
  constexpr auto score = kd::student<"score", batch>;
  const auto o = kd::sum<batch>(kd::square(score));
  CHECK(kd::evaluate(o, score = x, kd::gradient(score) = g).value() == 6.25);
  CHECK((g[0] == KD_FLOAT16(3.0f) && g[1] == KD_FLOAT16(-4.0f)));
}
#endif
