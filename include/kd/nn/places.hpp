// SPDX-License-Identifier: MIT
// Where layers' values and the gradients of them ("flows") lie. A view puts out the value of the
// layer before it. Layers that work in place share a cell with their input; a cell that only one
// sample at a time needs lies in the scratch memory of a thread, others hold the whole batch.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <kd/nn/layer.hpp>
#include <kd/nn/passes.hpp>

namespace kd::nn::detail {

inline constexpr std::int64_t chunk_size = 8;

struct layer_place {
  int value = -1;  // the layer that wrote what this one puts out; below 0: the network's input
  int input = -1;  // the same of what it reads
  int other = -1;  // and of its second input, if it has one
  bool trained = false;       // it or a layer before it has parameters
  bool in_place = false;      // its input's flow is its own
  std::int64_t output = 0;    // times the batch
  std::int64_t gradient = 0;  // the caller's; times the batch
  bool flow_in_batch = false;
  std::int64_t flow = 0;  // times the batch, or in a thread's scratch memory
};

class layer_places {
 public:
  explicit layer_places(std::span<const layer_plan> plans) : plans_(plans), all_(plans.size()) {
    find_values();
    find_trained();
    place_values();
  }

  const layer_place& operator[](int layer) const { return all_[static_cast<std::size_t>(layer)]; }
  std::vector<bool> trained() const {
    std::vector<bool> result;
    for (const layer_place& place : all_) result.push_back(place.trained);
    return result;
  }

  /// Once the order of the way back is known.
  void place_flows(const pass& backward) {
    make_cells();
    for (int run = 0; run < static_cast<int>(backward.runs.size()); ++run) {
      const part& steps = backward.runs[static_cast<std::size_t>(run)];
      for (int at = steps.first; at < steps.last; ++at) {
        const layer_place& place = (*this)[backward.steps[static_cast<std::size_t>(at)].layer];
        for (int value : {place.value, place.input, place.other})
          if (value >= 0) touch(value, at, run, steps.by_sample);
      }
    }
    place_cells();
    measure_spare();
  }

  std::int64_t outputs = 0, gradients = 0, flows = 0;  // times the batch
  std::int64_t slots = 0;                              // of a thread, for the flows of one sample
  std::int64_t spare = 0;  // of a thread, for a flow that is added to another

 private:
  /// One or more layers' flow, and when it is used on the way back.
  struct cell {
    std::int64_t size = 0;
    int first = -1, last = -1, run = -1;
    bool in_batch = false;
    std::int64_t offset = 0;
  };

  int size() const { return static_cast<int>(plans_.size()); }
  const layer_plan& plan(int layer) const { return plans_[static_cast<std::size_t>(layer)]; }
  layer_place& at(int layer) { return all_[static_cast<std::size_t>(layer)]; }
  cell& cell_of(int layer) {
    return cells_[static_cast<std::size_t>(cell_numbers_[static_cast<std::size_t>(layer)])];
  }

  void find_values() {
    const auto value = [&](int layer) { return layer < 0 ? -1 : at(layer).value; };
    for (int layer = 0; layer < size(); ++layer) {
      layer_place& place = at(layer);
      place.input = value(plan(layer).source);
      place.other = value(plan(layer).other);
      place.value = plan(layer).view ? place.input : layer;
    }
  }
  void find_trained() {
    for (layer_place& place : all_) {
      place.trained = plan(static_cast<int>(&place - all_.data())).parameters() != 0;
      for (int before : {place.input, place.other})
        if (before >= 0 && at(before).trained) place.trained = true;
    }
  }
  void place_values() {
    for (int layer = 0; layer < size(); ++layer) {
      const layer_plan& p = plan(layer);
      at(layer).output = outputs;
      if (!p.view) outputs += rounded_size(p.output.size());
      at(layer).gradient = gradients;
      if (!p.name.empty()) gradients += rounded_size(p.output.size());
    }
  }

  int last_reader(int value) const {
    for (int layer = size() - 1; layer > value; --layer)
      if (!plan(layer).view && ((*this)[layer].input == value || (*this)[layer].other == value))
        return layer;
    return -1;
  }
  void make_cells() {
    for (int layer = 0; layer < size(); ++layer) {
      layer_place& place = at(layer);
      place.in_place = plan(layer).in_place && !plan(layer).view && place.input >= 0 &&
                       place.input != place.other && last_reader(place.input) == layer;
      if (place.in_place) {
        cell_numbers_.push_back(cell_numbers_[static_cast<std::size_t>(place.input)]);
      } else {
        cell_numbers_.push_back(static_cast<int>(cells_.size()));
        cells_.push_back({.size = rounded_size(plan(layer).output.size())});
      }
    }
  }
  void touch(int layer, int step, int run, bool by_sample) {
    cell& c = cell_of(layer);
    if (c.run < 0) {
      c.first = step;
      c.run = run;
    }
    c.last = step;
    if (c.run != run || !by_sample) c.in_batch = true;
  }

  /// Cells of the batch one behind another; those of a sample share slots when their times differ.
  void place_cells() {
    struct slot {
      std::int64_t size;
      int free_after;
    };
    std::vector<slot> used;
    std::vector<std::pair<cell*, std::size_t>> chosen;
    std::vector<cell*> order;
    for (cell& c : cells_) {
      if (c.run < 0) continue;
      if (!c.in_batch) order.push_back(&c);
      else c.offset = flows, flows += c.size;
    }
    std::sort(order.begin(), order.end(),
              [](const cell* a, const cell* b) { return a->first < b->first; });
    for (cell* c : order) {
      std::size_t i = 0;
      while (i < used.size() && used[i].free_after >= c->first) ++i;
      if (i == used.size()) used.push_back({0, 0});
      used[i] = {std::max(used[i].size, c->size), c->last};
      chosen.push_back({c, i});
    }
    for (const auto& [c, number] : chosen)
      for (std::size_t i = 0; i < number; ++i) c->offset += used[i].size;
    for (const slot& s : used) slots += s.size;
    for (int layer = 0; layer < size(); ++layer) {
      at(layer).flow_in_batch = cell_of(layer).in_batch;
      at(layer).flow = cell_of(layer).offset;
    }
  }

  void measure_spare() {
    for (int layer = 0; layer < size(); ++layer) {
      const int input = at(layer).input, other = at(layer).other;
      if (plan(layer).view || input < 0) continue;
      if (last_reader(input) == layer && input != other) continue;  // writes it
      const std::int64_t samples = runs_by_sample(plan(layer)) ? 1 : chunk_size;
      spare = std::max(spare, rounded_size(samples * plan(layer).input.size()));
    }
  }

  std::span<const layer_plan> plans_;
  std::vector<layer_place> all_;
  std::vector<cell> cells_;
  std::vector<int> cell_numbers_;  // of each layer
};

}  // namespace kd::nn::detail
