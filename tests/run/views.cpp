// SPDX-License-Identifier: MIT
// Views: values against the same objective on tensors that were cut by hand, gradients
// against central differences, both backends, any strides, += and several uses of one input.
#include <random>
#include <vector>

#include <kd/kd.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;

namespace {

inline constexpr struct next : kd::axis<"next"> {
} next;
inline constexpr struct later : kd::axis<"later"> {
} later;
constexpr auto zs = kd::student<"logits", batch, token, classes>;
constexpr auto zt = kd::teacher<"logits", batch, token, classes>;
constexpr auto y = kd::labels<"y", batch, token>;
constexpr auto cut_s = kd::student<"cut", batch, next, classes>;
constexpr auto cut_t = kd::teacher<"cut", batch, next, classes>;
constexpr auto cut_y = kd::labels<"cut", batch, next>;
constexpr auto fs = kd::student<"map", batch, height, width>;
constexpr std::int64_t B = 6, N = 5, C = 4;  // more than 16 rows: some go at a time

/// Numbers in memory of any layout; the memory between them must stay as it is.
struct tensor3 {
  std::vector<double> memory;
  std::int64_t extents[3], strides[3], first = 0;

  tensor3(std::int64_t a, std::int64_t b, std::int64_t c, int layout, unsigned seed)
      : memory(static_cast<std::size_t>(4 * a * b * c), -99.0), extents{a, b, c} {
    const std::int64_t all[3][3] = {{b * c, c, 1}, {1, a * c, a}, {2 * b * c, -2 * c, 2}};
    std::copy(all[layout], all[layout] + 3, strides);
    if (layout == 2) first = 2 * c * (b - 1);
    std::mt19937 generator(seed);
    std::normal_distribution<double> normal;
    for (std::int64_t i = 0; i < a; ++i)
      for (std::int64_t j = 0; j < b; ++j)
        for (std::int64_t k = 0; k < c; ++k) at(i, j, k) = normal(generator);
  }
  double& at(std::int64_t i, std::int64_t j, std::int64_t k) {
    return memory[static_cast<std::size_t>(first + i * strides[0] + j * strides[1] +
                                           k * strides[2])];
  }
  kd::tensor_view<double> view() {
    return kd::tensor(memory.data() + first, {extents[0], extents[1], extents[2]},
                      {strides[0], strides[1], strides[2]});
  }
  std::size_t untouched() const {
    return static_cast<std::size_t>(std::count(memory.begin(), memory.end(), -99.0));
  }
};

/// Both backends, with =, += and the result's own memory, against central differences. Returns the
/// value.
template <class Objective, class Input, class... Bindings>
double check(const Objective& objective, const Input& input, tensor3& x,
             const Bindings&... bindings) {
  double value = 0;
  for (int layout : {0, 1, 2}) {
    tensor3 s(x.extents[0], x.extents[1], x.extents[2], layout, 0), g = s, sum = s;
    const auto each = [&](auto visit) {
      for (std::int64_t i = 0; i < s.extents[0]; ++i)
        for (std::int64_t j = 0; j < s.extents[1]; ++j)
          for (std::int64_t k = 0; k < s.extents[2]; ++k) visit(i, j, k);
    };
    each([&](auto i, auto j, auto k) { s.at(i, j, k) = x.at(i, j, k); });
    tensor3 start = sum;
    auto view = s.view(), into = g.view(), added = sum.view();
    const auto wanted = kd::evaluate(objective, kd::reference, input = view, bindings...);
    const auto own = kd::evaluate(objective, input = view, bindings...);
    kd::evaluate(objective, input = view, bindings..., kd::gradient(input) = into);
    kd::evaluate(objective, input = view, bindings..., kd::gradient(input) += added);
    value = own.value();
    CHECK(value == Approx(wanted.value()).epsilon(1e-12));
    const auto reference = wanted.gradient(input), fast = own.gradient(input);
    kd::test::largest error, difference, size;
    each([&](auto i, auto j, auto k) {
      const double before = s.at(i, j, k), h = 1e-5;
      const auto at = [&](double v) {
        s.at(i, j, k) = v;
        return kd::evaluate(objective, kd::reference, input = view, bindings...).value();
      };
      const double slope = (at(before + h) - at(before - h)) / (2 * h);
      s.at(i, j, k) = before;
      const auto of = [&](const auto& t) {
        return t.data[i * t.strides[0] + j * t.strides[1] + k * t.strides[2]];
      };
      error(slope - of(reference));
      size(slope);
      for (double v : {of(fast), g.at(i, j, k), sum.at(i, j, k) - start.at(i, j, k)})
        difference(v - of(reference));
    });
    CHECK(size.value() > 1e-4);
    CHECK(error.value() < 1e-8);
    CHECK(difference.value() < 1e-13);
    CHECK(g.untouched() == start.untouched());
    CHECK(sum.untouched() == start.untouched());
  }
  return value;
}

tensor3 cut(tensor3& x, std::int64_t first, std::int64_t last) {
  tensor3 part(x.extents[0], x.extents[1] - first - last, x.extents[2], 0, 0);
  for (std::int64_t i = 0; i < part.extents[0]; ++i)
    for (std::int64_t j = 0; j < part.extents[1]; ++j)
      for (std::int64_t k = 0; k < part.extents[2]; ++k) part.at(i, j, k) = x.at(i, j + first, k);
  return part;
}

auto causal(const auto& s, const auto& t, const auto& labels) {
  return kd::mean<batch, next>(-kd::pick<classes>(kd::log_softmax<classes>(s), labels)) +
         4.0 * kd::mean<batch, next>(kd::kl<classes>(kd::log_softmax<classes>(t * 0.5),
                                                     kd::log_softmax<classes>(s * 0.5)));
}

}  // namespace

