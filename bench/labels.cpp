// SPDX-License-Identifier: MIT
// Labels by the handful: topk_kl_divergence beside kl_divergence of as many logits, and CRD's negatives, rows of
// a memory bank, beside a plain loop that gathers and multiplies.
#include <algorithm>
#include <memory>
#include <numeric>
#include <random>

#include <kd/kd.hpp>
#include "table.hpp"

namespace {

using namespace kd::axes;
using kd::bench::add, kd::bench::row;
inline constexpr struct sample : kd::axis<"sample"> {
} sample;
inline constexpr struct negative : kd::axis<"negative"> {
} negative;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto indices = kd::labels<"indices", batch, top>;
constexpr auto log_p = kd::teacher<"log_p", batch, top>;
constexpr auto f = kd::student<"embedding", batch, feature>;
constexpr auto bank = kd::given<"bank", sample, feature>;
constexpr auto others = kd::labels<"others", batch, negative>;

std::vector<float> normal(std::int64_t n, float width) {
  std::mt19937 generator(1);
  std::normal_distribution<float> next(0, width);
  std::vector<float> x(static_cast<std::size_t>(n));
  for (float& value : x) value = next(generator);
  return x;
}

/// The k most likely classes of every row of a teacher, with their log-probabilities.
struct stored {
  std::int64_t rows, columns, k;
  std::vector<float> student, teacher, gradient, log_probabilities;
  std::vector<int> index;

  stored(std::int64_t r, std::int64_t c, std::int64_t kept)
      : rows(r),
        columns(c),
        k(kept),
        student(normal(r * c, 4)),
        teacher(normal(r * c + 1, 4)),
        gradient(student.size()) {
    std::vector<int> order(static_cast<std::size_t>(c));
    for (std::int64_t i = 0; i < r; ++i) {
      const float* row = teacher.data() + i * c;
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + k, order.end(),
                        [&](int a, int b) { return row[a] > row[b]; });
      double sum = 0;
      for (std::int64_t j = 0; j < c; ++j) sum += std::exp(static_cast<double>(row[j]));
      for (std::int64_t j = 0; j < k; ++j) {
        index.push_back(order[static_cast<std::size_t>(j)]);
        log_probabilities.push_back(row[index.back()] - static_cast<float>(std::log(sum)));
      }
    }
  }
};

void add_topk(int threads, std::int64_t rows, std::int64_t columns, std::int64_t k) {
  auto data = std::make_shared<std::unique_ptr<stored>>();
  const auto made = [=]() -> stored& {
    if (!*data) *data = std::make_unique<stored>(rows, columns, k);
    return **data;
  };
  const row whole{"kl_divergence", "eigen", "float", threads, rows, columns, 12, ""};
  const row topk{"topk_kl_divergence", "eigen", "float", threads, rows, columns, 8, ""};
  const auto of_all = kd::kl_divergence(zs, zt);
  const auto of_top = kd::topk_kl_divergence(zs, indices, log_p);
  auto p = std::make_shared<decltype(kd::compile(of_all))>(kd::compile(of_all));
  auto q = std::make_shared<decltype(kd::compile(of_top))>(kd::compile(of_top));
  kd::bench::table().push_back(whole);
  kd::bench::table().push_back(topk);
  add(whole.id(), threads, [=] {
    stored& s = made();
    (*p)(zs = kd::tensor(s.student.data(), {rows, columns}),
         zt = kd::tensor(s.teacher.data(), {rows, columns}),
         kd::gradient(zs) = kd::tensor(s.gradient.data(), {rows, columns}));
  });
  add(topk.id(), threads, [=] {
    stored& s = made();
    (*q)(zs = kd::tensor(s.student.data(), {rows, columns}),
         indices = kd::tensor(s.index.data(), {rows, k}),
         log_p = kd::tensor(s.log_probabilities.data(), {rows, k}),
         kd::gradient(zs) = kd::tensor(s.gradient.data(), {rows, columns}));
  });
}

