// SPDX-License-Identifier: MIT
#include <kd/io/safetensors.hpp>

#include <sys/stat.h>

#include <bit>
#include <cmath>
#include <random>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using kd::io::dtype;
using kd::io::tensor_entry;
using kd_test::temporary_folder;
using bytes = std::vector<std::uint8_t>;

namespace {

/// A file of this header and as many bytes of data.
bytes file_of(const std::string& json, std::size_t data = 0) {
  const auto size = std::bit_cast<std::array<std::uint8_t, 8>>(std::uint64_t{json.size()});
  bytes file(size.begin(), size.end());
  file.insert(file.end(), json.begin(), json.end());
  file.resize(file.size() + data, 1);
  return file;
}

/// What reading says, without the part with the path, which is checked.
std::string complaint(const temporary_folder& folder, const bytes& file) {
  const std::string path = folder.write("file", file);
  try {
    kd::io::read_safetensors(path);
  } catch (const kd::io_error& error) {
    const std::string text = error.what(), start = "kd: cannot read '" + path + "': ";
    CHECK(text.substr(0, start.size()) == start);
    CHECK(text.find("; ") != std::string::npos);
    return text.substr(std::min(start.size(), text.size()));
  }
  return "read";
}

template <class T>
std::vector<T> values(const kd::io::safetensors& file, const std::string& name) {
  const tensor_entry* entry = file.find(name);
  REQUIRE(entry);
  std::vector<T> to(entry->bytes.size() / sizeof(T));
  kd::io::copy_values(*entry, std::span(to));
  return to;
}

}  // namespace

TEST_CASE("safetensors: a file that the Python package wrote", "[io]") {
  const std::string path =
      std::filesystem::path(__FILE__).parent_path() / "data/python.safetensors";
  const auto file = kd::io::read_safetensors(path);
  CHECK(file.metadata() ==
        kd::io::text_metadata{{"maker", "python"}, {"note", "a \"quoted\"\nline, \u00fc"}});
  REQUIRE(file.tensors().size() == 10);
  CHECK(values<float>(file, "weight") == std::vector<float>{0, 0.25f, 0.5f, 0.75f, 1, 1.25f});
  CHECK(file.find("weight")->extents == std::vector<std::int64_t>{2, 3});
  CHECK(values<double>(file, "scale") == std::vector<double>{0.1, -1e300, INFINITY});
  CHECK(values<std::int64_t>(file, "count") == std::vector<std::int64_t>{-7});
  CHECK(file.find("count")->extents.empty());
  CHECK(values<std::uint64_t>(file, "bits") == std::vector<std::uint64_t>{~std::uint64_t{0}});
  CHECK(values<std::int32_t>(file, "labels") == std::vector<std::int32_t>{3, -1});
  CHECK(values<std::uint8_t>(file, "bytes") == std::vector<std::uint8_t>{0, 255});
  bool mask[3];
  kd::io::copy_values(*file.find("mask"), std::span<bool>(mask));
  CHECK((mask[0] && !mask[1] && mask[2]));
  CHECK(file.find("empty")->extents == std::vector<std::int64_t>{0, 4});
  CHECK(values<float>(file, "gewicht.\u00fc") == std::vector<float>{1.5f});
  const tensor_entry* half = file.find("half");
  CHECK(half->type == dtype::f16);
  CHECK(std::to_integer<int>(half->bytes[3]) == 0xc1);  // -2.5
  CHECK(file.find("none") == nullptr);
}

TEST_CASE("safetensors: values are copied into their own type and size only", "[io]") {
  const std::vector<float> from{1, 2};
  const auto entry = kd::io::entry_of("w", std::span(from));
  std::vector<double> wide(2);
  std::vector<float> more(3);
  CHECK_THROWS_WITH(kd::io::copy_values(entry, std::span(wide)),
                    "kd: 'w' holds F32, not F64; read it as what it holds");
  CHECK_THROWS_WITH(kd::io::copy_values(entry, std::span(more)),
                    "kd: 'w' holds 2 values, not 3; make room for as many");
}