TEST_CASE("a causal language model: logits without the last token, labels without the first") {
  tensor3 s(B, N, C, 0, 1), t(B, N, C, 0, 2), s_cut = cut(s, 0, 1), t_cut = cut(t, 0, 1);
  std::vector<int> labels, labels_cut;
  for (int i = 0; i < B; ++i)
    for (int j = 0; j < N; ++j) {
      labels.push_back(j == 0 ? -7 : (2 * i + 3 * j) % static_cast<int>(C));  // the first: unseen
      if (j > 0) labels_cut.push_back(labels.back());
    }
  const auto objective =
      causal(kd::without_last<token, next>(zs), kd::without_last<token, next>(zt),
             kd::without_first<token, next>(y));
  const auto Y = kd::tensor(labels.data(), {B, N}),
             Y_cut = kd::tensor(labels_cut.data(), {B, N - 1});
  auto T = t.view();
  const double value = check(objective, zs, s, zt = T, y = Y);
  auto s_view = s_cut.view(), t_view = t_cut.view();
  const auto expected =
      kd::evaluate(causal(cut_s, cut_t, cut_y), cut_s = s_view, cut_t = t_view, cut_y = Y_cut);
  CHECK(value == Approx(expected.value()).epsilon(1e-14));
}

TEST_CASE("both uses of one input add to its gradient") {
  tensor3 s(B, N, C, 0, 3), early = cut(s, 0, 1), late = cut(s, 1, 0);
  const auto steps = kd::without_first<token, next>(zs) - kd::without_last<token, next>(zs);
  const auto smooth = kd::mean<batch, next, classes>(kd::square(steps));
  const double value = check(smooth, zs, s);
  double sum = 0;
  for (std::int64_t i = 0; i < B; ++i)
    for (std::int64_t j = 0; j + 1 < N; ++j)
      for (std::int64_t k = 0; k < C; ++k) sum += std::pow(late.at(i, j, k) - early.at(i, j, k), 2);
  CHECK(value == Approx(sum / static_cast<double>(B * (N - 1) * C)).epsilon(1e-14));
  check(smooth + kd::mean<batch, token, classes>(kd::tanh(zs)), zs, s);
  // Equal gradients of views of equal axes.
  check(kd::mean<batch, next, classes>(kd::without_first<token, next>(zs)) +
            kd::mean<batch, next, classes>(kd::without_last<token, next>(zs)),
        zs, s);
}

TEST_CASE("a stage writes one part of a gradient that views share") {
  const auto o = kd::mean<batch, next, classes>(kd::without_first<token, next>(zs)) +
                 kd::mean<batch, next, classes>(kd::without_last<token, next>(zs));
  const auto& p = kd::plan(o);
  int written = 0;
  for (int s = 0; s < p.stages; ++s) {
    int here = 0;
    for (int k = 0; k < p.stage[s].buffers; ++k)
      here += p.buffer[p.stage[s].buffer[k]].kind == kd::detail::memory::gradient;
    CHECK(here <= 1);
    written += here;
  }
  CHECK(written == 2);
}

