// SPDX-License-Identifier: MIT
// where(c, a, b): what was not taken has the gradient 0, whatever it holds and whatever stands
// between it and the choice.
#include <cmath>
#include <limits>
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;

namespace {

constexpr auto x = kd::student<"x", batch, feature>;
constexpr auto t = kd::teacher<"t", batch, feature>;
constexpr auto w = kd::learnable<"w", feature, channel>;
constexpr auto mask = kd::given<"mask", batch>;
constexpr auto mask2 = kd::given<"mask2", batch>;
constexpr auto cells = kd::given<"cells", batch, feature>;
constexpr auto y = kd::labels<"y", batch>;
inline constexpr struct sample : kd::axis<"sample"> {
} sample;
constexpr auto f = kd::student<"f", batch, feature>;
constexpr auto g = kd::learnable<"g", other, feature>;
constexpr auto pairs = kd::given<"pairs", batch, other>;
constexpr auto zero = kd::constant_of<0>;
constexpr double inf = std::numeric_limits<double>::infinity();

using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows 0 and 2 are good; row 1 is masked and holds `poison`, and must count as if it held 0.5.
template <class Objective, class... Bindings>
void check_masked(const Objective& objective, const Bindings&... others) {
  const std::vector<double> M{1, 0, 1};
  const auto once = [&](auto backend, double held) {
    matrix X(3, 3);
    X << 1, 2, 0.25, held, held, held, 3, 0.5, 1;
    std::vector<double> G(9, -7);
    auto program = kd::compile<double>(objective, backend);
    const double value =
        program(x = X, mask = M, others..., kd::gradient(x) = kd::tensor(G.data(), {3, 3})).value();
    G.push_back(value);
    return G;
  };
  for (const double poison : {-inf, inf, std::nan(""), 0.0, -1.0}) {
    const auto check = [&](auto backend) {
      const std::vector<double> right = once(backend, 0.5), found = once(backend, poison);
      for (std::size_t i = 0; i < right.size(); ++i) {
        INFO("poison " << poison << " at " << i);
        CHECK(std::isfinite(right[i]));
        CHECK(found[i] == right[i]);
        if (i >= 3 && i < 6) CHECK(found[i] == 0);
      }
    };
    check(kd::eigen);
    check(kd::reference);
  }
}

}  // namespace

TEST_CASE("a masked row is 0 behind a reduction") {
  check_masked(kd::sum<batch>(kd::where(mask, kd::sum<feature>(kd::log(x)), zero)));
  check_masked(kd::mean<batch>(kd::where(mask, kd::norm<feature>(x), zero)));
  check_masked(kd::mean<batch>(kd::where(mask, kd::max<feature>(kd::sqrt(x)), zero)));
}
TEST_CASE("a masked row is 0 behind a softmax, however it is read") {
  const std::vector<int> L{0, 1, 2};
  const auto log_p = kd::log_softmax<feature>(x);
  check_masked(kd::sum<batch>(kd::where(mask, -kd::pick<feature>(log_p, y), zero)), y = L);
  check_masked(kd::sum<batch>(kd::where(mask, kd::sum<feature>(log_p), zero)));
  check_masked(kd::sum<batch>(kd::where(mask, kd::log_sum_exp<feature>(x), zero)));
  check_masked(kd::sum<batch, feature>(kd::where(mask, log_p, zero)));
  check_masked(kd::sum<batch>(kd::where(mask, kd::entropy<feature>(log_p), zero)));
  matrix T(3, 3);
  T << 0, 2, 1, 1, 1, 1, 2, 0, 1;
  check_masked(
      kd::sum<batch>(kd::where(mask, kd::kl<feature>(kd::log_softmax<feature>(t), log_p), zero)),
      t = T);
}
TEST_CASE("a masked row is 0 behind correlations") {
  matrix T(3, 3);
  T << 0, 2, 1, 1, 3, 1, 2, 0, 1;
  check_masked(kd::sum<batch>(kd::where(mask, kd::pearson<feature>(x, t), zero)), t = T);
  check_masked(kd::sum<batch>(kd::where(mask, kd::cosine_similarity<feature>(x, t), zero)), t = T);
}
TEST_CASE("a softmax whose row is masked cell by cell is masked where all its cells are") {
  matrix C(3, 3);
  C << 1, 1, 0, 0, 0, 0, 1, 0, 1;
  check_masked(kd::sum<batch, feature>(kd::where(cells, kd::log_softmax<feature>(x), zero)) +
                   kd::sum<batch>(kd::where(mask, zero, zero)),
               cells = C);
}
TEST_CASE("a choice between two sides keeps both apart") {
  check_masked(
      kd::sum<batch>(kd::where(mask, kd::sum<feature>(kd::log(x)), kd::sum<feature>(zero * t))),
      t = matrix::Ones(3, 3).eval());
}
TEST_CASE("two masks that are added open where one of them does") {
  const std::vector<double> N{1, 0, 0};
  const auto part = kd::sum<feature>(kd::log(kd::sqrt(x)));
  check_masked(kd::sum<batch>(kd::where(mask, part, zero) + kd::where(mask2, 3.0 * part, zero)),
               mask2 = N);
}
TEST_CASE("many masks, one behind the other") {
  auto masked = kd::where(mask, kd::log(x), zero);
  const auto twice = kd::where(kd::greater(mask, 0.5), kd::sqrt(kd::abs(masked) + 1.0), zero);
  const auto more = kd::where(kd::greater(mask, 0.25), kd::log(kd::abs(twice) + 1.0), zero);
  const auto all = kd::where(kd::greater(mask, 0.75), kd::sqrt(kd::abs(more) + 1.0), zero);
  const auto again = kd::where(kd::greater(mask, 0.125), all, zero);
  check_masked(kd::sum<batch, feature>(kd::where(kd::greater(mask, 0.0625), again, zero)));
}

