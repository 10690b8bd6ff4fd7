// SPDX-License-Identifier: MIT
// The header of a safetensors file. What it says is believed only when it was checked, and memory
// is bounded by the file's size and the limits below: it is parsed while it is read.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <kd/io/input_file.hpp>
#include <kd/io/tensor_entry.hpp>

namespace kd::io {

/// The largest header that safetensors allows, in bytes.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;
/// What kd allows in a header: tensors, texts of metadata, axes of a tensor, bytes of a text.
inline constexpr std::size_t max_safetensors_entries = 4096;
inline constexpr std::size_t max_safetensors_axes = 8;
inline constexpr std::size_t max_safetensors_text = std::size_t{1} << 16;

namespace detail {

/// The header's characters, read piece by piece.
class header_stream {
 public:
  header_stream(input_file& file, std::uint64_t size) : file_(file), left_(size) { fill(); }

  bool done() const { return at_ == filled_; }
  char current() const { return static_cast<char>(buffer_[at_]); }
  void advance() {
    watch(current());
    if (++at_ == filled_) fill();
  }

  [[noreturn]] void fail(const std::string& reason, const char* remedy = damaged) const {
    const std::uint64_t byte = file_.at() - filled_ + at_;
    fail_on("read", file_.path(), "at byte " + std::to_string(byte) + ": " + reason, remedy);
  }

  static constexpr const char* damaged = "copy it again, or save it again";

 private:
  void fill() {
    at_ = 0;
    filled_ = static_cast<std::size_t>(std::min<std::uint64_t>(left_, buffer_.size()));
    left_ -= filled_;
    file_.read(std::span(buffer_).first(filled_));
  }

  // The parser keeps a text, a number or a space as a whole, so none may be long. It would also
  // take a zero for the end, and what follows would go unseen.
  void watch(char c) {
    if (c == '\0') fail("expected JSON, found a byte of zero");
    const bool border = quoted_ ? c == '"' && !escaped_ : std::strchr("{}[],:\"", c) != nullptr;
    if (border && c == '"') quoted_ = !quoted_;
    escaped_ = quoted_ && c == '\\' && !escaped_;
    run_ = border ? 0 : run_ + 1;
    if (run_ > max_safetensors_text)
      fail("expected texts of at most " + std::to_string(max_safetensors_text) +
               " bytes, found a longer one",
           "keep long texts in tensors of U8");
  }

  input_file& file_;
  std::uint64_t left_;
  std::array<std::byte, 1 << 14> buffer_;
  std::size_t at_ = 0, filled_ = 0, run_ = 0;
  bool quoted_ = false, escaped_ = false;
};

struct header_iterator {
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;
  using iterator_category = std::input_iterator_tag;

  header_stream* stream = nullptr;  // null: the end
  char operator*() const { return stream->current(); }
  header_iterator& operator++() {
    stream->advance();
    return *this;
  }
  bool operator!=(const header_iterator&) const { return !stream->done(); }
};

/// What a header says.
struct safetensors_header {
  std::vector<tensor_entry> tensors;                  // without their bytes
  std::vector<std::array<std::uint64_t, 2>> offsets;  // begin and end of each among the data
  text_metadata metadata;
};

/// What nlohmann's parser calls, piece by piece of the JSON; each function is one of its events.
class header_parser {
 public:
  header_parser(const header_stream& stream, safetensors_header& header)
      : stream_(stream), header_(header) {}

