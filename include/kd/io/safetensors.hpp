// SPDX-License-Identifier: MIT
// safetensors, the format of arrays with names, without code:
//   N: 8 bytes, little-endian | N bytes of JSON, padded with spaces | the arrays, row-major, in one
//   row without holes
//   {"__metadata__": {text: text},
//    name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
// Every malformed file gives an io_error with path and reason. Reading takes the file's size of
// memory and at most 1 MiB more, whatever its header says.
#pragma once
#include <bit>
#include <memory>
#include <new>
#include <numeric>
#include <string>
#include <vector>

#include <kd/io/atomic_file.hpp>
#include <kd/io/safetensors_header.hpp>

namespace kd::io {

static_assert(std::endian::native == std::endian::little, "kd: files are little-endian");

/// A file's arrays and its metadata.
class safetensors {
 public:
  safetensors(std::vector<tensor_entry> tensors, text_metadata metadata,
              std::unique_ptr<std::byte[]> bytes)
      : tensors_(std::move(tensors)), metadata_(std::move(metadata)), bytes_(std::move(bytes)) {}

  /// In the order of their names; the bytes live as long as this.
  const std::vector<tensor_entry>& tensors() const { return tensors_; }
  const text_metadata& metadata() const { return metadata_; }

  /// Null if there is none of this name.
  const tensor_entry* find(const std::string& name) const {
    const auto found = std::lower_bound(
        tensors_.begin(), tensors_.end(), name,
        [](const tensor_entry& entry, const std::string& n) { return entry.name < n; });
    return found != tensors_.end() && found->name == name ? &*found : nullptr;
  }

 private:
  std::vector<tensor_entry> tensors_;
  text_metadata metadata_;
  std::unique_ptr<std::byte[]> bytes_;
};

namespace detail {

template <class Less>
std::vector<std::uint32_t> order_by(std::size_t count, Less less) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), less);
  return order;
}

/// Throws io_error unless names are unique and the arrays lie in one row, from the header's end to
/// the file's.
class layout_check {
 public:
  layout_check(const std::string& path, const safetensors_header& header, std::uint64_t data)
      : path_(path), header_(header), data_(data) {}

  void all() const {
    for (std::size_t i = 0; i < header_.tensors.size(); ++i) entry(i);
    names();
    row();
  }

 private:
  void entry(std::size_t i) const {
    const tensor_entry& tensor = header_.tensors[i];
    const auto [begin, end] = header_.offsets[i];
    std::int64_t bytes = 0;
    if (!count_bytes(tensor.type, tensor.extents, bytes))
      fail(i, "has a shape of 2^63 bytes or more");
    if (begin > end) fail(i, "ends before it begins");
    if (end > data_) fail(i, "ends at byte " + number(end) + " of " + number(data_));
    if (end - begin != static_cast<std::uint64_t>(bytes))
      fail(i, "has " + number(end - begin) + " bytes, and its shape " +
                  number(static_cast<std::uint64_t>(bytes)));
  }

  void names() const {
    const auto name = [&](std::uint32_t i) -> const std::string& {
      return header_.tensors[i].name;
    };
    const auto order = order_by(header_.tensors.size(), [&](std::uint32_t a, std::uint32_t b) {
      return name(a) < name(b);
    });
    for (std::size_t k = 1; k < order.size(); ++k)
      if (name(order[k - 1]) == name(order[k])) fail(order[k], "stands twice in the header");
  }

  void row() const {
    const auto& offsets = header_.offsets;
    const auto order = order_by(
        offsets.size(), [&](std::uint32_t a, std::uint32_t b) { return offsets[a] < offsets[b]; });
    std::uint64_t end = 0;
    for (const std::uint32_t i : order) {
      if (offsets[i][0] < end) fail(i, "overlaps another");
      if (offsets[i][0] > end) fail(i, "begins behind a hole");
      end = offsets[i][1];
    }
    if (end != data_)
      fail_on("read", path_,
              "expected " + number(end) + " bytes of tensors, found " + number(data_ - end) +
                  " more behind them",
              header_stream::damaged);
  }

  static std::string number(std::uint64_t value) { return std::to_string(value); }
  [[noreturn]] void fail(std::size_t i, const std::string& reason) const {
    fail_on("read", path_, "tensor " + shown(header_.tensors[i].name) + " " + reason,
            header_stream::damaged);
  }

  const std::string& path_;
  const safetensors_header& header_;
  std::uint64_t data_;
};

inline safetensors_header read_safetensors_header(input_file& file) {
  const auto fail = [&](const std::string& reason) {
    fail_on("read", file.path(), reason, header_stream::damaged);
  };
  if (file.size() < 8) fail("expected at least 8 bytes, found " + std::to_string(file.size()));
  std::array<std::byte, 8> bytes{};
  file.read(bytes);
  const auto size = std::bit_cast<std::uint64_t>(bytes);
  if (size > max_safetensors_header)
    fail("expected a header of at most " + std::to_string(max_safetensors_header) +
         " bytes, found a length of " + std::to_string(size));
  if (size > file.size() - 8)
    fail("expected a header of " + std::to_string(size) + " bytes, found " +
         std::to_string(file.size() - 8));

  safetensors_header header;
  header_stream stream(file, size);
  if (stream.done() || stream.current() != '{') stream.fail("expected '{'");
  header_parser parser(stream, header);
  nlohmann::json::sax_parse(header_iterator{&stream}, header_iterator{}, &parser);
  layout_check(file.path(), header, file.size() - file.at()).all();
  return header;
}

}  // namespace detail

/// Reads a file of arrays. Throws io_error with path and reason.
inline safetensors read_safetensors(const std::string& path) {
  detail::input_file file(path);
  detail::safetensors_header header = detail::read_safetensors_header(file);
  const auto size = static_cast<std::size_t>(file.size() - file.at());
  std::unique_ptr<std::byte[]> bytes(new (std::nothrow) std::byte[size]);
  if (!bytes)
    detail::fail_on("read", path, "there is no memory for its " + std::to_string(size) + " bytes",
                    "free some");
  file.read({bytes.get(), size});
  for (std::size_t i = 0; i < header.tensors.size(); ++i) {
    const auto [begin, end] = header.offsets[i];
    header.tensors[i].bytes = {bytes.get() + begin, static_cast<std::size_t>(end - begin)};
  }
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const tensor_entry& a, const tensor_entry& b) { return a.name < b.name; });
  return {std::move(header.tensors), std::move(header.metadata), std::move(bytes)};
}

}  // namespace kd::io
