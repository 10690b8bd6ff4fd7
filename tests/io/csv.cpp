// SPDX-License-Identifier: MIT
#include <kd/io/csv.hpp>

#include <clocale>
#include <limits>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "support/text_file.hpp"

using kd::io::csv_writer;

TEST_CASE("csv: a header once, then rows, each in the file at once", "[io]") {
  const kd_test::temporary_folder folder;
  const std::string path = folder / "metrics.csv";
  csv_writer table(path, {"epoch", "loss", "model"});
  CHECK(kd_test::text_of(path) == "epoch,loss,model\n");
  table.row({1, 0.5, "teacher"});
  CHECK(kd_test::text_of(path) == "epoch,loss,model\n1,0.5,teacher\n");
  table.row({std::int64_t{1} << 40, 0.1f, std::string("student, alone")});
  CHECK(kd_test::text_of(path) ==
        "epoch,loss,model\n1,0.5,teacher\n1099511627776,0.1,\"student, alone\"\n");
  CHECK_THROWS_WITH(table.row({1, 2}), "kd: a row of 2 cells for '" + path +
                                           "', which has 3 columns; give a cell for each");
  CHECK_THROWS_AS(csv_writer(path, {}), kd::value_error);
}

TEST_CASE("csv: numbers are the shortest text that reads back, in every locale", "[io]") {
  using kd::io::csv_cell;
  const std::string before = std::setlocale(LC_ALL, nullptr);
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  CHECK(csv_cell(0.1).text() == "0.1");
  CHECK(csv_cell(0.1f).text() == "0.1");
  CHECK(csv_cell(1.0 / 3).text() == "0.3333333333333333");
  CHECK(csv_cell(1e300).text() == "1e+300");
  CHECK(csv_cell(-0.0).text() == "-0");
  CHECK(csv_cell(-std::numeric_limits<double>::quiet_NaN()).text() == "nan");
  CHECK(csv_cell(std::numeric_limits<double>::infinity()).text() == "inf");
  CHECK(csv_cell(UINT64_MAX).text() == "18446744073709551615");
  std::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("csv: quotes and line breaks are quoted", "[io]") {
  using kd::io::csv_cell;
  CHECK(csv_cell("a \"b\"").text() == "\"a \"\"b\"\"\"");
  CHECK(csv_cell("a\nb").text() == "\"a\nb\"");
  CHECK(csv_cell("a b;c").text() == "a b;c");
}

TEST_CASE("csv: a table that was interrupted goes on behind the rows that are kept", "[io]") {
  const kd_test::temporary_folder folder;
  const std::string path = folder / "metrics.csv";
  const std::vector<std::string> columns{"epoch", "note"};
  kd_test::write_text(path, "epoch,note\n1,\"two\nlines\"\n2,b\n3,c\n4,");  // killed in the fourth
  {
    auto table = csv_writer::resume(path, columns, 2);
    CHECK(kd_test::text_of(path) == "epoch,note\n1,\"two\nlines\"\n2,b\n");
    table.row({3, "again"});
  }
  CHECK(kd_test::text_of(path) == "epoch,note\n1,\"two\nlines\"\n2,b\n3,again\n");
  { csv_writer::resume(path, columns, 3).row({4, "d"}); }
  CHECK(kd_test::text_of(path) == "epoch,note\n1,\"two\nlines\"\n2,b\n3,again\n4,d\n");
  csv_writer::resume(folder / "new.csv", columns, 0);
  CHECK(kd_test::text_of(folder / "new.csv") == "epoch,note\n");
}

TEST_CASE("csv: a table that is another one is left alone", "[io]") {
  const kd_test::temporary_folder folder;
  const std::string path = folder / "metrics.csv", before = "epoch,note\n1,a\n2,";
  const std::string start = "kd: cannot go on with '" + path + "': ",
                    remedy = "; move it away, and a new one is begun";
  kd_test::write_text(path, before);
  CHECK_THROWS_WITH(csv_writer::resume(path, {"epoch", "loss"}, 1),
                    start + "its columns are others" + remedy);
  CHECK_THROWS_WITH(csv_writer::resume(path, {"epoch", "note"}, 2),
                    start + "it has 1 rows, and 2 are to be kept" + remedy);
  CHECK(kd_test::text_of(path) == before);
  kd_test::write_text(path, "");
  CHECK_THROWS_WITH(csv_writer::resume(path, {"epoch"}, 1),
                    start + "it is empty, and 1 rows are to be kept" + remedy);
}