TEST_CASE("safetensors: every rule of the format has its sentence", "[io]") {
  const temporary_folder folder;
  const auto says = [&](const bytes& file, const std::string& words) {
    const std::string found = complaint(folder, file);
    INFO(found);
    CHECK(found.find(words) != std::string::npos);
  };
  const auto header = [&](const std::string& json, const std::string& words) {
    says(file_of(json, 8), words);
  };
  const auto tensor = [](const std::string& shape, const std::string& offsets) {
    return R"({"w":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  CHECK(complaint(folder, file_of(tensor("[2]", "[0,8]"), 8)) == "read");
  CHECK(kd::io::read_safetensors(folder.write("plain", file_of("{}   "))).tensors().empty());

  says({}, "expected at least 8 bytes, found 0");
  says({1, 2, 3, 4, 5, 6, 7}, "expected at least 8 bytes, found 7");
  says({1, 0, 0, 0, 0, 0, 0, 0}, "expected a header of 1 bytes, found 0");
  says({0, 0, 0, 0, 0, 0, 0, 0}, "at byte 8: expected '{'");
  says({255, 255, 255, 255, 255, 255, 255, 255}, "at most 100000000 bytes, found a length of 1844");
  says({1, 225, 245, 5, 0, 0, 0, 0}, "at most 100000000 bytes, found a length of 100000001");

  header(" {}", "at byte 8: expected '{'");
  header("\xef\xbb\xbf{}", "at byte 8: expected '{'");
  header("{", "the header is not JSON");
  header("{}{}", "the header is not JSON");
  header("{\"a\":}", "the header is not JSON");
  header("{} // words", "the header is not JSON");
  header(std::string("{}\0 ", 4), "at byte 10: expected JSON, found a byte of zero");
  header("{\"a\xff\":{}}", "the header is not UTF-8");
  header("{\"a\xc0\x80\":{}}", "the header is not UTF-8");
  header("{\"\\ud800\":{}}", "the header is not");
  header("{\"" + std::string(70000, 'x') + "\":{}}", "at most 65536 bytes, found a longer one");
  header("{}" + std::string(70000, ' '), "found a longer one");
  header("{\"a\":" + std::string(70000, '['), "expected an object, found an array");
  header("{\"a\":" + std::string(70000, '1'), "found a longer one");
  header(R"({"a\"b\\":{"x":1}})", "tensor 'a\"b\\' has 'x', which safetensors does not have");

  header(R"({"w":[]})", "expected an object, found an array");
  header(R"({"w":1})", "expected an object, found a number");
  header(R"({"w":{}})", "tensor 'w' lacks one of dtype, shape and data_offsets");
  header(R"({"w":{"dtype":"F32","shape":[2]}})", "tensor 'w' lacks one of");
  header(R"({"w":{"dtype":"F32","dtype":"F32"}})", "tensor 'w' has 'dtype' twice");
  header(R"({"w":{"dtype":"F8_E4M3"}})",
         "has the dtype 'F8_E4M3', which kd does not know; save it");
  header(R"({"w":{"dtype":1}})", "expected the text of a dtype, found a number");
  header(R"({"w":{"dtype":null}})", "expected the text of a dtype, found null");
  header(R"({"w":{"shape":{}}})", "expected the array of a shape, found an object");
  header(R"({"w":{"shape":[[1]]}})", "expected an extent, 0 or more, found an array");
  header(tensor("[-1]", "[0,8]"), "expected an extent, 0 or more, found a negative number");
  header(tensor("[2.0]", "[0,8]"), "found a fraction or too large a number");
  header(tensor("[2e0]", "[0,8]"), "found a fraction or too large a number");
  header(tensor("[\"2\"]", "[0,8]"), "expected an extent, 0 or more, found a text");
  header(tensor("[true]", "[0,8]"), "found true or false");
  header(tensor("[99999999999999999999]", "[0,8]"), "found a fraction or too large a number");
  header(tensor("[18446744073709551615]", "[0,8]"), "beyond 2^63");
  header(tensor("[4294967296,4294967296]", "[0,8]"), "has a shape of 2^63 bytes or more");
  header(tensor("[4611686018427387904,4]", "[0,0]"), "has a shape of 2^63 bytes or more");
  header(tensor("[1,1,1,1,1,1,1,1,2]", "[0,8]"), "has more than 8 axes");
  header(tensor("[2]", "[0]"), "needs two data_offsets");
  header(tensor("[2]", "[0,8,8]"), "needs two data_offsets");
  header(tensor("[2]", "[-0,8]"), "expected an offset, 0 or more, found a negative number");
  header(tensor("[2]", "[8,0]"), "tensor 'w' ends before it begins");
  header(tensor("[3]", "[0,12]"), "tensor 'w' ends at byte 12 of 8");
  header(tensor("[2]", "[18446744073709551608,18446744073709551615]"), "ends at byte 1844");
  header(tensor("[1]", "[0,8]"), "tensor 'w' has 8 bytes, and its shape 4");
  header(tensor("[1]", "[4,8]"), "tensor 'w' begins behind a hole");
  header(tensor("[1]", "[0,4]"), "expected 4 bytes of tensors, found 4 more behind them");
  header("{}", "expected 0 bytes of tensors, found 8 more");

  const std::string a = R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})",
                    b = R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})",
                    all = R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})",
                    none = R"({"dtype":"F32","shape":[0],"data_offsets":[2,2]})";
  header("{\"a\":" + a + ",\"b\":" + b + "}", "read");
  header("{\"b\":" + b + ",\"a\":" + a + "}", "read");
  header("{\"a\":" + a + ",\"a\":" + b + "}", "tensor 'a' stands twice in the header");
  header("{\"a\":" + all + ",\"b\":" + all + "}", "overlaps another");
  header("{\"a\":" + all + ",\"b\":" + b + "}", "tensor 'b' overlaps another");
  header("{\"a\":" + all + ",\"c\":" + none + "}", "tensor 'c' overlaps another");

  header("{\"a\":" + all + R"(,"__metadata__":{}})", "read");
  header(R"({"__metadata__":{},"__metadata__":{}})", "'__metadata__' stands twice");
  header(R"({"__metadata__":{"a":"","a":""}})", "the name 'a' stands twice in the metadata");
  header(R"({"__metadata__":{"a":1}})", "expected a text of metadata, found a number");
  header(R"({"__metadata__":{"a":{}}})", "expected a text of metadata, found an object");
  header(R"({"__metadata__":"a"})", "expected an object, found a text");
}

