// SPDX-License-Identifier: MIT
// Runs a program's instructions at run time, one lane and one row at a time, in any type with the
// interface of a pack of lanes. Inputs and gradients lie in memory with strides of every sign; kept
// tensors lie where `place` puts them. Everything that was not written yet, or is dead, is a NaN.
// Throws std::out_of_range for a register, scalar, buffer or element that is not there.
#pragma once
#include <cstddef>
#include <string>

#include <kd/graph/placement.hpp>
#include "support/label_rows.hpp"
#include "support/random_point.hpp"

namespace kd::test {

/// Memory of a tensor, by the graph's axes.
struct strided {
  std::size_t base = 0;  // of position 0, in the numbers it lies in
  strides s;
};

/// A tensor's own memory: axes in any order, walked forwards or backwards, with gaps or not.
/// Along an axis where nothing varies an input may have stride 0.
inline strided random_layout(random_bits& r, const point& at, axis_set axes, axis_set repeated,
                             std::size_t& size) {
  strided m;
  int order[max_axes], rank = 0;
  for (int axis = 0; axis < max_axes; ++axis)
    if (contains(axes, single(axis))) order[rank++] = axis;
  for (int i = rank - 1; i > 0; --i) std::swap(order[i], order[r.below(i + 1)]);
  std::int64_t next = r.among({1, 1, 2}), last = 0;
  for (int k = 0; k < rank; ++k) {
    const std::int64_t extent = at.extent[order[k]];
    if (contains(repeated, single(order[k]))) continue;
    const bool backwards = r.one_in(3);
    m.s.along[order[k]] = backwards ? -next : next;
    if (backwards && extent > 0) m.base += static_cast<std::size_t>((extent - 1) * next);
    if (extent > 0) last += (extent - 1) * next;
    next *= extent + (r.one_in(4) ? 1 : 0);
  }
  size = static_cast<std::size_t>(last) + 1;
  return m;
}

template <class N>
class program_run {
 public:
  program_run(const program& p, const point& at, std::uint64_t seed)
      : p_(p), at_(at), r_(seed), scalar_(max_scalars, nothing()) {
    for (int i = 0; i < p.g.slots; ++i) scalar_[static_cast<std::size_t>(i)] = N(at.slot[i]);
    for (int k = 0; k < p.g.inputs; ++k) bind(k, at.repeated[k]);
    place_kept();
    for (int s = 0; s < p.stages; ++s) run(p.stage[s], s);
  }

  N scalar(int node) const {
    if (p_.scalar_of[node] >= 0) return scalar_[static_cast<std::size_t>(p_.scalar_of[node])];
    const struct node& n = p_.g[node];
    return n.code == op::extent ? N(at_.positions(n.over)) : N(n.value);
  }
  /// The gradient of input k, row-major along the axes in the order in which they are declared.
  std::vector<N> gradient(int k) const {
    std::vector<N> values;
    const input_info& info = p_.g.input[k];
    std::int64_t index[max_axes]{};
    const auto walk = [&](auto& self, int depth) -> void {
      if (depth == info.rank) {
        values.push_back(gradient_[k][static_cast<std::size_t>(offset(gradient_at_[k], index))]);
        return;
      }
      std::int64_t& i = index[info.axis[depth]];
      for (i = 0; i < at_.extent[info.axis[depth]]; ++i) self(self, depth + 1);
      i = 0;
    };
    walk(walk, 0);
    return values;
  }
  /// What placement got wrong, if anything.
  const std::string& mistake() const { return mistake_; }

 private:
  const program& p_;
  const point& at_;
  random_bits r_;
  std::vector<N> scalar_, input_[max_inputs], gradient_[max_inputs], kept_;
  strided input_at_[max_inputs], gradient_at_[max_inputs], kept_at_[max_buffers];
  std::string mistake_;

  static N nothing() { return N(std::numeric_limits<double>::quiet_NaN()); }
  static std::int64_t offset(const strided& m, const std::int64_t* index) {
    std::int64_t at = static_cast<std::int64_t>(m.base);
    for (int axis = 0; axis < max_axes; ++axis) at += index[axis] * m.s.along[axis];
    return at;
  }

  void bind(int k, axis_set repeated) {
    axis_set axes = 0;
    for (int a = 0; a < p_.g.input[k].rank; ++a) axes |= single(p_.g.input[k].axis[a]);
    std::size_t size = 0;
    input_at_[k] = random_layout(r_, at_, axes, repeated, size);
    input_[k].assign(size, nothing());
    const positions all(at_, axes);
    std::int64_t index[max_axes]{};
    for (std::int64_t i = 0; i < all.size(); ++i) {
      all.go(i, index);
      input_[k][static_cast<std::size_t>(offset(input_at_[k], index))] =
          N(at_.input[k][static_cast<std::size_t>(i)]);
    }
    gradient_at_[k] = random_layout(r_, at_, axes, 0, size);
    gradient_[k].assign(size, nothing());
  }

