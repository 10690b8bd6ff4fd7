// SPDX-License-Identifier: MIT
// One compiled program, called by several threads at once: each calls a copy, which has its own workspace.
#include <thread>

#include "loss/checks.hpp"

using namespace kd::test;

namespace {

constexpr auto fs = kd::student<"features", batch, feature>;
constexpr auto ft = kd::teacher<"features", batch, teacher_feature>;

/// What a thread works on: its own data and where its gradients go.
struct work {
  logits<float> d;
  matrix<float> features, others, gradient;
  double value = 0;
  explicit work(unsigned seed)
      : d(random_logits<float>(40, 101, 2, seed)),
        features(random_matrix<float>(40, 70, 1, seed + 50)),
        others(random_matrix<float>(40, 30, 1, seed + 90)),
        gradient(40, 101) {}

  template <class Program>
  void run(Program& program) {
    for (int step = 0; step < 20; ++step)
      value = program(kd::at(step / 20.0), zs = d.s, zt = d.t, y = d.labels, fs = features,
                      ft = others, kd::gradient(zs) = gradient)
                  .value();
  }
};

}  // namespace

TEST_CASE("threads that call copies of one program get the bits of one thread") {
  const auto objective = kd::soft_targets(zs, zt, y, {.temperature = kd::cosine(4, 2)}) +
                         kd::similarity_preserving(fs, ft);
  const auto program = kd::compile(objective, batch(40), classes(101));
  constexpr unsigned count = 4;
  std::vector<work> alone, together;
  for (unsigned i = 0; i < count; ++i) alone.emplace_back(i), together.emplace_back(i);
  for (work& w : alone) {
    auto mine = program;
    w.run(mine);
  }
  std::vector<std::thread> threads;
  for (work& w : together) threads.emplace_back([&w, mine = program]() mutable { w.run(mine); });
  for (std::thread& thread : threads) thread.join();
  for (unsigned i = 0; i < count; ++i) {
    CHECK(together[i].value == alone[i].value);
    CHECK(together[i].gradient == alone[i].gradient);
    CHECK((i == 0 || alone[i].value != alone[0].value));
  }
}

TEST_CASE("a copy of a program gives the same, and leaves the result of the other alone") {
  const logits<float> d = random_logits<float>(5, 12), e = random_logits<float>(3, 9, 1, 7);
  auto program = kd::compile(kd::soft_targets(zs, zt, y, {.alpha = 0.3}));
  const auto& result = program(zs = d.s, zt = d.t, y = d.labels);
  const double value = result.value();
  const matrix<float> gradient = result.gradient(zs).matrix();
  auto copy = program;
  CHECK(copy(zs = d.s, zt = d.t, y = d.labels).value() == value);
  copy(zs = e.s, zt = e.t, y = e.labels);
  CHECK(result.value() == value);
  CHECK(result.gradient(zs).matrix() == gradient);
  copy = program;
  CHECK(copy(zs = d.s, zt = d.t, y = d.labels).value() == value);
}
