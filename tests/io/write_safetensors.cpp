// SPDX-License-Identifier: MIT
#include <kd/io/write_safetensors.hpp>

#include <algorithm>
#include <cstddef>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using kd::io::dtype;
using kd::io::tensor_entry;
using kd_test::temporary_folder;
using bytes = std::vector<std::uint8_t>;

namespace {

/// An entry with bytes 0, 1, 2, ...
struct some_bytes {
  std::vector<std::byte> all = [] {
    std::vector<std::byte> b(1000);
    for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<std::byte>(i);
    return b;
  }();
  tensor_entry entry(const std::string& name, dtype type,
                     const std::vector<std::int64_t>& extents) const {
    std::size_t count = kd::io::size_of(type);
    for (const std::int64_t extent : extents) count *= static_cast<std::size_t>(extent);
    return {name, type, extents, std::span(all).first(count)};
  }
};

}  // namespace

TEST_CASE("safetensors: what was written is read", "[io]") {
  const temporary_folder folder;
  const some_bytes bytes_of;
  const std::vector<tensor_entry> entries{
      bytes_of.entry("f64", dtype::f64, {2, 3}),
      bytes_of.entry("f32", dtype::f32, {}),
      bytes_of.entry("f16", dtype::f16, {3}),
      bytes_of.entry("bf16", dtype::bf16, {1, 1, 5}),
      bytes_of.entry("i64", dtype::i64, {1}),
      bytes_of.entry("u64", dtype::u64, {2}),
      bytes_of.entry("i32", dtype::i32, {7}),
      bytes_of.entry("u8", dtype::u8, {9}),
      bytes_of.entry("bool", dtype::boolean, {3}),
      bytes_of.entry("", dtype::f32, {0, 4}),
      bytes_of.entry("a \"b\" \\ \n \u00fc", dtype::f32, {1, 2, 1, 2, 1, 2, 1, 2})};
  const kd::io::text_metadata metadata{{"", "x"}, {"k", ""}, {"\t\"", "\u20ac {}[],:"}};
  const std::string path = folder / "a";
  kd::io::write_safetensors(path, entries, metadata);
  const auto file = kd::io::read_safetensors(path);
  CHECK(file.metadata() == metadata);
  REQUIRE(file.tensors().size() == entries.size());
  for (const tensor_entry& entry : entries) {
    INFO(entry.name);
    const tensor_entry* found = file.find(entry.name);
    REQUIRE(found);
    CHECK(found->type == entry.type);
    CHECK(found->extents == entry.extents);
    CHECK(std::equal(found->bytes.begin(), found->bytes.end(), entry.bytes.begin(),
                     entry.bytes.end()));
    // Aligned, in the file as well.
    CHECK(reinterpret_cast<std::uintptr_t>(found->bytes.data()) % kd::io::size_of(entry.type) == 0);
  }
  kd::io::write_safetensors(folder / "b", entries, metadata);
  CHECK(kd_test::content(path) == kd_test::content(folder / "b"));
  CHECK(kd_test::content(path)[0] % 8 == 0);

  kd::io::write_safetensors(path, {});
  CHECK(kd::io::read_safetensors(path).tensors().empty());
}

TEST_CASE("safetensors: what cannot be written leaves the old file", "[io]") {
  const temporary_folder folder;
  const some_bytes bytes_of;
  const std::string path = folder.write("a", {1, 2, 3});
  const auto says = [&](const std::vector<tensor_entry>& entries, const std::string& words,
                        const kd::io::text_metadata& metadata = {}) {
    CHECK_THROWS_WITH(kd::io::write_safetensors(path, entries, metadata), Catch::Contains(words));
    CHECK(kd_test::content(path) == bytes{1, 2, 3});
  };
  const auto one = bytes_of.entry("one", dtype::f32, {1});
  auto other = one;
  says({one, other}, "two tensors have the name 'one'; give one another");
  other.extents = {2};
  says({other}, "kd: the tensor 'one' has 4 bytes, which its extents do not make");
  other.extents = {-1, -1};
  says({other}, "which its extents do not make");
  other.extents = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  says({other}, "more than 8 axes");
  other = one;
  other.name = "__metadata__";
  says({other}, "'__metadata__'; give it another");
  other.name = "\xff";
  says({other}, "not UTF-8");
  says({one}, "not UTF-8", {{"k", "\xc0\x80"}});
  says({one}, "more than 65536 bytes; keep long texts", {{"k", std::string(65537, 'x')}});
  says(std::vector<tensor_entry>(4097, one), "at most 4096 tensors");
}