TEST_CASE("what a slice goes through: reductions, products, renames, slices, positions") {
  tensor3 s(B, N, C, 0, 4), t(B, N, C, 0, 5);
  auto T = t.view();
  // An axis that ends inside is whole inside.
  check(kd::mean<batch, next, classes>(
            kd::square(kd::slice<token, next, 1, 2>(zs - kd::mean<token>(zs * zt)))),
        zs, s, zt = T);
  check(kd::mean<batch, next, later>(kd::square(
            kd::slice<token, next, 1, 1>(kd::dot<classes>(zs, kd::as<token, later>(zt))))),
        zs, s, zt = T);
  check(kd::mean<batch, token, next>(kd::square(
            kd::slice<other, next, 1, 0>(kd::dot<classes>(zs, kd::as<token, other>(zs))))),
        zs, s);
  check(kd::mean<batch, next>(kd::square(
            kd::without_first<token, next>(kd::dot_all_but<batch, token>(zs, kd::tanh(zs))))),
        zs, s);
  const auto twice = kd::without_last<next, later>(kd::without_first<token, next>(zs));
  const double value = check(kd::mean<batch, later, classes>(kd::exp(twice)), zs, s);
  tensor3 middle = cut(s, 1, 1);
  auto m = middle.view();
  CHECK(value ==
        Approx(kd::evaluate(kd::mean<batch, next, classes>(kd::exp(cut_s)), cut_s = m).value())
            .epsilon(1e-14));
  const auto other_sliced = kd::mean<batch, token, classes>(
      kd::exp(zs) * kd::mean<next>(kd::without_first<token, next>(zt)));
  check(kd::sum<batch, token, classes>(kd::square(kd::gradient_of(other_sliced, zs))), zs, s,
        zt = T);
  check(kd::mean<batch, next, classes>(
            kd::without_first<token, next, 2>(kd::square(zs) * kd::position<token>)),
        zs, s);
}

TEST_CASE("merged axes: pairs of places") {
  tensor3 f(2, 3, 4, 0, 6);
  const auto places = kd::merge<space, height, width>(fs);  // (batch, space)
  const auto relation = kd::dot<batch>(places, kd::as<space, other>(places));
  const auto objective = kd::mean<space, other>(kd::square(relation));
  auto F = f.view();
  double sum = 0;
  for (int p = 0; p < 12; ++p)
    for (int q = 0; q < 12; ++q) {
      double d = 0;
      for (int b = 0; b < 2; ++b) d += f.at(b, p / 4, p % 4) * f.at(b, q / 4, q % 4);
      sum += d * d;
    }
  std::vector<double> g(24), h(24);
  const auto G = kd::tensor(g.data(), {2, 3, 4}), H = kd::tensor(h.data(), {2, 3, 4});
  const auto got = kd::evaluate(objective, fs = F, kd::gradient(fs) = G);
  CHECK(got.value() == Approx(sum / 144).epsilon(1e-14));
  const auto exact = kd::evaluate(objective, kd::reference, fs = F, kd::gradient(fs) = H);
  CHECK(exact.value() == Approx(sum / 144).epsilon(1e-14));
  CHECK(kd::test::largest_difference(g.data(), h.data(), 24) < 1e-14);
  kd::test::largest error;
  for (std::size_t i = 0; i < 24; ++i) {
    const double before = f.memory[i];
    f.memory[i] = before + 1e-5;
    const double above = kd::evaluate(objective, fs = F).value();
    f.memory[i] = before - 1e-5;
    const double below = kd::evaluate(objective, fs = F).value();
    f.memory[i] = before;
    error((above - below) / 2e-5 - g[i]);
  }
  CHECK(error.value() < 1e-8);
}

