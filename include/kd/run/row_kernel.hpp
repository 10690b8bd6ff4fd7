// SPDX-License-Identifier: MIT
// The row kernel: runs the instructions of one stage on one row, against a group of lanes and a
// frame that knows where the row's memory is. This text is the only one, for every backend. One
// small function is instantiated per instruction; registers are local arrays indexed by constants,
// which compilers keep in vector registers.
//   Frame: length(), scalar(k), extent(node), position(axis) of the row, value(k), pick(k, labels),
//          label(k), position_index(axis), wide(k), kept(row), store(k, row value), store_scalar(k,
//                      v), total(k, v)
#pragma once
#include <utility>

#include <kd/graph/program.hpp>
#include <kd/run/lanes.hpp>

namespace kd::detail {

/// Registers are numbered 2 * index for values of the row and 2 * index + 1 for values along it.
template <class Compiled, int Stage, class L>
class row_kernel {
  using pack = typename L::pack;
  using row = typename L::row;
  using index = typename L::index;
  using row_index = typename L::row_index;
  static constexpr int registers = Compiled::value.stage[Stage].registers + 1;
  static constexpr int phases = Compiled::value.stage[Stage].phases;

  row rows_[registers];
  row_index row_indices_[registers];
  const L& lanes_;

 public:
  KD_HD explicit row_kernel(const L& lanes) : lanes_(lanes) {}

  /// What is the same for all rows; call once before the first.
  template <class Frame>
  KD_INLINE KD_HD void start(const Frame& frame) {
    constexpr section s = Compiled::value.stage[Stage].uniform;
    steps<s.begin, s.end>(frame);
  }

  /// One row: its row values, then sweep after sweep.
  template <class Frame>
  KD_INLINE KD_HD void run(const Frame& frame) {
    constexpr section s = Compiled::value.stage[Stage].row;
    steps<s.begin, s.end>(frame);
    sweeps(frame, std::make_integer_sequence<int, phases>{});
  }

 private:
  template <class Frame, int... Phase>
  KD_INLINE KD_HD void sweeps(const Frame& frame, std::integer_sequence<int, Phase...>) {
    (sweep<Phase>(frame), ...);
  }

  template <int Phase, class Frame>
  KD_INLINE KD_HD void sweep(const Frame& frame) {
    constexpr section body = Compiled::value.stage[Stage].body[Phase];
    constexpr section folds = Compiled::value.stage[Stage].fold[Phase];
    constexpr section after = Compiled::value.stage[Stage].after[Phase];
    walk<body.begin, body.end, folds.begin>(
        frame, std::make_integer_sequence<int, folds.end - folds.begin>{});
    steps<after.begin, after.end>(frame);
  }

  template <int Begin, int End, int Folds, class Frame, int... F>
  KD_INLINE KD_HD void walk(const Frame& frame, std::integer_sequence<int, F...>) {
    pack running[sizeof...(F) + 1];
    ((running[F] = pack(identity<Folds + F>())), ...);
    const auto body = [&]([[maybe_unused]] auto at) {
      pack wide[registers];
      index indices[registers];
      steps<Begin, End>(frame, at, wide, indices);
      ((running[F] = join<Folds + F>(
            running[F],
            lanes_.only(at, get<Compiled::value.code[Folds + F].a>(wide), identity<Folds + F>()))),
       ...);
    };
    if constexpr ((is_sum<Folds + F>() || ...)) {
      typename L::sums sums[sizeof...(F)]{};
      const auto end_blocks = [&] { (end_block<Folds + F>(running[F], sums[F]), ...); };
      const bool is_long = lanes_.each(frame.length(), body, end_blocks);
      if (is_long) end_blocks();
      ((rows_[Compiled::value.code[Folds + F].to / 2] =
            is_sum<Folds + F>() && is_long ? lanes_.all(sums[F]) : all<Folds + F>(running[F])),
       ...);
    } else {
      lanes_.each(frame.length(), body);
      ((rows_[Compiled::value.code[Folds + F].to / 2] = all<Folds + F>(running[F])), ...);
    }
  }

  /// A sum so far goes on in double, so that a long row keeps its digits.
  template <int I>
  KD_INLINE KD_HD void end_block(pack& running, typename L::sums& sums) const {
    if constexpr (is_sum<I>()) {
      lanes_.add(sums, running);
      running = pack(0);
    }
  }
  template <int I>
  KD_INLINE KD_HD row all(pack running) const {
    return lanes_.template all<Compiled::value.code[I].code>(running);
  }
  template <int I>
  KD_HD static constexpr bool is_sum() {
    return Compiled::value.code[I].code == op::sum;
  }

  template <int I>
  KD_HD static constexpr double identity() {
    return operation<Compiled::value.code[I].code>::identity;
  }
  template <int I>
  KD_INLINE KD_HD static pack join(pack x, pack y) {
    return operation<Compiled::value.code[I].code>::value(x, y);
  }

  template <int Register>
  KD_INLINE KD_HD pack get(const pack* wide) const {
    if constexpr (Register % 2 == 1) return wide[Register / 2];
    else return lanes_.spread(rows_[Register / 2]);
  }
  template <int Register>
  KD_INLINE KD_HD index get(const index* indices) const {
    if constexpr (Register % 2 == 1) return indices[Register / 2];
    else return lanes_.spread(row_indices_[Register / 2]);
  }

