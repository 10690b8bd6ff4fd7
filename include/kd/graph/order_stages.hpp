// SPDX-License-Identifier: MIT
// Order: a stage runs right before the first that needs what it computes, so that tensors between
// stages live shortly and their memory serves again (placement.hpp). The values are the same.
#pragma once
#include <kd/graph/program.hpp>

namespace kd::detail {

class stage_orderer {
  /// Calls visit(stage) for the stages that stage s reads from. (First, for clang 14.)
  template <class Visit>
  constexpr void for_each_source(int s, Visit visit) const {
    const stage_program& stage = p_.stage[s];
    const auto source = [&](int writer) {
      if (writer >= 0 && writer != s) visit(writer);
    };
    for (int k = 0; k < stage.buffers; ++k)
      if (const memory& m = p_.buffer[stage.buffer[k]]; !stage.written[k] && m.kind == memory::kept)
        source(writes_tensor_[m.number]);
    for (int i = stage.code.begin; i < stage.code.end; ++i)
      if (p_.code[i].what == action::scalar) source(writes_scalar_[p_.code[i].number]);
  }

 public:
  constexpr explicit stage_orderer(program& p) : p_(p) {
    for (int& w : writes_tensor_) w = -1;
    for (int& w : writes_scalar_) w = -1;
    for (int s = 0; s < p.stages; ++s) {
      const stage_program& stage = p.stage[s];
      for (int k = 0; k < stage.buffers; ++k)
        if (const memory& m = p.buffer[stage.buffer[k]]; stage.written[k] && m.kind == memory::kept)
          writes_tensor_[m.number] = s;
      for (int i = stage.code.begin; i < stage.code.end; ++i)
        if (p.code[i].what == action::store_scalar || p.code[i].what == action::total)
          writes_scalar_[p.code[i].number] = s;
    }
  }

  constexpr void run() {
    bool needed_later[max_stages]{};
    for (int s = 0; s < p_.stages; ++s)
      for_each_source(s, [&](int source) { needed_later[source] = true; });
    for (int s = 0; s < p_.stages; ++s)
      if (!needed_later[s]) place(s);
    stage_program ordered[max_stages]{};
    for (int at = 0; at < p_.stages; ++at) ordered[at] = p_.stage[order_[at]];
    for (int at = 0; at < p_.stages; ++at) p_.stage[at] = ordered[at];
  }

 private:
  program& p_;
  int writes_tensor_[max_buffers]{}, writes_scalar_[max_scalars]{};  // stage, -1 if none
  bool placed_[max_stages]{};
  int order_[max_stages]{}, size_ = 0;

  constexpr void place(int s) {
    if (placed_[s]) return;
    placed_[s] = true;
    for_each_source(s, [&](int source) { place(source); });
    order_[size_++] = s;
  }
};

/// Orders the stages of a program.
constexpr void order_stages(program& p) { stage_orderer(p).run(); }

}  // namespace kd::detail
