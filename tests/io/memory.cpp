// SPDX-License-Identifier: MIT
// Memory while files are read, counted by an operator new. Not with sanitizers, which have their own.
#include <kd/io/safetensors.hpp>

#include <malloc.h>

#include <bit>
#include <cstdlib>
#include <new>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {
std::size_t now = 0, most = 0;

void* counted(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) return nullptr;
  now += ::malloc_usable_size(memory);
  most = std::max(most, now);
  return memory;
}
void uncounted(void* memory) {
  if (memory != nullptr) now -= ::malloc_usable_size(memory);
  std::free(memory);
}
}  // namespace

void* operator new(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return counted(size); }
void operator delete(void* memory) noexcept { uncounted(memory); }
void operator delete[](void* memory) noexcept { uncounted(memory); }
void operator delete(void* memory, std::size_t) noexcept { uncounted(memory); }
void operator delete[](void* memory, std::size_t) noexcept { uncounted(memory); }

TEST_CASE("safetensors: memory is the file's size and at most 1 MiB", "[io]") {
  const kd_test::temporary_folder folder;
  // Bytes that were taken beyond the file's own.
  const auto beyond = [&](const std::string& json, std::size_t data) {
    const auto size = std::bit_cast<std::array<std::uint8_t, 8>>(std::uint64_t{json.size()});
    std::vector<std::uint8_t> file(size.begin(), size.end());
    file.insert(file.end(), json.begin(), json.end());
    file.resize(file.size() + data);
    const std::string path = folder.write("file", file);
    const std::size_t before = now;
    most = now;
    try {
      kd::io::read_safetensors(path);
    } catch (const kd::io_error&) {}
    return static_cast<std::int64_t>(most - before) - static_cast<std::int64_t>(file.size());
  };
  std::string tensors = "{", axes = "{", texts = R"("__metadata__":{)";
  for (int i = 0; i < 4096; ++i) {
    const std::string comma = i == 0 ? "" : ",", name = "\"" + std::to_string(i) + "\":";
    tensors += comma + name + R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
    axes += comma + name + R"({"dtype":"U8","shape":[0,1,1,1,1,1,1,1],"data_offsets":[0,0]})";
    texts += comma + name + "\"\"";
  }
  constexpr std::int64_t limit = 1 << 20;
  CHECK(beyond(R"({"w":{"dtype":"U8","shape":[50000000],"data_offsets":[0,50000000]}})",
               50'000'000) < 10'000);
  CHECK(beyond(tensors + "}", 0) < limit);
  CHECK(beyond(axes + "}", 0) < limit);
  CHECK(beyond("{" + texts + "}}", 0) < limit);
  CHECK(beyond(axes + "," + texts + "}}", 0) < limit);
  CHECK(beyond(axes + "," + texts + "},\"" + std::string(60000, 'x') + "\":1", 0) < limit);
  CHECK(beyond("{\"a\":" + std::string(60000, '1'), 0) < limit);
  CHECK(beyond(std::string(3'000'000, '['), 0) < limit);
  CHECK(beyond("{" + std::string(3'000'000, ' '), 0) < limit);
  CHECK(beyond("{\"" + std::string(3'000'000, 'x'), 0) < limit);
}
