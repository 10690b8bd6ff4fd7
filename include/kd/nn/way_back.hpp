// SPDX-License-Identifier: MIT
// Which layers a backward reaches from those whose gradient is given, and where ways back meet: the
// first to arrive at a flow writes it, the others add.
#pragma once
#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include <kd/nn/places.hpp>

namespace kd::nn::detail {

class way_back {
 public:
  explicit way_back(std::size_t layers) : visits_(layers), reached_(layers) {}

  struct visit {
    bool reached = false;  // else the layer's gradient is 0
    bool given = false;
    bool adds_given = false, adds_input = false, adds_other = false;
  };
  const visit& operator[](int layer) const { return visits_[static_cast<std::size_t>(layer)]; }

  void find(std::span<const layer_plan> plans, const layer_places& places,
            std::span<const int> given) {
    std::fill(reached_.begin(), reached_.end(), false);
    const auto arrive = [&](int value) {
      if (value < 0 || !places[value].trained) return false;
      const bool before = reached_[static_cast<std::size_t>(value)];
      reached_[static_cast<std::size_t>(value)] = true;
      return before;
    };
    for (std::size_t i = plans.size(); i-- > 0;) {
      const int layer = static_cast<int>(i);
      visit& v = visits_[i] = {};
      if (plans[i].view || !places[layer].trained) continue;
      v.given = std::find(given.begin(), given.end(), layer) != given.end();
      v.reached = v.given || reached_[i];
      if (!v.reached) continue;
      if (v.given) v.adds_given = arrive(layer);
      v.adds_other = arrive(places[layer].other);
      v.adds_input = arrive(places[layer].input);
    }
  }

 private:
  std::vector<visit> visits_;
  std::vector<bool> reached_;
};

}  // namespace kd::nn::detail