  void place_kept() {
    std::size_t size[max_buffers]{};
    for (int k = 0; k < p_.kept; ++k)
      size[k] = rounded_up(static_cast<std::size_t>(at_.positions(p_.g[p_.lifetime[k].node].axes)));
    const placement found = place(p_, size);
    kept_.assign(found.bytes + 1, nothing());
    for (int k = 0; k < p_.kept; ++k) {
      const lifetime_of_tensor& a = p_.lifetime[k];
      kept_at_[k].base = found.offset[k];
      kept_at_[k].s = strides(at_, p_.g[a.node].axes);
      for (int j = 0; j < k; ++j)
        if (alive_together(a, p_.lifetime[j]) && found.offset[k] < found.offset[j] + size[j] &&
            found.offset[j] < found.offset[k] + size[k])
          mistake_ = "tensors %" + std::to_string(a.node) + " and %" +
                     std::to_string(p_.lifetime[j].node) + " overlap while both are alive";
    }
  }
  /// Forgets tensors that the stage writes first, or that are dead.
  void forget(int stage) {
    for (int k = 0; k < p_.kept; ++k) {
      const lifetime_of_tensor& a = p_.lifetime[k];
      if (a.first != stage && a.last + 1 != stage) continue;
      const auto begin = kept_.begin() + static_cast<std::ptrdiff_t>(kept_at_[k].base);
      std::fill(begin, begin + at_.positions(p_.g[a.node].axes), nothing());
    }
  }

  // ---- one stage --------------------------------------------------------------------------------

  struct seen {  // a buffer of the stage
    std::vector<N>* numbers;
    strided m;
  };
  std::vector<seen> seen_;
  std::vector<N> rows_, wide_, totals_;
  std::vector<std::vector<N>> scratch_;
  std::int64_t index_[max_axes]{}, along_ = 0;
  const stage_program* stage_ = nullptr;

  N& element(int buffer) {
    const seen& s = seen_.at(static_cast<std::size_t>(buffer));
    return s.numbers->at(static_cast<std::size_t>(offset(s.m, index_)));
  }
  /// What is read of a buffer, which labels may pick from or add up.
  N value(int buffer, int factor = -1) {
    return by_labels<N>(stage_->by[buffer], at_, index_, buffer, factor,
                        [&](int k) -> N& { return element(k); });
  }
  void run(const stage_program& s, int number) {
    forget(number);
    stage_ = &s;
    seen_.clear();
    for (int k = 0; k < s.buffers; ++k) {
      const memory& b = p_.buffer[s.buffer[k]];
      const auto from = [&](std::vector<N>* numbers, const strided& at) {
        seen v{numbers, {at.base, {}}};
        for (int axis = 0; axis < max_axes; ++axis)
          v.m.s.along[axis] = b.axis[axis] < 0 ? 0 : at.s.along[b.axis[axis]];
        return v;
      };
      seen_.push_back(b.kind == memory::input ? from(&input_[b.number], input_at_[b.number])
                      : b.kind == memory::kept
                          ? from(&kept_, kept_at_[b.number])
                          : from(&gradient_[b.number], gradient_at_[b.number]));
    }
    check_views(s);
    std::fill(index_, index_ + max_axes, 0);
    if (s.kind == stage_kind::contract) contract(s);
    else run_rows(s);
  }
  /// Rows of a stage run at once, and so must not add to one gradient in two places.
  void check_views(const stage_program& s) {
    int writes[max_inputs]{};
    for (int k = 0; k < s.buffers; ++k)
      if (const memory& m = p_.buffer[s.buffer[k]]; m.kind == memory::gradient) {
        const input_info& info = p_.g.input[m.number];
        if (++writes[info.is_view() ? info.source : m.number] > 1)
          mistake_ = "a stage writes two parts of the gradient of " + std::string(info.name);
      }
  }
  void contract(const stage_program& s) {
    const positions all(at_, s.batched | s.rows | s.columns), over(at_, s.inner);
    const bool scatters = s.by[s.a].kind == label_access::scatters;
    for (std::int64_t i = 0; i < all.size(); ++i) {
      all.go(i, index_);
      if (scatters) {
        element(s.c) = value(s.a, s.b);
        continue;
      }
      N sum(0);
      for (std::int64_t j = 0; j < over.size(); ++j) {
        over.go(j, index_);
        const N x = value(s.a);
        if (!(s.zero_stays && x.v == 0)) sum = sum + x * value(s.b);
      }
      element(s.c) = sum;
    }
  }
  void run_rows(const stage_program& s) {
    const auto registers = static_cast<std::size_t>(s.registers + 1);
    const positions outer(at_, s.outer), inner(at_, s.inner);
    rows_.assign(registers, nothing());
    totals_.assign(max_scalars, N(0));
    steps(s.uniform);
    for (std::int64_t row = 0; row < outer.size(); ++row) {
      std::fill(index_, index_ + max_axes, 0);
      outer.go(row, index_);
      scratch_.assign(static_cast<std::size_t>(s.kept_rows),
                      std::vector<N>(static_cast<std::size_t>(inner.size()), nothing()));
      steps(s.row);
      for (int phase = 0; phase < s.phases; ++phase) {
        sweep(s, phase, inner, registers);
        steps(s.after[phase]);
      }
    }
    for (int k = 0; k < s.totals; ++k)
      scalar_.at(static_cast<std::size_t>(s.total[k])) =
          totals_.at(static_cast<std::size_t>(s.total[k]));
  }
  void sweep(const stage_program& s, int phase, const positions& inner, std::size_t registers) {
    const section fold = s.fold[phase];
    std::vector<N> running;
    for (int i = fold.begin; i < fold.end; ++i) running.push_back(N(identity(p_.code[i].code)));
    std::int64_t row[max_axes];
    std::copy(index_, index_ + max_axes, row);
    for (along_ = 0; along_ < inner.size(); ++along_) {
      inner.go(along_, index_);
      wide_.assign(registers, nothing());
      for (int i = s.body[phase].begin; i < s.body[phase].end; ++i) step(p_.code[i], true);
      for (int i = fold.begin; i < fold.end; ++i) {
        N& so_far = running[static_cast<std::size_t>(i - fold.begin)];
        so_far = joined(p_.code[i].code, so_far, get(p_.code[i].a));
      }
    }
    std::copy(row, row + max_axes, index_);
    for (int i = fold.begin; i < fold.end; ++i)
      put(p_.code[i].to, running[static_cast<std::size_t>(i - fold.begin)]);
  }
  void steps(section s) {
    for (int i = s.begin; i < s.end; ++i) step(p_.code[i], false);
  }

