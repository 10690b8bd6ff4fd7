// SPDX-License-Identifier: MIT
// Tables of comma-separated values (RFC 4180, with lines that end in \n).
#pragma once
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <kd/error.hpp>
#include <kd/io/output_file.hpp>

namespace kd::io {

/// A cell: the shortest text that reads back as the same number, with '.' in every locale; or text.
class csv_cell {
 public:
  csv_cell(std::floating_point auto number) : text_(of_number(number)) {}
  csv_cell(std::integral auto number) : text_(std::to_string(number)) {}
  csv_cell(std::string text) : text_(quoted(std::move(text))) {}
  csv_cell(std::string_view text) : csv_cell(std::string(text)) {}
  csv_cell(const char* text) : csv_cell(std::string(text)) {}

  const std::string& text() const { return text_; }

 private:
  template <class T>
  static std::string of_number(T number) {
    if (number != number) return "nan";  // without a sign
    char text[64];
    return {text, std::to_chars(text, text + sizeof text, number).ptr};
  }
  static std::string quoted(std::string text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string inside;
    for (char letter : text) inside += letter == '"' ? std::string("\"\"") : std::string(1, letter);
    return '"' + inside + '"';
  }
  std::string text_;
};

/// A table that grows by rows, each handed to the system at once and whole.
class csv_writer {
 public:
  /// Begins a table: the file is emptied and gets the line of column names. Throws io_error if it
  /// cannot be written, value_error without columns.
  csv_writer(const std::string& path, const std::vector<std::string>& columns)
      : file_(path, detail::output_file::open_as::empty), columns_(columns.size()) {
    file_.write(line_of_names(columns));
  }

  /// Goes on with a table of which the first `rows` rows are kept, as a run does that was
  /// interrupted: later rows, and one that was cut in the middle, go. Begins one if there is none.
  /// Throws io_error if the file has fewer rows or other columns, which changes nothing.
  static csv_writer resume(const std::string& path, const std::vector<std::string>& columns,
                           std::int64_t rows) {
    return {path, columns, rows};
  }

  /// Appends a row of as many cells as there are columns. Throws value_error for another number,
  /// io_error if it cannot be written: then the table ends with the row before.
  void row(const std::vector<csv_cell>& cells) {
    if (cells.size() != columns_)
      throw value_error("kd: a row of " + std::to_string(cells.size()) + " cells for '" +
                        file_.path() + "', which has " + std::to_string(columns_) +
                        " columns; give a cell for each");
    file_.write(line(cells));
  }

 private:
  csv_writer(const std::string& path, const std::vector<std::string>& columns, std::int64_t rows)
      : file_(path, detail::output_file::open_as::existing), columns_(columns.size()) {
    const std::string names = line_of_names(columns), content = file_.content();
    if (content.empty()) {
      if (rows > 0) refuse("it is empty, and " + std::to_string(rows) + " rows are to be kept");
      file_.write(names);
      return;
    }
    if (content.compare(0, names.size(), names) != 0) refuse("its columns are others");
    std::size_t end = names.size();
    for (std::int64_t kept = 0; kept < rows; ++kept) {
      const std::size_t next = end_of_row(content, end);
      if (next == std::string::npos)
        refuse("it has " + std::to_string(kept) + " rows, and " + std::to_string(rows) +
               " are to be kept");
      end = next;
    }
    file_.cut(static_cast<std::int64_t>(end));
  }

  [[noreturn]] void refuse(const std::string& reason) const {
    throw io_error("kd: cannot go on with '" + file_.path() + "': " + reason +
                   "; move it away, and a new one is begun");
  }

  /// Behind the row that begins at `at`, or npos: a quoted line break ends no row.
  static std::size_t end_of_row(const std::string& content, std::size_t at) {
    bool inside = false;
    for (; at < content.size(); ++at) {
      if (content[at] == '"') inside = !inside;
      if (content[at] == '\n' && !inside) return at + 1;
    }
    return std::string::npos;
  }
  static std::string line(const std::vector<csv_cell>& cells) {
    std::string text;
    for (const csv_cell& cell : cells) text += (&cell == cells.data() ? "" : ",") + cell.text();
    return text + '\n';
  }
  static std::string line_of_names(const std::vector<std::string>& columns) {
    if (columns.empty())
      throw value_error("kd: a table needs at least one column; name them in the constructor");
    return line({columns.begin(), columns.end()});
  }

  detail::output_file file_;
  std::size_t columns_;
};

}  // namespace kd::io