TEST_CASE("safetensors: what is no file is refused at once", "[io]") {
  const temporary_folder folder;
  const auto says = [&](const std::string& path, const std::string& words) {
    CHECK_THROWS_WITH(kd::io::read_safetensors(path), Catch::Contains(words));
    CHECK_THROWS_AS(kd::io::read_safetensors(path), kd::io_error);
  };
  says(folder / "none", "/none': No such file or directory; look at the path");
  says(folder.path, "not a regular file; name another file");
  says("/dev/zero", "not a regular file");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  says(folder / "pipe", "not a regular file");
}

TEST_CASE("safetensors: flipped and cut files are read or refused, never more", "[io]") {
  const temporary_folder folder;
  const bytes good =
      kd_test::content(std::filesystem::path(__FILE__).parent_path() / "data/python.safetensors");
  REQUIRE(good.size() > 500);
  std::mt19937 random(7);
  const auto below = [&](std::size_t n) { return random() % n; };
  int refused = 0;
  for (int round = 0; round < 10000; ++round) {
    bytes file = good;
    // Most of them in the header, and half of those with digits and signs that JSON knows.
    for (std::size_t flips = 1 + below(3); flips > 0; --flips) {
      const std::size_t at = below(below(8) == 0 ? file.size() : 680);
      if (below(2) == 0) file[at] ^= static_cast<std::uint8_t>(1u << below(8));
      else file[at] = static_cast<std::uint8_t>("0123456789-.e[]{},:\" \\u"[below(23)]);
    }
    if (below(4) == 0) file.resize(below(file.size()));
    try {
      const auto read = kd::io::read_safetensors(folder.write("file", file));
      std::size_t sum = 0;
      for (const tensor_entry& entry : read.tensors())
        for (const std::byte b : entry.bytes) sum += std::to_integer<std::size_t>(b);
      CHECK(sum < 255 * file.size());
    } catch (const kd::io_error& error) {
      ++refused;
      CHECK(std::string(error.what()).rfind("kd: cannot read '", 0) == 0);
    }
  }
  CHECK(refused > 5000);
  CHECK(refused < 10000);
}