  bool start_object(std::size_t) {
    switch (place_) {
      case place::file: return go(place::names);
      case place::before_tensor: return go(place::tensor);
      case place::before_metadata: return go(place::metadata);
      default: unexpected("an object");
    }
  }
  bool key(std::string& key) {
    if (place_ == place::names) return start_entry(key);
    if (place_ == place::metadata) {
      if (header_.metadata.size() == max_safetensors_entries)
        stream_.fail("expected at most " + std::to_string(max_safetensors_entries) +
                         " texts of metadata, found more",
                     "leave some out");
      const auto [text, is_new] = header_.metadata.try_emplace(key);
      if (!is_new) stream_.fail("the name " + shown(key) + " stands twice in the metadata");
      text_ = &text->second;
      return true;
    }
    return start_field(key);
  }
  bool end_object() {
    if (place_ == place::names) return go(place::done);
    if (place_ == place::tensor && fields_ != all_fields)
      fail("lacks one of dtype, shape and data_offsets");
    return go(place::names);
  }
  bool start_array(std::size_t) {
    if (place_ == place::before_shape) return go(place::shape);
    if (place_ == place::before_offsets) return go(place::offsets);
    unexpected("an array");
  }
  bool end_array() {
    if (place_ == place::offsets && offset_ != 2) fail("needs two data_offsets");
    return go(place::tensor);
  }
  bool string(std::string& text) {
    if (place_ == place::metadata) {
      *text_ = text;
      return true;
    }
    if (place_ != place::type) unexpected("a text");
    const auto type = parse_dtype(text);
    if (!type)
      stream_.fail("tensor " + shown(header_.tensors.back().name) + " has the dtype " +
                       shown(text) + ", which kd does not know",
                   "save it as F32");
    header_.tensors.back().type = *type;
    return go(place::tensor);
  }
  bool number_unsigned(std::uint64_t number) {
    if (place_ == place::offsets) {
      if (offset_ == 2) fail("needs two data_offsets");
      header_.offsets.back()[offset_++] = number;
      return true;
    }
    if (place_ != place::shape) unexpected("a number");
    auto& extents = header_.tensors.back().extents;
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      fail("has an extent of " + std::to_string(number) + ", beyond 2^63");
    if (extents.size() == max_safetensors_axes)
      fail("has more than " + std::to_string(max_safetensors_axes) + " axes");
    extents.push_back(static_cast<std::int64_t>(number));
    return true;
  }
  bool number_integer(std::int64_t) { unexpected("a negative number"); }
  bool number_float(double, const std::string&) { unexpected("a fraction or too large a number"); }
  bool boolean(bool) { unexpected("true or false"); }
  bool null() { unexpected("null"); }
  bool binary(std::vector<std::uint8_t>&) { unexpected("bytes"); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception& error) {
    if (std::strstr(error.what(), "UTF-8") != nullptr) stream_.fail("the header is not UTF-8");
    stream_.fail("the header is not JSON");
  }

 private:
  enum class place {
    file,
    names,
    before_metadata,
    metadata,
    before_tensor,
    tensor,
    type,
    before_shape,
    shape,
    before_offsets,
    offsets,
    done
  };
  static constexpr unsigned all_fields = 7;

  bool go(place next) {
    place_ = next;
    return true;
  }

  bool start_entry(const std::string& name) {
    if (name == "__metadata__") {
      if (std::exchange(has_metadata_, true))
        stream_.fail("the name '__metadata__' stands twice in the header");
      return go(place::before_metadata);
    }
    if (header_.tensors.size() == max_safetensors_entries)
      stream_.fail(
          "expected at most " + std::to_string(max_safetensors_entries) + " tensors, found more",
          "save them to several files");
    header_.tensors.emplace_back().name = name;
    header_.offsets.push_back({});
    fields_ = 0;
    offset_ = 0;
    return go(place::before_tensor);
  }

  bool start_field(const std::string& key) {
    constexpr std::array<const char*, 3> names{"dtype", "shape", "data_offsets"};
    constexpr std::array places{place::type, place::before_shape, place::before_offsets};
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (key != names[i]) continue;
      if ((fields_ >> i & 1) != 0) fail("has " + shown(key) + " twice");
      fields_ |= 1u << i;
      return go(places[i]);
    }
    fail("has " + shown(key) + ", which safetensors does not have");
  }

  [[noreturn]] void fail(const std::string& reason) const {
    stream_.fail("tensor " + shown(header_.tensors.back().name) + " " + reason);
  }

  [[noreturn]] void unexpected(const char* found) const {
    const char* expected = "an object";
    switch (place_) {
      case place::metadata: expected = "a text of metadata"; break;
      case place::type: expected = "the text of a dtype"; break;
      case place::before_shape: expected = "the array of a shape"; break;
      case place::before_offsets: expected = "an array of two data_offsets"; break;
      case place::shape: expected = "an extent, 0 or more"; break;
      case place::offsets: expected = "an offset, 0 or more"; break;
      default: break;
    }
    stream_.fail(std::string("expected ") + expected + ", found " + found);
  }

  const header_stream& stream_;
  safetensors_header& header_;
  place place_ = place::file;
  std::string* text_ = nullptr;
  std::size_t offset_ = 0;
  unsigned fields_ = 0;
  bool has_metadata_ = false;
};

}  // namespace detail
}  // namespace kd::io
