// SPDX-License-Identifier: MIT
// An objective on networks: its gradient with respect to the student's parameters against central differences.
#include <kd/kd.hpp>
#include <kd/nn.hpp>
#include <kd/train.hpp>
#include "support/catch.hpp"
#include "support/differences.hpp"

using namespace kd::axes;
namespace nn = kd::nn;

namespace {

using teacher_network = nn::network<nn::image<1, 6, 6>, nn::conv<"conv1", 3, 3>, nn::relu,
                                    nn::max_pool<2>, nn::flatten, nn::linear<"logits", 4>>;
using student_network = nn::network<nn::image<1, 6, 6>, nn::conv<"conv1", 2, 3>, nn::relu,
                                    nn::max_pool<2>, nn::flatten, nn::linear<"logits", 4>>;

constexpr auto zs = kd::student<"logits", batch, classes>;
constexpr auto zt = kd::teacher<"logits", batch, classes>;
constexpr auto fs = kd::student<"conv1", batch, channel, height, width>;
constexpr auto ft = kd::teacher<"conv1", batch, teacher_channel, height, width>;
constexpr auto y = kd::labels<"y", batch>;

std::vector<float> pictures(std::int64_t count) {
  std::vector<float> images(static_cast<std::size_t>(36 * count));
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(nn::random_bits(1, 2, i) >> 40) / 16777216.f;
  return images;
}

}  // namespace

TEST_CASE(
    "the objective's gradient reaches the student's parameters through every layer it names") {
  const auto images = pictures(3);
  const std::vector<int> labels{0, 3, 1};
  nn::model<teacher_network> teacher(1);
  nn::model<student_network> student(2);
  auto objective = kd::train::on_networks(kd::soft_targets(zs, zt, y, {.temperature = 2}) +
                                          2.0 * kd::similarity_preserving(fs, ft));
  teacher.forward(images.data(), 3);
  const auto value = [&] {
    student.forward(images.data(), 3);
    return objective(kd::at(0), student, teacher, labels).value();
  };
  value();
  const std::vector<float> gradient(student.gradients().begin(), student.gradients().end());
  kd::test::largest error, size;
  for (std::size_t i = 0; i < gradient.size(); i += 3) {
    const float at = student.parameters()[i], step = 1e-2f;
    student.parameters()[i] = at + step;
    const double up = value();
    student.parameters()[i] = at - step;
    const double down = value();
    student.parameters()[i] = at;
    error((up - down) / (2 * step) - static_cast<double>(gradient[i]));
    size(static_cast<double>(gradient[i]));
  }
  CHECK(size.value() > 0.01);
  CHECK(error.value() < 0.02 * size.value());  // float, and relu bends
}

TEST_CASE("a view of a layer is no layer: its source is bound, once") {
  const auto images = pictures(3);
  nn::model<student_network> student(2);
  const auto gradient_of = [&](auto objective) {
    student.forward(images.data(), 3);
    objective(kd::at(0), student, kd::train::no_teacher{}, std::vector<int>{});
    return std::vector<float>(student.gradients().begin(), student.gradients().end());
  };
  const auto places = kd::merge<space, height, width>(fs);
  const auto merged =
      gradient_of(kd::train::on_networks(kd::mean<batch, channel, space>(kd::square(places))));
  const auto whole =
      gradient_of(kd::train::on_networks(kd::mean<batch, channel, height, width>(kd::square(fs))));
  CHECK(kd::test::largest_of(whole.data(), whole.size()) > 0.001);
  CHECK(kd::test::largest_difference(merged.data(), whole.data(), whole.size()) < 1e-6);
}

TEST_CASE("recorded logits stand for the teacher") {
  kd::io::labelled_images set{5, 6, 6, 1, pictures(5), {0, 1, 2, 3, 0}, 4};
  nn::model<teacher_network> teacher(1);
  nn::model<student_network> student(2);
  auto objective = kd::train::on_networks(kd::kl_divergence(zs, zt));
  kd::train::recorded soft(teacher, set);
  soft.run_all(2);
  kd::train::for_each_batch(set, {4, 1, 2}, 8, [&](const kd::train::batch& b) {
    student.forward(b.images.data(), b.size());
    soft.select(b);
    const double recorded = objective(kd::at(0), student, soft, b.labels).value();
    teacher.forward(b.images.data(), b.size());
    CHECK(recorded == objective(kd::at(0), student, teacher, b.labels).value());
  });
}
