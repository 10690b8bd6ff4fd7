// SPDX-License-Identifier: MIT
// Tensors that stages hand on share memory when they are dead; nothing else changes.
#include <cmath>
#include <vector>

#include <kd/kd.hpp>
#include <kd/loss.hpp>
#include <kd/reference.hpp>
#include "support/catch.hpp"

using namespace kd::axes;
using namespace kd::detail;

namespace {
constexpr auto fs = kd::student<"f", batch, feature>;
constexpr auto ft = kd::teacher<"f", batch, teacher_feature>;
constexpr auto gs = kd::student<"g", batch, channel>;
constexpr auto gt = kd::teacher<"g", batch, teacher_channel>;

/// Similarities of pairs of rows in one layer (SP), their distances in another (RKD): fourteen stages.
const auto pairwise = [] {
  const auto relative = [](auto d) { return d / kd::stop_gradient(kd::mean<batch, other>(d)); };
  const auto student = kd::distances<channel>(gs, kd::as<batch, other>(gs));
  const auto teacher = kd::distances<teacher_channel>(gt, kd::as<batch, other>(gt));
  return kd::similarity_preserving(fs, ft) +
         kd::mean<batch, other>(kd::huber(relative(student) - relative(teacher)));
}();

/// The same program whose tensors all live from the first stage to the last.
template <class Compiled>
struct without_sharing : Compiled {
  static constexpr program value = [] {
    program p = Compiled::value;
    for (int k = 0; k < p.kept; ++k) p.lifetime[k].first = 0, p.lifetime[k].last = max_stages;
    return p;
  }();
};

/// Runs programs as the Eigen backend does, with or without sharing, on memory that was used before.
template <bool Shares>
struct observed {
  static constexpr bool runs_itself = true;
  static inline std::size_t bytes = 0;

  template <class Compiled, class T>
  static void run(call& c, arena& workspace) {
    using program = std::conditional_t<Shares, Compiled, without_sharing<Compiled>>;
    constexpr std::make_integer_sequence<int, Compiled::value.stages> stages;
    bytes = lay_out_kept<T>(c, program::value).bytes;
    std::byte* memory = lay_out<program, T, eigen_backend>(c, workspace, stages) - bytes;
    std::fill(memory, memory + bytes, std::byte{0xff});  // nothing but NaN
    run_stages<program, T, eigen_backend>(c, workspace, stages);
  }
};

struct features {
  int rows;
  std::vector<double> f_s, f_t, g_s, g_t;

  explicit features(int n) : rows(n), f_s(n * 7), f_t(n * 3), g_s(n * 5), g_t(n * 4) {
    double x = 0;
    for (auto* tensor : {&f_s, &f_t, &g_s, &g_t})
      for (double& element : *tensor) element = std::sin(++x * 1.7);
  }
  template <class Backend>
  auto evaluate(Backend backend) const {
    return kd::evaluate(pairwise, backend, fs = kd::tensor(f_s.data(), {rows, 7}),
                        ft = kd::tensor(f_t.data(), {rows, 3}),
                        gs = kd::tensor(g_s.data(), {rows, 5}),
                        gt = kd::tensor(g_t.data(), {rows, 4}));
  }
};

std::size_t bytes_of_tensors(const program& p, int rows) {
  call c;
  for (int axis = 0; axis < p.g.axes; ++axis) {
    const std::string_view name = p.g.axis_name[axis];
    c.extent[axis] = name == "feature" ? 7 : name == "channel" ? 5 : rows;
  }
  std::size_t bytes = 0;
  for (int k = 0; k < p.kept; ++k)
    bytes += rounded_up(static_cast<std::size_t>(c.positions(p.g[p.lifetime[k].node].axes)) *
                        sizeof(double));
  return bytes;
}
}  // namespace

TEST_CASE("pairwise stages use fewer bytes than their tensors have, and give the same bits") {
  for (const int rows : {2, 9, 40}) {
    const features d(rows);
    const auto shared = d.evaluate(observed<true>{});
    const auto apart = d.evaluate(observed<false>{});
    CHECK(observed<false>::bytes == bytes_of_tensors(kd::plan(pairwise), rows));
    CHECK(observed<true>::bytes < observed<false>::bytes);
    CHECK(shared.value() == apart.value());
    for (int i = 0; i < rows * 7; ++i)
      CHECK(shared.gradient(fs).data[i] == apart.gradient(fs).data[i]);
    for (int i = 0; i < rows * 5; ++i)
      CHECK(shared.gradient(gs).data[i] == apart.gradient(gs).data[i]);
    const auto reference = d.evaluate(kd::reference);
    CHECK(shared.value() == Approx(reference.value()));
    for (int i = 0; i < rows * 7; ++i)
      CHECK(shared.gradient(fs).data[i] == Approx(reference.gradient(fs).data[i]).margin(1e-12));
    for (int i = 0; i < rows * 5; ++i)
      CHECK(shared.gradient(gs).data[i] == Approx(reference.gradient(gs).data[i]).margin(1e-12));
  }
}
