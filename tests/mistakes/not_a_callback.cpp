// SPDX-License-Identifier: MIT
// expect: kd: a callback of fit is a function of fit_state&, or has before_training
#include <kd/nn.hpp>
#include <kd/train.hpp>
namespace nn = kd::nn;

#ifdef KD_MISTAKE
struct counter {
  int epochs = 0;
  void after_epochs(kd::train::fit_state&) { ++epochs; }
};
#else
struct counter {
  int epochs = 0;
  void after_epoch(kd::train::fit_state&) { ++epochs; }
};
#endif

using network = nn::network<nn::features<4>, nn::linear<"logits", 2>>;

void train(nn::model<network>& model, nn::sgd<float>& optimiser,
           const kd::io::labelled_images& set) {
  const auto step = [](double, const kd::train::batch&) { return 1.0; };
  kd::train::fit(model, optimiser, set, {}, {}, step, counter{});
}
