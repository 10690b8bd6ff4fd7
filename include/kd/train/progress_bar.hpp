// SPDX-License-Identifier: MIT
// How far a training is: a line that is redrawn on a terminal, a line per epoch elsewhere.
#pragma once
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <kd/train/fit_state.hpp>

namespace kd::train {

struct progress_bar_options {
  bool quiet = false;              // nothing is written
  double from = 0;                 // progress at which this run began, where it was resumed
  std::FILE* file = stdout;        // must stay open as long as the bar
  std::optional<bool> terminal{};  // whether lines are redrawn; found out if not said
};

namespace detail {

/// "12 s", "3:05", "1:02:09"; "?" for what is no time.
inline std::string text_of_seconds(double seconds) {
  if (!(seconds >= 0 && seconds < 1e9)) return "?";
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  const auto two = [](long long n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::string minutes_up = two(whole / 60 % 60) + ":" + two(whole % 60);
  if (whole >= 3600) return std::to_string(whole / 3600) + ":" + minutes_up;
  return minutes_up.substr(minutes_up[0] == '0' ? 1 : 0);
}

/// A number with as many digits behind its point, '.' in every locale.
inline std::string text_of_number(double number, int digits) {
  if (!std::isfinite(number)) return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
  char text[330 + 20];  // 1.8e308 has 309 digits
  const auto end =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed, digits);
  return {text, end.ptr};
}

inline std::string text_of_bar(double progress, std::size_t width) {
  const double share = std::clamp(progress, 0.0, 1.0) * static_cast<double>(width);
  const auto done = static_cast<std::size_t>(share);
  return '[' + std::string(done, '=') + (done < width ? ">" : "") +
         std::string(done < width ? width - done - 1 : 0, ' ') + ']';
}

/// The line of a state after so many seconds, at most so many columns long: the bar takes what the
/// words leave, and is left out where that is less than 8; then rate and time spent go.
inline std::string progress_line(const std::string& title, const fit_state& s, double seconds,
                                 double from, std::size_t columns) {
  const double done = s.progress - from;
  const double samples = done * static_cast<double>(s.epochs) * static_cast<double>(s.of_samples);
  const std::string rate = text_of_number(seconds > 0 ? samples / seconds : 0, 0) + " images/s  ";
  const std::string left =
      text_of_seconds(done > 0 ? seconds * (1 - s.progress) / done : -1) + " left";
  const std::string name = title + std::string(title.size() < 18 ? 18 - title.size() : 0, ' ');
  const std::string state = " epoch " + std::to_string(s.epoch + 1) + "/" +
                            std::to_string(s.epochs) + "  loss " + text_of_number(s.loss, 4) + "  ";
  const std::string words = state + rate + text_of_seconds(seconds) + ", " + left;
  const std::size_t taken = name.size() + 3 + words.size();
  std::string line = name + words;
  if (taken + 8 <= columns)
    line = name + ' ' + text_of_bar(s.progress, std::min<std::size_t>(30, columns - taken)) + words;
  else if (line.size() > columns) line = title + state + left;
  if (line.size() > columns) line.resize(columns);
  return line;
}

/// Writes bytes to a file's descriptor; false if they cannot be written. A pipe that nobody reads
/// any more is such a case, and no reason to end a training: its signal is held back.
inline bool write_to(std::FILE* file, std::string_view bytes) {
  sigset_t pipe, before;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  bool written = std::fflush(file) == 0;  // what the program printed comes first
  while (written && !bytes.empty()) {
    const ssize_t count = ::write(fileno(file), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    written = count > 0;
    if (written) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (!written && sigismember(&before, SIGPIPE) == 0) {
    const timespec now{0, 0};
    sigtimedwait(&pipe, nullptr, &now);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return written;
}

}  // namespace detail

/// Shows a training's epoch, loss, rate and time left: `fit(..., bar)`.
/// What cannot be written, because the output is closed or nobody reads it, is not shown.
class progress_bar {
 public:
  explicit progress_bar(std::string title, const progress_bar_options& options = {})
      : title_(std::move(title)),
        options_(options),
        silent_(options.quiet || options.file == nullptr || fileno(options.file) < 0),
        terminal_(!silent_ && options.terminal.value_or(isatty(fileno(options.file)) == 1)),
        start_(clock::now()),
        shown_(start_ - std::chrono::hours(1)) {}

  /// On a terminal redraws the line, 10 times a second at most; elsewhere writes a line where an
  /// epoch ends.
  void show(const fit_state& state) {
    const bool epoch_ends = state.samples == state.of_samples;
    if (silent_ || (!epoch_ends && (!terminal_ || seconds_since(shown_) < 0.1))) return;
    shown_ = clock::now();
    put(detail::progress_line(title_, state, seconds_since(start_), options_.from,
                              terminal_ ? columns() - 1 : 200),
        !terminal_);
  }

  /// As a callback of fit.
  void after_batch(const fit_state& state) { show(state); }

  /// Ends the line with what came of it: "teacher            93.10 % of ...".
  void end(const std::string& text) {
    if (silent_) return;
    const std::size_t width = std::max<std::size_t>(title_.size(), 18);
    put(title_ + std::string(width - title_.size(), ' ') + ' ' + text, true);
    drawn_ = 0;
  }

 private:
  using clock = std::chrono::steady_clock;
  static double seconds_since(clock::time_point t) {
    return std::chrono::duration<double>(clock::now() - t).count();
  }
  std::size_t columns() const {
    winsize size{};
    if (ioctl(fileno(options_.file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return std::max<std::size_t>(20, size.ws_col);
  }
  /// Over the line that is drawn, whose rest becomes blank.
  void put(std::string line, bool ends) {
    const std::size_t length = line.size();
    if (terminal_ && length < drawn_) line.append(drawn_ - length, ' ');
    drawn_ = length;
    silent_ = !detail::write_to(options_.file, (terminal_ ? "\r" : "") + line + (ends ? "\n" : ""));
  }

  std::string title_;
  progress_bar_options options_;
  bool silent_, terminal_;
  std::size_t drawn_ = 0;
  clock::time_point start_, shown_;
};

}  // namespace kd::train