struct memory {
  std::int64_t rows, samples, negatives, width;
  std::vector<float> embedding, bank, gradient, dots;
  std::vector<int> index;

  memory(std::int64_t b, std::int64_t n, std::int64_t k, std::int64_t d)
      : rows(b),
        samples(n),
        negatives(k),
        width(d),
        embedding(normal(b * d, 0.1f)),
        bank(normal(n * d, 0.1f)),
        gradient(embedding.size()),
        dots(static_cast<std::size_t>(b * k)),
        index(dots.size()) {
    std::mt19937 generator(2);
    for (int& i : index) i = static_cast<int>(generator() % static_cast<unsigned>(n));
  }
  const float* picked(std::int64_t at) const {
    return bank.data() + index[static_cast<std::size_t>(at)] * width;
  }
  /// dots = f . bank[index], and if asked the gradient of the mean over rows of their squares.
  void plain(bool with_gradient) {
    kd::detail::parallel_for(rows, [&](std::int64_t b) {
      const float* x = embedding.data() + b * width;
      float* g = gradient.data() + b * width;
      for (std::int64_t k = b * negatives; k < (b + 1) * negatives; ++k) {
        const float* m = picked(k);
        float sum[16]{};  // which compilers keep in lanes
        for (std::int64_t i = 0; i < width; i += 16)
          for (int lane = 0; lane < 16; ++lane) sum[lane] += x[i + lane] * m[i + lane];
        dots[static_cast<std::size_t>(k)] = std::accumulate(sum, sum + 16, 0.f);
      }
      if (!with_gradient) return;
      std::fill_n(g, width, 0.f);
      for (std::int64_t k = b * negatives; k < (b + 1) * negatives; ++k) {
        const float* m = picked(k);
        const float scale = 2 * dots[static_cast<std::size_t>(k)] / static_cast<float>(rows);
        for (std::int64_t i = 0; i < width; ++i) g[i] += scale * m[i];
      }
    });
    benchmark::ClobberMemory();
  }
};

/// An element is a number of a gathered row: (batch x negative) x feature.
void add_gather(int threads, std::int64_t b, std::int64_t n, std::int64_t k, std::int64_t d) {
  auto data = std::make_shared<std::unique_ptr<memory>>();
  const auto made = [=]() -> memory& {
    if (!*data) *data = std::make_unique<memory>(b, n, k, d);
    return **data;
  };
  const auto dots = kd::dot<feature>(f, kd::pick<sample>(bank, others));
  const auto of = [](const auto& x) { return kd::mean<batch>(kd::sum<negative>(kd::square(x))); };
  const auto value = of(kd::stop_gradient(dots));
  const auto both = of(dots);
  auto p = std::make_shared<decltype(kd::compile(value))>(kd::compile(value));
  auto q = std::make_shared<decltype(kd::compile(both))>(kd::compile(both));
  const auto add_case = [&](const char* name, double bytes, bool with_gradient, auto call) {
    row r{name, "eigen", "float", threads, b * k, d, bytes, "plain_loop"};
    kd::bench::table().push_back(r);
    add(r.id(), threads, [=] { call(made()); });
    r.backend = r.peer;
    add(r.id(), threads, [=] { made().plain(with_gradient); });
  };
  const auto run = [=](auto& program, memory& m) {
    program(f = kd::tensor(m.embedding.data(), {b, d}), bank = kd::tensor(m.bank.data(), {n, d}),
            others = kd::tensor(m.index.data(), {b, k}),
            kd::gradient(f) = kd::tensor(m.gradient.data(), {b, d}));
  };
  add_case("gathered_dots", 4, false, [=](memory& m) { run(*p, m); });
  add_case("gathered_dots_gradient", 8, true, [=](memory& m) { run(*q, m); });
}

}  // namespace

void kd::bench::add_labels(int threads) {
  add_topk(threads, 256, 32000, 64);
  add_gather(threads, 64, 50000, 4096, 128);
}
