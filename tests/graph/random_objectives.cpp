// SPDX-License-Identifier: MIT
// Random objectives through every pass of the compiler: an oracle that needs nobody to think of the
// case. A failure prints the seed, what differs and a small graph that fails as well.
// KD_SOAK_ROUNDS=1000 takes a thousand times as many thousands, KD_SOAK_SEED another first seed:
// scripts/soak.
#include <cstdio>
#include <cstdlib>

#include <kd/graph/graph_text.hpp>
#include "support/catch.hpp"
#include "support/random_graph.hpp"
#include "support/slopes.hpp"
#include "support/smallest_graph.hpp"

using namespace kd::test;

namespace {
long number_in(const char* variable, long otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atol(text) : otherwise;
}

/// Calls check(settings) for graphs of many sizes; `thousands` of them unless it is a soak.
template <class Check>
void for_random_graphs(double thousands, Check check) {
  const long rounds = number_in("KD_SOAK_ROUNDS", 1), first = number_in("KD_SOAK_SEED", 1);
  const long count = static_cast<long>(1000 * thousands) * rounds;
  int failures = 0;
  for (long i = 0; i < count && failures < 3; ++i) {
    const auto seed = static_cast<std::uint64_t>(first + i);
    if (!check(random_settings{seed, 2 + static_cast<int>(seed % 13), seed % 3 == 0})) ++failures;
  }
}
void report(const char* what, const tally& t) {
  if (std::getenv("KD_SOAK_ROUNDS") != nullptr)
    std::printf(
        "%s: %ld graphs, %ld too large; %ld numbers, %ld unknown, %ld not finite, %ld loose; %ld "
        "slopes, %ld at kinks, %ld vague\n",
        what, t.graphs, t.too_large, t.numbers, t.unknown, t.not_finite, t.loose, t.slopes, t.kinks,
        t.vague);
}
graph differentiated(graph g) {
  differentiate(g);
  return g;
}
std::string described(const random_graph& r, const graph& smaller, std::uint64_t seed) {
  std::string s = "seed " + std::to_string(seed) + ", extents";
  for (int a = 0; a < r.g.axes; ++a)
    s += " " + std::string(r.g.axis_name[a]) + " " + std::to_string(r.at.extent[a]);
  return s + "\n" + graph_text(smaller).lines() + "value %" + std::to_string(smaller.value);
}

/// Every pass keeps every value in arithmetic of type T.
template <class T>
void check_passes_in(const char* name, double thousands) {
  tally t;
  for_random_graphs(thousands, [&](const random_settings& settings) {
    const random_graph r(settings);
    const auto check = [&](const graph& g, tally& counted) {
      return check_passes<bounded<T>>(differentiated(g), r.at, settings.seed, counted);
    };
    const failure f = check(r.g, t);
    if (!f) return true;
    tally ignored;
    const graph g =
        smallest(r.g, [&](const graph& smaller) { return check(smaller, ignored).pass == f.pass; });
    FAIL_CHECK(f.pass << ": " << f.sentence << "\n"
                      << described(r, g, settings.seed)
                      << "\nthere: " << check(g, ignored).sentence);
    return false;
  });
  report(name, t);
  CHECK(t.too_large * 50 <= t.graphs);
  CHECK(t.unknown * 10 <= t.numbers);
}
/// The first result that is not the same with poison where a mask leaves it out, as a sentence.
template <class N>
std::string not_seen(const results<N>& harmless, const results<N>& poisoned) {
  for (const auto& [name, expected] : harmless)
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const N a = expected[i], b = poisoned.at(name)[i];
      if (std::isfinite(a.v) && !(std::fabs(a.v - b.v) <= 4 * a.e))
        return name + " [" + std::to_string(i) + "]: " + std::to_string(a.v) + " became " +
               std::to_string(b.v);
    }
  return {};
}
}  // namespace

TEST_CASE("random objectives: every pass keeps every value") {
  check_passes_in<double>("double", 6);
  check_passes_in<float>("float", 1);
  check_passes_in<long double>("long double", 1);
}

