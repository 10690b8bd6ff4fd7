// SPDX-License-Identifier: MIT
// A compiled objective that is called again allocates nothing. A file of its own, because it replaces malloc, which
// operator new and Eigen call.
#include <cstdlib>

#include <kd/kd.hpp>
#include "support/catch.hpp"

#ifdef __GLIBC__
namespace {
long allocations = 0, failing = -1;  // failing: the one that is refused
}

extern "C" {
void* __libc_malloc(std::size_t bytes);
void* malloc(std::size_t bytes) {
  if (++allocations == failing) return nullptr;
  return __libc_malloc(bytes);
}
}

using namespace kd::axes;

namespace {

/// How often three calls allocate, after one of the same extents.
template <class Program, class... Bindings>
long allocations_of(Program& program, const Bindings&... bindings) {
  double value = program(bindings...).value();
  const long before = allocations;
  for (int i = 0; i < 3; ++i) value += program(kd::at(i / 3.0), bindings...).value();
  const long after = allocations;
  CHECK(value > 0);
  CHECK(before > 0);  // the counter counts
  return after - before;
}

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto y = kd::labels<"y", batch>;
constexpr auto fs = kd::student<"features", batch, feature>;
constexpr auto ft = kd::teacher<"features", batch, feature>;

}  // namespace

TEST_CASE("a call of a compiled objective allocates nothing, the first one included") {
  const Eigen::ArrayXXf S = Eigen::ArrayXXf::Random(64, 100),
                        Z = Eigen::ArrayXXf::Random(64, 100);  // column-major: copied per row
  const Eigen::ArrayXi labels = Eigen::ArrayXi::Zero(64);
  auto program = kd::compile(kd::soft_targets(zs, zt, y, {.temperature = kd::cosine(4, 2)}),
                             kd::eigen, batch(64), classes(100));
  const long before = allocations;
  CHECK(program(kd::at(0), zs = S, zt = Z, y = labels).value() > 0);
  CHECK(allocations == before);
  CHECK(allocations_of(program, zs = S, zt = Z, y = labels) == 0);
}
TEST_CASE("nor does a matrix product, once a thread has its blocks") {
  for (const int features : {16, 300, 1000}) {
    const Eigen::MatrixXf F = Eigen::MatrixXf::Random(256, features), G = F.array().cos();
    auto program = kd::compile(kd::similarity_preserving(fs, ft));
    CHECK(allocations_of(program, fs = F, ft = G) == 0);
  }
}
TEST_CASE("nor does a call of a copy, nor 16-bit storage") {
  using halves = Eigen::Matrix<Eigen::half, Eigen::Dynamic, Eigen::Dynamic>;
  const halves S = halves::Random(64, 100), F = halves::Random(64, 30), P = halves::Random(64, 20);
  halves G(64, 100);
  constexpr auto narrow = kd::teacher<"features", batch, teacher_feature>;
  const auto program =
      kd::compile(kd::mean<batch, classes>(kd::square(zs)) + kd::similarity_preserving(fs, narrow),
                  batch(64), classes(100), feature(30), teacher_feature(20));
  auto copy = program;
  CHECK(allocations_of(copy, zs = S, fs = F, narrow = P, kd::gradient(zs) = G) == 0);
}
TEST_CASE("nor do views, the first call included") {
  const Eigen::ArrayXXf S = Eigen::ArrayXXf::Random(64, 100);
  const auto steps =
      kd::without_first<classes, other_classes>(zs) - kd::without_last<classes, other_classes>(zs);
  auto program =
      kd::compile(kd::mean<batch, other_classes>(kd::square(steps)), batch(64), classes(100));
  const long before = allocations;
  CHECK(program(zs = S).value() > 0);
  CHECK(allocations == before);
  CHECK(allocations_of(program, zs = S) == 0);
}
TEST_CASE("nor do sums by labels, the first call included, with as many threads or fewer") {
  constexpr auto rows = kd::learnable<"rows", classes, feature>;
  constexpr auto prior = kd::learnable<"prior", classes>;
  const Eigen::ArrayXXf F = Eigen::ArrayXXf::Random(3000, 20), R = Eigen::ArrayXXf::Ones(5000, 20);
  const Eigen::ArrayXf P = Eigen::ArrayXf::Ones(5000);
  const Eigen::ArrayXi labels = Eigen::ArrayXi::LinSpaced(3000, 0, 4999) / 100;
  const auto dots = kd::dot<feature>(fs, kd::pick<classes>(rows, y));
  const auto objective =
      kd::mean<batch>(kd::square(dots) + kd::square(kd::pick<classes>(prior, y)));
  const int threads = kd::threads();
  for (int started : {1, 2, 3}) {
    kd::set_threads(started);
    const auto run = [&](auto program) {
      const long before = allocations;
      for (int t = started; t >= 1; --t) {
        kd::set_threads(t);
        CHECK(program(fs = F, rows = R, prior = P, y = labels).value() > 0);
      }
      return allocations - before;
    };
    run(kd::compile(objective));  // for OpenMP's threads
    kd::set_threads(started);
    CHECK(run(kd::compile(objective, batch(3000), classes(5000), feature(20))) == 0);
  }
  kd::set_threads(threads);
}
TEST_CASE("S13: a call that gets no memory throws, writes nothing, and can be made again") {
  Eigen::MatrixXf S = Eigen::MatrixXf::Random(40, 30), F = Eigen::MatrixXf::Random(40, 6), G = S;
  const Eigen::MatrixXf Z = 2 * S;
  const auto objective =
      kd::soft_targets(zs, zt, {.temperature = 2}) +
      kd::mean<batch, other>(kd::square(kd::dot<feature>(fs, kd::as<batch, other>(fs))));
  auto program = kd::compile(objective);
  int refused = 0;
  for (bool done = false; !done;) {
    G.setConstant(7);
    failing = allocations + 1 + refused;
    try {
      program(zs = S, zt = Z, fs = F, kd::gradient(zs) = G);
      done = true;
    } catch (const std::bad_alloc&) { ++refused; }
    failing = -1;
    if (!done) CHECK((G.array() == 7).all());
    CHECK(refused < 100);
  }
  CHECK(refused > 0);
  CHECK((G.array() != 7).all());
}
#endif
