// SPDX-License-Identifier: MIT
#pragma once
#include <kd/io/safetensors.hpp>

namespace kd::io {

namespace detail {

/// A text in JSON's quotes.
inline std::string json_text(const std::string& text) {
  if (text.size() > max_safetensors_text)
    throw value_error("kd: the text " + shown(text) + " has more than " +
                      std::to_string(max_safetensors_text) +
                      " bytes; keep long texts in tensors of U8");
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::exception&) {
    throw value_error("kd: a name or text for a file is not UTF-8; convert it");
  }
}

/// Throws unless a file may hold this entry.
inline void check_entry(const tensor_entry& entry) {
  std::int64_t bytes = 0;
  if (!count_bytes(entry.type, entry.extents, bytes) ||
      static_cast<std::uint64_t>(bytes) != entry.bytes.size())
    throw shape_error("kd: the tensor " + shown(entry.name) + " has " +
                      std::to_string(entry.bytes.size()) +
                      " bytes, which its extents do not make; give it the extents of its values");
  if (entry.extents.size() > max_safetensors_axes)
    throw shape_error("kd: the tensor " + shown(entry.name) + " has more than " +
                      std::to_string(max_safetensors_axes) + " axes; join some");
  if (entry.name == "__metadata__")
    throw value_error("kd: no tensor may have the name '__metadata__'; give it another");
}

inline void check_entries(std::span<const tensor_entry> entries, const text_metadata& metadata) {
  if (std::max(entries.size(), metadata.size()) > max_safetensors_entries)
    throw value_error("kd: a file holds at most " + std::to_string(max_safetensors_entries) +
                      " tensors and as many texts; write several files");
  for (const tensor_entry& entry : entries) check_entry(entry);
  const auto order = order_by(entries.size(), [&](std::uint32_t a, std::uint32_t b) {
    return entries[a].name < entries[b].name;
  });
  for (std::size_t k = 1; k < order.size(); ++k)
    if (entries[order[k - 1]].name == entries[order[k]].name)
      throw value_error("kd: two tensors have the name " + shown(entries[order[k]].name) +
                        "; give one another");
}

inline std::string json_entry(const tensor_entry& entry, std::size_t begin) {
  std::string text = json_text(entry.name) + ":{\"dtype\":\"" + std::string(name_of(entry.type)) +
                     "\",\"shape\":[";
  for (std::size_t axis = 0; axis < entry.extents.size(); ++axis)
    text += (axis == 0 ? "" : ",") + std::to_string(entry.extents[axis]);
  return text + "],\"data_offsets\":[" + std::to_string(begin) + "," +
         std::to_string(begin + entry.bytes.size()) + "]}";
}

/// Length and JSON; the arrays lie in this order behind it, and are aligned if the header is.
inline std::string safetensors_header_text(std::span<const tensor_entry> entries,
                                           std::span<const std::uint32_t> order,
                                           const text_metadata& metadata) {
  std::string json = "{\"__metadata__\":{", comma;
  for (const auto& [key, text] : metadata) {
    json += comma + json_text(key) + ":" + json_text(text);
    comma = ",";
  }
  json += "}";
  std::size_t begin = 0;
  for (const std::uint32_t i : order) {
    json += "," + json_entry(entries[i], begin);
    begin += entries[i].bytes.size();
  }
  json += "}";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  if (json.size() > max_safetensors_header)
    throw value_error("kd: the names and texts of a file have more than " +
                      std::to_string(max_safetensors_header) + " bytes; leave some out");
  const auto size = std::bit_cast<std::array<char, 8>>(std::uint64_t{json.size()});
  return std::string(size.begin(), size.end()) + json;
}

}  // namespace detail

/// Writes a file of arrays, or leaves the old one whole, as write_file_atomically does. Throws
/// value_error for names or texts that a file cannot have, shape_error for bytes that do not fit
/// the extents, io_error with path and reason. The same arguments give the same bytes.
inline void write_safetensors(const std::string& path, std::span<const tensor_entry> entries,
                              const text_metadata& metadata = {}, const file_system& files = {}) {
  detail::check_entries(entries, metadata);
  const auto order = detail::order_by(entries.size(), [&](std::uint32_t a, std::uint32_t b) {
    const std::size_t size_a = size_of(entries[a].type), size_b = size_of(entries[b].type);
    return size_a != size_b ? size_a > size_b : entries[a].name < entries[b].name;
  });
  const std::string header = detail::safetensors_header_text(entries, order, metadata);
  std::vector<std::span<const std::byte>> pieces{std::as_bytes(std::span(header))};
  for (const std::uint32_t i : order) pieces.push_back(entries[i].bytes);
  write_file_atomically(path, pieces, files);
}

}  // namespace kd::io
