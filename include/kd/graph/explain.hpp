// SPDX-License-Identifier: MIT
// Explain: prints what an objective became: inputs, graph, stages with their sweeps, and what they
// move through memory and compute, per position of axes and, for given extents, in numbers.
#pragma once
#include <algorithm>
#include <string>

#include <kd/graph/cost.hpp>
#include <kd/graph/graph_text.hpp>
#include <kd/graph/placement.hpp>

namespace kd::detail {

class explainer {
 public:
  /// With the extents of all axes, by their numbers, or without.
  explicit explainer(const program& p, const std::int64_t* extent = nullptr)
      : p_(p), g_(p.g), names_(p.g), extent_(extent) {}

  std::string text() {
    inputs();
    nodes();
    stages();
    total();
    return text_;
  }

 private:
  const program& p_;
  const graph& g_;
  const graph_text names_;
  const std::int64_t* extent_;
  std::string text_;

  void inputs() {
    text_ += "inputs\n";
    for (int k = 0; k < g_.inputs; ++k) {
      std::string axes;
      for (int a = 0; a < g_.input[k].rank; ++a)
        axes += (a == 0 ? "" : ", ") + std::string(g_.axis_name[g_.input[k].axis[a]]);
      text_ += "  " + padded(names_.input(k), 21) + " (" + axes + ")" +
               (g_.input[k].differentiable() ? "  gradient" : "") + "\n";
    }
  }

  void nodes() {
    text_ += "graph\n";
    for (int i = 0; i < g_.size; ++i) {
      text_ += "  " + padded(names_.line(i), 46) + "(" + names_.axes(g_[i].axes) + ")";
      const std::string r = names_.results(i);
      text_ += (r.empty() ? "" : "  " + r) + "\n";
    }
  }

  std::string buffer_title(const memory& m) const {
    if (m.kind == memory::input) return names_.input(m.number);
    if (m.kind == memory::gradient) return "gradient of " + names_.input(m.number);
    return "%" + std::to_string(p_.lifetime[m.number].node);
  }

  void stages() {
    for (int s = 0; s < p_.stages; ++s) {
      const stage_program& stage = p_.stage[s];
      text_ += "stage " + std::to_string(s + 1) + ": ";
      title(stage);
      for (int k = 0; k < stage.buffers; ++k)
        text_ += "  " + padded(stage.written[k] ? "writes" : "reads", 8) +
                 padded(buffer_title(p_.buffer[stage.buffer[k]]), 29) + " " +
                 how_touched(stage, k) + "\n";
      for (int phase = 0; phase < stage.phases; ++phase) sweep(stage, phase);
      costs(cost_of(p_, stage));
    }
  }

  static const char* how_touched(const stage_program& stage, int k) {
    switch (stage.by[k].kind) {
      case label_access::picks: return "where labels say";
      case label_access::scatters:
      case label_access::counts: return "added where labels say";
      default: return stage.wide[k] ? "once" : "one value per row";
    }
  }

  void title(const stage_program& stage) {
    switch (stage.kind) {
      case stage_kind::scalars: text_ += "scalars\n"; return;
      case stage_kind::contract:
        text_ += "contraction over (" + names_.axes(stage.inner) + ") into (" +
                 names_.axes(stage.outer) + ")\n";
        return;
      default:
        text_ += std::string(stage.kind == stage_kind::row_kernel ? "row kernel" : "map-reduce") +
                 ", rows (" + names_.axes(stage.outer) + "), along (" + names_.axes(stage.inner) +
                 "), " + counted(stage.phases, "sweep") + ", " + counted(stage.kept_rows, "row") +
                 " of scratch\n";
    }
  }

  void sweep(const stage_program& stage, int phase) {
    effort e{stage.fold[phase].end - stage.fold[phase].begin, 0};
    for (int i = stage.body[phase].begin; i < stage.body[phase].end; ++i)
      if (is_computed(p_.code[i].what)) {
        const effort more = effort_of(p_.code[i].code);
        e.operations += more.operations, e.exponentials += more.exponentials;
      }
    std::string folds;
    for (int i = stage.fold[phase].begin; i < stage.fold[phase].end; ++i)
      folds += (folds.empty() ? "" : ", ") + std::string(symbol_of(p_.code[i].code));
    text_ += "  sweep " + std::to_string(phase + 1) + ": " + counted(e.operations, "operation") +
             (e.exponentials == 0 ? "" : ", " + counted(e.exponentials, "exponential")) +
             " per element" + (folds.empty() ? "" : "; reduces " + folds) + "\n";
  }

  void total() {
    cost all;
    for (int s = 0; s < p_.stages; ++s) all.add(cost_of(p_, p_.stage[s]));
    text_ += "total: " + counted(p_.stages, "stage") + ", " + counted(all.sweeps, "sweep") + "\n";
    costs(all);
    tally kept;
    for (int k = 0; k < p_.kept; ++k) kept.add(g_[p_.lifetime[k].node].axes, 4);
    if (extent_ == nullptr) row("workspace", kept, "at most ");
    else row("workspace", kept, std::to_string(workspace_bytes()) + " of ");
    if (extent_ != nullptr)
      text_ += "  scratch       " + std::to_string(scratch_bytes()) + " for a row\n";
  }

  void costs(const cost& c) {
    row("bytes", c.bytes);
    row("operations", c.operations);
    row("exponentials", c.exponentials);
  }
  /// A line like `bytes  2048: 8 per (batch, classes)`; none for nothing.
  void row(const char* what, const tally& t, const std::string& before = "") {
    if (t.per.empty()) return;
    text_ += "  " + padded(what, 14) + before;
    if (extent_ != nullptr) text_ += std::to_string(t.total(extent_)) + ": ";
    std::string list;
    for (auto per = t.per.rbegin(); per != t.per.rend(); ++per)
      list += (list.empty() ? "" : ", ") + std::to_string(per->second) +
              (per->first == 0 ? " once" : " per (" + names_.axes(per->first) + ")");
    text_ += list + "\n";
  }
  static std::string counted(int n, const char* what) {
    return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
  }

  std::size_t bytes_along(axis_set axes) const {
    tally t;
    t.add(axes, 4);
    return rounded_up(static_cast<std::size_t>(t.total(extent_)));
  }
  std::size_t workspace_bytes() const {
    std::size_t size[max_buffers]{};
    for (int k = 0; k < p_.kept; ++k) size[k] = bytes_along(g_[p_.lifetime[k].node].axes);
    return place(p_, size).bytes;
  }
  /// Of the stage that needs most.
  std::size_t scratch_bytes() const {
    std::size_t most = 0;
    for (int s = 0; s < p_.stages; ++s)
      most = std::max(
          most, static_cast<std::size_t>(p_.stage[s].kept_rows) * bytes_along(p_.stage[s].inner));
    return most;
  }
};

}  // namespace kd::detail