TEST_CASE("a merge needs memory that can be walked so, a slice enough positions") {
  const auto objective = kd::sum<batch, space>(kd::square(kd::merge<space, height, width>(fs)));
  tensor3 f(2, 3, 4, 2, 7), single(2, 1, 4, 2, 7);
  auto F = f.view(), S = single.view();
  CHECK_THROWS_WITH(kd::evaluate(objective, fs = F), Catch::Contains("'space'"));
  CHECK_NOTHROW(kd::evaluate(objective, fs = S));
  tensor3 row_major(2, 3, 4, 0, 7);
  auto R = row_major.view();
  CHECK_THROWS_AS(kd::evaluate(objective, fs = R, kd::gradient(fs) = F), kd::shape_error);
  const auto sliced = kd::sum<batch, next, classes>(kd::square(kd::slice<token, next, 3, 3>(zs)));
  tensor3 s(B, N, C, 0, 8), empty(B, 6, C, 0, 8);
  auto few = s.view(), just = empty.view();
  CHECK_THROWS_WITH(kd::evaluate(sliced, zs = few),
                    Catch::Contains("5 positions and a slice drops 6"));
  const auto none = kd::evaluate(sliced, zs = just);
  CHECK(none.value() == 0);
  CHECK(kd::test::largest_of(none.gradient(zs).data, static_cast<std::size_t>(B * 6 * C)) == 0);
}

TEST_CASE("the gradient of a sliced input is not written over an input") {
  tensor3 s(B, N, C, 0, 9);
  auto S = s.view();
  const auto o = kd::mean<batch, next, classes>(kd::square(kd::without_first<token, next>(zs)));
  const tensor3 before = s;
  CHECK_THROWS_AS(kd::evaluate(o, zs = S, kd::gradient(zs) = S), kd::value_error);
  CHECK(s.memory == before.memory);
}

TEST_CASE("a view's axis has one extent, and a compiled program allocates for it") {
  tensor3 s(B, N, C, 0, 10), t(B, N, C, 0, 11);
  auto S = s.view(), T = t.view();
  const auto o =
      kd::mean<batch, next, classes>(kd::square(kd::without_first<token, next>(zs) - cut_t));
  CHECK_THROWS_WITH(kd::evaluate(o, zs = S, cut_t = T), Catch::Contains("axis 'next'"));
  auto program = kd::compile<double>(o, batch(B), token(N), classes(C));
  tensor3 shorter = cut(t, 1, 0);
  auto U = shorter.view();
  CHECK(program(zs = S, cut_t = U).value() > 0);
  CHECK(kd::explain(o).find("student logits[1:]") != std::string::npos);
  CHECK(kd::explain(o, batch(B), token(N), classes(C)).size() > kd::explain(o).size());
}

TEST_CASE("a split: attention heads, the same as of a tensor that has the axes") {
  tensor3 s(B, N, 6, 0, 12), t(B, N, 6, 0, 13);
  auto T = t.view();
  constexpr auto fs_ = kd::student<"hidden", batch, token, feature>;
  constexpr auto ft_ = kd::teacher<"hidden", batch, token, feature>;
  constexpr auto scale = kd::given<"scale", head>;
  const std::vector<double> scales{1, 2, -0.5};
  const auto relations = [](auto f) {
    const auto heads = kd::split<feature, head, channel>(f);  // (batch, token, head, channel)
    return kd::dot<channel>(heads, kd::as<token, next>(heads));
  };
  const auto o = kd::mean_all_but<>(
      kd::square(scale * relations(fs_) - scale * relations(kd::tanh(ft_) * 0.5)));
  const double value = check(o, fs_, s, ft_ = T, scale = scales);
  double sum = 0;
  for (int b = 0; b < B; ++b)
    for (int h = 0; h < 3; ++h)
      for (int i = 0; i < N; ++i)
        for (int j = 0; j < N; ++j) {
          double d = 0;
          for (int c = 2 * h; c < 2 * h + 2; ++c)
            d += s.at(b, i, c) * s.at(b, j, c) -
                 0.25 * std::tanh(t.at(b, i, c)) * std::tanh(t.at(b, j, c));
          sum += std::pow(scales[static_cast<std::size_t>(h)] * d, 2);
        }
  CHECK(value == Approx(sum / (B * 3 * N * N)).epsilon(1e-12));
}