TEST_CASE("random objectives: float is as near to long double as the bounds say") {
  tally t;
  alike_is_equal = false;
  const auto wide = [](const results<bounded<float>>& narrow) {
    results<bounded<long double>> all;
    for (const auto& [name, values] : narrow) {
      auto& to = all[name];
      for (const bounded<float>& x : values) to.push_back(bounded<long double>::of(x.v, x.e));
    }
    return all;
  };
  for_random_graphs(1, [&](const random_settings& settings) {
    const random_graph r(settings);
    const graph d = differentiated(r.g);
    ++t.graphs;
    if (d.full) return ++t.too_large, true;
    const auto in_float = results_of(interpreter<bounded<float>>(d, r.at));
    const auto exact = results_of(interpreter<bounded<long double>>(d, r.at));
    const std::string s = difference(exact, wide(in_float), t);
    if (s.empty()) return true;
    FAIL_CHECK(s << "\n" << described(r, r.g, settings.seed));
    return false;
  });
  alike_is_equal = true;
  report("float and long double", t);
  CHECK(t.loose * 10 <= t.numbers);
}

TEST_CASE("random objectives: gradients are what central differences say") {
  tally t;
  for_random_graphs(1, [&](const random_settings& settings) {
    const random_graph r(settings);
    const graph d = differentiated(r.g);
    ++t.graphs;
    if (d.full) return ++t.too_large, true;
    random_bits directions(settings.seed);
    const slopes differences(r.g, d, r.at);
    for (int k = 0; k < d.inputs; ++k) {
      if (d.gradient[k] < 0) continue;
      const std::string s = differences.check(k, directions, t);
      if (s.empty()) continue;
      FAIL_CHECK(s << "\n" << described(r, r.g, settings.seed));
      return false;
    }
    return true;
  });
  report("central differences", t);
  CHECK((t.kinks + t.vague) * 3 <= t.slopes);
}

TEST_CASE("random objectives: an expression has one value, however it is written") {
  tally t;
  for_random_graphs(2, [&](const random_settings& settings) {
    const random_graph r(settings), twin(settings, form::twin);
    ++t.graphs;
    const graph d = differentiated(r.g), e = differentiated(twin.g);
    if (d.full || e.full) return ++t.too_large, true;
    using values = interpreter<bounded<double>>;
    const std::string s =
        difference(results_of(values(d, r.at)), results_of(values(e, twin.at)), t);
    if (s.empty()) return true;
    FAIL_CHECK(s << "\n"
                 << described(r, r.g, settings.seed) << "\nand\n"
                 << described(twin, twin.g, settings.seed));
    return false;
  });
  report("written otherwise", t);
  CHECK(t.unknown * 10 <= t.numbers);
}

TEST_CASE("random objectives: what a mask leaves out is not seen") {
  tally t;
  for_random_graphs(1, [&](random_settings settings) {
    settings.finite = true;
    settings.masked = settings.seed % 2 == 0 ? masked::positions : masked::rows;
    const random_graph harmless(settings);
    settings.poison =
        random_bits(settings.seed).among({poison::nan, poison::infinity, poison::huge});
    const random_graph poisoned(settings);
    const graph d = differentiated(harmless.g);
    const program p = schedule_program(simplify(d));
    ++t.graphs;
    if (d.full || p.g.full) return ++t.too_large, true;
    using N = bounded<double>;
    const auto interpreted = [&](const point& at) { return results_of(interpreter<N>(d, at)); };
    const auto run = [&](const point& at) {
      return results_of(program_run<N>(p, at, settings.seed), p.g);
    };
    std::string s = not_seen(interpreted(harmless.at), interpreted(poisoned.at));
    if (s.empty()) s = not_seen(run(harmless.at), run(poisoned.at));
    if (s.empty()) return true;
    FAIL_CHECK(s << "\n" << described(harmless, harmless.g, settings.seed));
    return false;
  });
  report("masks", t);
}