TEST_CASE("a masked row reaches neither side of a matrix product") {
  const auto masked =
      kd::sum<batch, channel>(kd::where(mask, kd::square(kd::dot<feature>(x, w)), zero));
  const std::vector<double> M{1, 0, 1};
  const matrix W = matrix::Constant(3, 2, 0.5);
  const auto check = [&](auto backend) {
    const auto once = [&](double held) {
      matrix X(3, 3);
      X << 1, 2, 0.25, held, held, held, 3, 0.5, 1;
      std::vector<double> G(9), H(6);
      auto program = kd::compile<double>(masked, backend);
      G.push_back(program(x = X, w = W, mask = M, kd::gradient(x) = kd::tensor(G.data(), {3, 3}),
                          kd::gradient(w) = kd::tensor(H.data(), {3, 2}))
                      .value());
      G.insert(G.end(), H.begin(), H.end());
      return G;
    };
    for (const double poison : {std::nan(""), inf}) CHECK(once(poison) == once(0));
  };
  check(kd::eigen);
  check(kd::reference);
}
TEST_CASE("a cell of a matrix product that was not taken reaches neither side") {
  const auto check = [](const auto& cell) {
    // g(1, 0) is infinite, and so are cells (0, 1) and (1, 1): one is masked, one behind `cell`.
    const auto once = [&](auto backend, double held) {
      const std::vector<double> F{1, 2, 3, 4}, W{1, 0.5, held, 2}, M{1, 0, 1, 1};
      std::vector<double> G(4), H(4);
      G.push_back(kd::evaluate(kd::sum<batch, other>(kd::where(pairs, cell, zero)), backend,
                               f = kd::tensor(F.data(), {2, 2}), g = kd::tensor(W.data(), {2, 2}),
                               pairs = kd::tensor(M.data(), {2, 2}),
                               kd::gradient(f) = kd::tensor(G.data(), {2, 2}),
                               kd::gradient(g) = kd::tensor(H.data(), {2, 2}))
                      .value());
      G.insert(G.end(), H.begin(), H.end());
      return G;
    };
    const auto right = once(kd::reference, 20);  // as far above the limit
    CHECK(once(kd::eigen, 20) == right);
    CHECK(once(kd::eigen, inf) == right);
    CHECK(once(kd::reference, inf) == right);
  };
  const auto products = kd::dot<feature>(f, g);
  check(kd::min(products, 5.0));
  check(kd::where(kd::greater(products, 5.0), zero, products));
  check(kd::min(kd::max(products, 0.5), 5.0));
}
TEST_CASE("a gradient of a masked product keeps its gates when it is differentiated again") {
  const auto once = [&](auto backend, double held) {
    const auto inner =
        kd::sum<batch, other>(kd::where(pairs, kd::dot<feature>(f, kd::log(g)), zero));
    const auto outer = kd::sum<batch, feature>(kd::square(kd::gradient_of(inner, f)));
    const std::vector<double> F{1, 2, 3, 4}, W{1, 0.5, held, held}, M{1, 0, 1, 0};
    std::vector<double> H(4);
    H.push_back(kd::evaluate(outer, backend, f = kd::tensor(F.data(), {2, 2}),
                             g = kd::tensor(W.data(), {2, 2}), pairs = kd::tensor(M.data(), {2, 2}),
                             kd::gradient(g) = kd::tensor(H.data(), {2, 2}))
                    .value());
    return H;
  };
  const auto right = once(kd::reference, 0.5);
  for (const double held : {0.0, -1.0, inf}) {
    CHECK(once(kd::eigen, held) == right);
    CHECK(once(kd::reference, held) == right);
  }
}
TEST_CASE("a picked row that was not taken reaches nothing") {
  const auto bank = kd::given<"bank", sample, feature>;
  const auto ids = kd::labels<"ids", batch, other>;
  const auto check = [&](const auto& cell) {
    // Row 2 of the bank is picked for pairs (0, 1), which is masked, and (1, 1), behind `cell`.
    const auto once = [&](auto backend, double held) {
      const std::vector<double> F{1, 2, 3, 4}, B{1, 0.5, 2, 1, held, held}, M{1, 0, 1, 1};
      const std::vector<int> I{0, 2, 1, 2};
      std::vector<double> G(4);
      G.push_back(
          kd::evaluate(kd::sum<batch, other>(kd::where(pairs, cell, zero)), backend,
                       f = kd::tensor(F.data(), {2, 2}), bank = kd::tensor(B.data(), {3, 2}),
                       ids = kd::tensor(I.data(), {2, 2}), pairs = kd::tensor(M.data(), {2, 2}),
                       kd::gradient(f) = kd::tensor(G.data(), {2, 2}))
              .value());
      return G;
    };
    const auto right = once(kd::reference, 20);
    CHECK(once(kd::eigen, 20) == right);
    CHECK(once(kd::eigen, inf) == right);
    CHECK(once(kd::reference, inf) == right);
  };
  const auto picked = kd::pick<sample>(bank, ids);
  check(kd::min(kd::dot<feature>(f, picked), 13.0));
  check(kd::sum<feature>(kd::min(f * picked, 9.0)));
}
TEST_CASE("a feature of a picked row that was not taken reaches no weight") {
  const auto bank = kd::given<"bank", sample, feature>;
  const auto ids = kd::labels<"ids", batch, other>;
  const auto weights = kd::learnable<"weights", batch, other>;
  const auto mixed = kd::dot<other>(weights, kd::pick<sample>(bank, ids));  // (batch, feature)
  const auto objective = kd::sum<batch, feature>(kd::where(cells, mixed, zero));
  const auto once = [&](auto backend, double held) {
    const std::vector<double> W{1, 2, 3, 4}, B{1, 0.5, 2, held}, C{1, 0, 1, 0};
    const std::vector<int> I{0, 1, 1, 0};
    std::vector<double> G(4);
    G.push_back(kd::evaluate(objective, backend, weights = kd::tensor(W.data(), {2, 2}),
                             bank = kd::tensor(B.data(), {2, 2}),
                             ids = kd::tensor(I.data(), {2, 2}),
                             cells = kd::tensor(C.data(), {2, 2}),
                             kd::gradient(weights) = kd::tensor(G.data(), {2, 2}))
                    .value());
    return G;
  };
  const std::vector<double> right{1, 2, 2, 1, 1 + 4 + 6 + 4};
  CHECK(once(kd::eigen, inf) == right);
  CHECK(once(kd::reference, inf) == right);
}
TEST_CASE("a masked sample reaches no pair of samples") {
  const auto products = kd::dot<feature>(x, kd::as<batch, other>(x));
  const auto both = mask * kd::as<batch, other>(mask);
  check_masked(kd::sum<batch, other>(kd::where(both, kd::square(products), zero)));
}