  /// The instructions of a section, by the hundred: clang unfolds no more than 256 at once.
  template <int Begin, int End, class... Where>
  KD_INLINE KD_HD void steps(Where&... where) {
    constexpr int count = End - Begin < 100 ? End - Begin : 100;
    some_steps<Begin>(std::make_integer_sequence<int, count>{}, where...);
    if constexpr (Begin + count < End) steps<Begin + count, End>(where...);
  }
  template <int Begin, int... I, class... Where>
  KD_INLINE KD_HD void some_steps(std::integer_sequence<int, I...>, Where&... where) {
    (step<Begin + I>(where...), ...);
  }

  /// An instruction on values of the row.
  template <int I, class Frame>
  KD_INLINE KD_HD void step(const Frame& frame) {
    constexpr instruction i = Compiled::value.code[I];
    if constexpr (i.what == action::compute) {
      using row_of = operation<i.code>;
      if constexpr (i.c >= 0)
        rows_[i.to / 2] = row_of::value(rows_[i.a / 2], rows_[i.b / 2], rows_[i.c / 2]);
      else if constexpr (i.b >= 0) rows_[i.to / 2] = row_of::value(rows_[i.a / 2], rows_[i.b / 2]);
      else rows_[i.to / 2] = row_of::value(rows_[i.a / 2]);
    }
    if constexpr (i.what == action::load) rows_[i.to / 2] = frame.value(i.number);
    if constexpr (i.what == action::scalar) rows_[i.to / 2] = row(frame.scalar(i.number));
    if constexpr (i.what == action::constant) {
      constexpr double value = Compiled::value.g.nodes[i.number].value;
      rows_[i.to / 2] = row(value);
    }
    if constexpr (i.what == action::extent) rows_[i.to / 2] = row(frame.extent(i.number));
    if constexpr (i.what == action::position) rows_[i.to / 2] = row(frame.position(i.number));
    if constexpr (i.what == action::load_index) row_indices_[i.to / 2] = frame.label(i.number);
    if constexpr (i.what == action::position_index)
      row_indices_[i.to / 2] = frame.position_index(i.number);
    if constexpr (i.what == action::scalar_index)
      row_indices_[i.to / 2] =
          row_index::broadcast(to_index<typename row_index::scalar>(ignored<I>(frame)));
    if constexpr (i.what == action::compare)
      rows_[i.to / 2] = select(
          operation<i.code>::holds(row_indices_[i.a / 2], row_indices_[i.b / 2]), row(1), row(0));
    if constexpr (i.what == action::pick) rows_[i.to / 2] = frame.pick(i.a, i.b, i.c);
    if constexpr (i.what == action::total) frame.total(i.number, rows_[i.a / 2]);
    if constexpr (i.what == action::store) frame.store(i.number, rows_[i.a / 2]);
    if constexpr (i.what == action::store_scalar) frame.store_scalar(i.number, rows_[i.a / 2]);
  }

  template <int I, class Frame>
  KD_INLINE KD_HD static double ignored(const Frame& frame) {
    constexpr instruction i = Compiled::value.code[I];
    constexpr double value = Compiled::value.g.nodes[i.code == op::constant ? i.number : 0].value;
    return i.code == op::constant ? value : frame.scalar(i.number);
  }

  /// An instruction on values along the row.
  template <int I, class Frame, class At>
  KD_INLINE KD_HD void step(const Frame& frame, At at, pack* wide, index* indices) {
    constexpr instruction i = Compiled::value.code[I];
    if constexpr (i.what == action::compute) {
      using row_of = operation<i.code>;
      if constexpr (i.c >= 0)
        wide[i.to / 2] = row_of::value(get<i.a>(wide), get<i.b>(wide), get<i.c>(wide));
      else if constexpr (i.b >= 0) wide[i.to / 2] = row_of::value(get<i.a>(wide), get<i.b>(wide));
      else wide[i.to / 2] = row_of::value(get<i.a>(wide));
    }
    if constexpr (i.what == action::load) wide[i.to / 2] = lanes_.load(frame.wide(i.number), at);
    if constexpr (i.what == action::reload)
      wide[i.to / 2] = lanes_.reload(frame.kept(i.number), at);
    if constexpr (i.what == action::position) wide[i.to / 2] = lanes_.positions(at);
    if constexpr (i.what == action::load_index)
      indices[i.to / 2] = lanes_.load_index(frame.wide(i.number), at);
    if constexpr (i.what == action::position_index) indices[i.to / 2] = lanes_.position_index(at);
    if constexpr (i.what == action::compare)
      wide[i.to / 2] =
          select(operation<i.code>::holds(get<i.a>(indices), get<i.b>(indices)), pack(1), pack(0));
    if constexpr (i.what == action::keep) lanes_.keep(frame.kept(i.number), at, get<i.a>(wide));
    if constexpr (i.what == action::store) lanes_.store(frame.wide(i.number), at, get<i.a>(wide));
  }
};

}  // namespace kd::detail