  // ---- one instruction --------------------------------------------------------------------------

  N get(int reg) const {
    return (reg % 2 == 1 ? wide_ : rows_).at(static_cast<std::size_t>(reg / 2));
  }
  void put(int reg, N v) {
    (reg % 2 == 1 ? wide_ : rows_).at(static_cast<std::size_t>(reg / 2)) = v;
  }
  static double identity(op code) {
    return visit(code, [](auto row) {
      if constexpr (requires { decltype(row)::identity; }) return decltype(row)::identity;
      else return std::numeric_limits<double>::quiet_NaN();
    });
  }
  static N joined(op code, N a, N b) {
    return visit(code, [&](auto row) -> N {
      if constexpr (requires { decltype(row)::value(a, b); }) return decltype(row)::value(a, b);
      else return nothing();
    });
  }
  N computed(const instruction& i) const {
    return visit(i.code, [&](auto row) -> N {
      using row_of = decltype(row);
      if constexpr (requires(N x) { row_of::value(x, x, x); })
        return row_of::value(get(i.a), get(i.b), get(i.c));
      else if constexpr (requires(N x) { row_of::value(x, x); })
        return row_of::value(get(i.a), get(i.b));
      else if constexpr (requires(N x) { row_of::value(x); }) return row_of::value(get(i.a));
      else return nothing();
    });
  }
  void step(const instruction& i, bool in_sweep) {
    const auto number = static_cast<std::size_t>(i.number);
    const auto along = static_cast<std::size_t>(along_);
    switch (i.what) {
      case action::compute:
      case action::compare: return put(i.to, computed(i));
      case action::load:
      case action::load_index: return put(i.to, value(i.number));
      case action::scalar: return put(i.to, scalar_.at(number));
      case action::scalar_index:
        return put(i.to, i.code == op::slot ? scalar_.at(number) : N(p_.g[i.number].value));
      case action::constant: return put(i.to, N(p_.g[i.number].value));
      case action::extent: return put(i.to, N(at_.positions(p_.g[i.number].over)));
      case action::position:
      case action::position_index: return put(i.to, N(in_sweep ? along_ : index_[i.number]));
      case action::pick: {
        const auto label = static_cast<std::int64_t>(element(i.b).v);
        if (label < 0 || label >= at_.extent[i.c]) return put(i.to, N(0));
        index_[i.c] = label;
        put(i.to, element(i.a));
        index_[i.c] = 0;
        return;
      }
      case action::fold: return;
      case action::total: totals_.at(number) = totals_.at(number) + get(i.a); return;
      case action::store: element(i.number) = get(i.a); return;
      case action::store_scalar: scalar_.at(number) = get(i.a); return;
      case action::keep: scratch_.at(number).at(along) = get(i.a); return;
      case action::reload: return put(i.to, scratch_.at(number).at(along));
    }
  }
};

}  // namespace kd::test
