// SPDX-License-Identifier: MIT
// What kd throws. Every message is one sentence that starts with "kd: ", names what is wrong and
// says the remedy.
#pragma once
#include <stdexcept>

namespace kd {

/// The base of every exception that kd throws.
struct error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Extents, strides or ranks that do not fit together.
struct shape_error : error {
  using error::error;
};
/// A value outside its range: a label, a temperature, a schedule's parameter.
struct value_error : error {
  using error::error;
};
/// A file that cannot be read or written, or is malformed; the message holds path, offset and
/// reason.
struct io_error : error {
  using error::error;
};

}  // namespace kd
