// SPDX-License-Identifier: MIT
#include <kd/nn/weight_extents.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <kd/nn.hpp>
#include <kd/train.hpp>
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace nn = kd::nn;

namespace {

using network = nn::network<nn::image<2, 6, 6>, nn::conv<"c1", 4, 3>, nn::batch_norm, nn::relu,
                            nn::conv<"c2", 6, 1, 1, 0, 2>, nn::depthwise_conv<"d", 3, 2>,
                            nn::flatten, nn::linear<"logits", 3>>;

}  // namespace

TEST_CASE("weight_extents: as weights lie in memory", "[nn]") {
  std::vector<std::vector<std::int64_t>> found;
  for (const nn::layer_plan& p : network::layers)
    if (p.weights > 0) {
      found.push_back(nn::weight_extents(p));
      std::int64_t size = 1;
      for (const std::int64_t extent : found.back()) size *= extent;
      CHECK(size == p.weights);
    }
  CHECK(found == std::vector<std::vector<std::int64_t>>{
                     {3, 3, 2, 4}, {4}, {2, 1, 1, 2, 3}, {3, 3, 6}, {54, 3}});
}

TEST_CASE("weight_extents: a model is saved and loaded by itself, with its extents", "[nn]") {
  const kd_test::temporary_folder folder;
  const std::string path = folder.path / "model.safetensors";
  nn::model<network> saved(1), loaded(2);
  kd::train::save_checkpoint(path, saved, {{"network", "small"}});
  const auto file = kd::io::read_safetensors(path);
  CHECK(file.find("c1.weight")->extents == std::vector<std::int64_t>{3, 3, 2, 4});
  CHECK(file.find("layer1.running_mean")->extents == std::vector<std::int64_t>{4});
  // As one of several parts, too.
  kd::train::together all(kd::train::part{"model", saved});
  kd::train::save_checkpoint(folder.path / "all", all);
  CHECK(kd::io::read_safetensors(folder.path / "all").find("model.d.weight")->extents ==
        std::vector<std::int64_t>{3, 3, 6});
  CHECK(kd::train::load_checkpoint(path, loaded).at("network") == "small");
  CHECK(std::ranges::equal(saved.parameters(), loaded.parameters()));
}