TEST_CASE("a split of a merge, and a merge of a split, are what they began with") {
  tensor3 s(B, 4, 6, 0, 14);
  const auto merged = kd::merge<feature, token, classes>(zs);
  const auto plain = kd::sum<batch>(kd::log_sum_exp<token>(kd::sum<classes>(kd::square(zs))));
  const auto again = kd::sum<batch>(
      kd::log_sum_exp<next>(kd::sum<later>(kd::square(kd::split<feature, next, later>(merged)))));
  auto S = s.view();
  const auto wanted = kd::evaluate(plain, zs = S);
  const auto got = kd::evaluate(again, zs = S, next(4));
  CHECK(got.value() == wanted.value());
  CHECK(kd::test::largest_difference(got.gradient(zs).data, wanted.gradient(zs).data,
                                     static_cast<std::size_t>(B * 4 * 6)) == 0);
  const auto back = kd::merge<space, next, later>(kd::split<classes, next, later>(zs));
  tensor3 strided(B, 4, 6, 2, 14);
  auto R = strided.view();
  const auto of_back = kd::sum<batch, token>(kd::log_sum_exp<space>(back));
  CHECK(kd::evaluate(of_back, zs = R, later(2)).value() ==
        kd::evaluate(kd::sum<batch, token>(kd::log_sum_exp<classes>(zs)), zs = R).value());
}

TEST_CASE("one position of an axis: a class token, the last state, and both") {
  tensor3 s(B, N, C, 0, 15), t(B, N, C, 0, 16), first = cut(s, 0, N - 1), last = cut(t, N - 1, 0);
  auto T = t.view();
  const auto kl = [](auto a, auto b) {
    return kd::mean<batch>(
        kd::kl<classes>(kd::log_softmax<classes>(b), kd::log_softmax<classes>(a)));
  };
  const double value = check(kl(kd::at<token, 0>(zs), kd::at<token, -1>(zt)), zs, s, zt = T);
  constexpr auto cls = kd::student<"cls", batch, classes>;
  constexpr auto end = kd::teacher<"end", batch, classes>;
  const auto F = kd::tensor(first.memory.data(), {B, C}),
             L = kd::tensor(last.memory.data(), {B, C});
  CHECK(value == Approx(kd::evaluate(kl(cls, end), cls = F, end = L).value()).epsilon(1e-14));
  check(kl(kd::at<token, 2>(kd::exp(zs)), kd::at<token, 1>(zs)), zs, s);
  check(kl(kd::at<next, -2>(kd::without_last<token, next>(zs)), kd::at<token, -1>(zt)) +
            kd::mean_all_but<>(kd::square(zs)),
        zs, s, zt = T);
}

TEST_CASE("views that tensors do not fit: sentences before anything is written") {
  tensor3 s(B, N, C, 0, 17);
  auto S = s.view();
  const auto sixth = kd::sum<batch, classes>(kd::at<token, 5>(zs));
  CHECK_THROWS_WITH(kd::evaluate(sixth, zs = S),
                    Catch::Contains("axis 'token' of student logits has 5 positions and at reads "
                                    "position 5; bind more or read another"));
  CHECK_THROWS_AS(kd::evaluate(kd::sum<batch, classes>(kd::at<token, -6>(zs)), zs = S),
                  kd::shape_error);
  const auto halves = kd::sum_all_but<>(kd::square(kd::split<token, next, later>(zs)));
  CHECK_THROWS_WITH(kd::evaluate(halves, zs = S),
                    Catch::Contains("no tensor of the call has axis 'next'"));
  CHECK_THROWS_WITH(
      kd::evaluate(halves, zs = S, next(2)),
      Catch::Contains("has 5 positions and is split into axis 'next' of 2, which does "
                      "not divide them"));
  CHECK_THROWS_AS(kd::evaluate(halves, zs = S, next(2), later(3)), kd::shape_error);
  CHECK(kd::evaluate(halves, zs = S, next(5), later(1)).value() > 0);
  CHECK(kd::explain(halves).find("student logits split") != std::string::npos);
  CHECK(kd::explain(sixth).find("student logits[5]") != std::string::npos);
  auto program = kd::compile<double>(halves, batch(B), token(N), classes(C), next(5));
  CHECK(program(zs = S).value() == kd::evaluate(halves, zs = S, later(1)).value());
  CHECK(kd::explain(halves, batch(B), token(N), classes(C), later(5)).size() >
        kd::explain(halves).size());
}
