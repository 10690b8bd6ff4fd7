// SPDX-License-Identifier: MIT
// Batch normalisation, per channel, over all samples and pixels of a batch.
//   y = scale * n + shift,  n = (x - mean) / sqrt(variance + epsilon)
//   dx = scale / sqrt(variance + epsilon) * (dy - mean of dy - n * mean of (dy * n))
// Training uses the batch's mean and biased variance and moves the running ones a tenth of the way
// to the batch's mean and unbiased variance, as PyTorch does. Evaluation uses the running ones,
// which are constants to a backward after it.
// Ioffe, Szegedy. Batch Normalization. ICML 2015. arXiv:1502.03167, algorithms 1 and 2.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

#include <kd/nn/lanes.hpp>
#include <kd/nn/layer.hpp>

namespace kd::nn {
namespace detail {

inline constexpr double batch_norm_epsilon = 1e-5;
inline constexpr double batch_norm_momentum = 0.1;

/// The number of values per channel in these samples.
constexpr std::int64_t values_per_channel(const layer_plan& p, std::int64_t samples) {
  return samples * (p.input.size() / p.input.channels);
}

/// Adds term(row) of all rows; four chains of additions, because one would wait for each.
template <int Lanes, class Term>
vector<double, Lanes> sum_rows(std::int64_t rows, const Term& term) {
  vector<double, Lanes> sums[4]{};
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4)
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) sums[i] += term(row + i);
  for (; row < rows; ++row) sums[0] += term(row);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Joins two sets of numbers, of which mean and sum of squared deviations are known.
/// Chan, Golub, LeVeque. Updating Formulae and a Pairwise Algorithm for Computing Sample Variances.
template <class Number>
void join_moments(Number& mean, Number& squares, double count, Number new_mean, Number new_squares,
                  double new_count) {
  const Number distance = new_mean - mean;
  mean += distance * (new_count / (count + new_count));
  squares += new_squares + distance * distance * (count * new_count / (count + new_count));
}

/// sums: the count, then means, then sums of squared deviations from them.
template <class T>
void batch_norm_measure(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, rows = values_per_channel(p, work.samples);
  const double before = work.sums[0], count = static_cast<double>(rows);
  for_each_vector<double, lanes<double>>(channels, [&]<int Lanes>(std::int64_t c) {
    using vector = detail::vector<double, Lanes>;
    const T* x = work.input + c;
    const vector mean =
        sum_rows<Lanes>(
            rows, [&](std::int64_t row) { return load_as<double, Lanes>(x + row * channels); }) /
        count;
    const vector squares = sum_rows<Lanes>(rows, [&](std::int64_t row) {
      const vector distance = load_as<double, Lanes>(x + row * channels) - mean;
      return distance * distance;
    });
    double* const means = work.sums + 1 + c;
    vector old_mean = load_as<double, Lanes>(means);
    vector old_squares = load_as<double, Lanes>(means + channels);
    join_moments(old_mean, old_squares, before, mean, squares, count);
    __builtin_memcpy(means, &old_mean, sizeof(vector));
    __builtin_memcpy(means + channels, &old_squares, sizeof(vector));
  });
  work.sums[0] += count;
}

template <class T>
void batch_norm_settle(const layer_plan& p, const layer_totals<T>& totals) {
  const std::int64_t channels = p.input.channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    double count = 0, mean = 0, squares = 0;
    for (std::int64_t chunk = 0; chunk < totals.chunks; ++chunk) {
      const double* sums = totals.sums + chunk * totals.stride;
      join_moments(mean, squares, count, sums[1 + c], sums[1 + channels + c], sums[0]);
      count += sums[0];
    }
    const auto move = [](T& running, double to) {
      running = static_cast<T>((1 - batch_norm_momentum) * static_cast<double>(running) +
                               batch_norm_momentum * to);
    };
    move(totals.running[c], mean);
    move(totals.running[channels + c], squares / (count - 1));
    totals.statistics[c] = static_cast<T>(mean);
    totals.statistics[channels + c] =
        static_cast<T>(1 / std::sqrt(squares / count + batch_norm_epsilon));
  }
}

template <class T>
void batch_norm_recall(const layer_plan& p, const layer_totals<T>& totals) {
  const std::int64_t channels = p.input.channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const double variance = static_cast<double>(totals.running[channels + c]);
    totals.statistics[c] = totals.running[c];
    totals.statistics[channels + c] = static_cast<T>(1 / std::sqrt(variance + batch_norm_epsilon));
  }
}

template <class T>
void batch_norm_forward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, rows = values_per_channel(p, work.samples);
  for_each_vector<T, lanes<T>>(channels, [&]<int Lanes>(std::int64_t c) {
    using vector = detail::vector<T, Lanes>;
    const vector mean = load_as<T, Lanes>(work.statistics + c);
    const vector scale =
        load_as<T, Lanes>(work.parameters + c) * load_as<T, Lanes>(work.statistics + channels + c);
    const vector shift = load_as<T, Lanes>(work.parameters + channels + c);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t at = row * channels + c;
      const vector y = (load_as<T, Lanes>(work.input + at) - mean) * scale + shift;
      __builtin_memcpy(work.output + at, &y, sizeof(vector));
    }
  });
}

/// sums: the count, then those of dy, then those of dy * n.
template <class T>
void batch_norm_measure_gradient(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, rows = values_per_channel(p, work.samples);
  for_each_vector<double, lanes<double>>(channels, [&]<int Lanes>(std::int64_t c) {
    using vector = detail::vector<double, Lanes>;
    const T *x = work.input + c, *dy = work.output_gradient + c;
    const vector mean = load_as<double, Lanes>(work.statistics + c);
    vector slopes[2]{}, products[2]{};
    const auto add = [&](int chain, std::int64_t row) {
      const vector slope = load_as<double, Lanes>(dy + row * channels);
      slopes[chain] += slope;
      products[chain] += slope * (load_as<double, Lanes>(x + row * channels) - mean);
    };
    for (std::int64_t row = 0; row + 1 < rows; row += 2) add(0, row), add(1, row + 1);
    if (rows % 2 == 1) add(0, rows - 1);
    double* const sums = work.sums + 1 + c;
    const vector sum = load_as<double, Lanes>(sums) + (slopes[0] + slopes[1]);
    const vector product =
        load_as<double, Lanes>(sums + channels) +
        (products[0] + products[1]) * load_as<double, Lanes>(work.statistics + channels + c);
    __builtin_memcpy(sums, &sum, sizeof(vector));
    __builtin_memcpy(sums + channels, &product, sizeof(vector));
  });
  work.sums[0] += static_cast<double>(rows);
}

/// The sums are the gradient of shift and scale; their means are 0 for constant statistics.
template <class T>
void batch_norm_settle_gradient(const layer_plan& p, const layer_totals<T>& totals) {
  const std::int64_t channels = p.input.channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    double count = 0, slope = 0, product = 0;
    for (std::int64_t chunk = 0; chunk < totals.chunks; ++chunk) {
      const double* sums = totals.sums + chunk * totals.stride;
      count += sums[0];
      slope += sums[1 + c];
      product += sums[1 + channels + c];
    }
    totals.parameter_gradient[c] = static_cast<T>(product);
    totals.parameter_gradient[channels + c] = static_cast<T>(slope);
    totals.statistics[2 * channels + c] = totals.training ? static_cast<T>(slope / count) : T(0);
    totals.statistics[3 * channels + c] = totals.training ? static_cast<T>(product / count) : T(0);
  }
}

template <class T>
void batch_norm_backward(const layer_plan& p, const layer_work<T>& work) {
  const std::int64_t channels = p.input.channels, rows = values_per_channel(p, work.samples);
  for_each_vector<T, lanes<T>>(channels, [&]<int Lanes>(std::int64_t c) {
    using vector = detail::vector<T, Lanes>;
    const auto statistic = [&](int kind) {
      return load_as<T, Lanes>(work.statistics + kind * channels + c);
    };
    const vector mean = statistic(0), mean_slope = statistic(2);
    const vector scale = load_as<T, Lanes>(work.parameters + c) * statistic(1);
    const vector pull = statistic(1) * statistic(3);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t at = row * channels + c;
      const vector dy = load_as<T, Lanes>(work.output_gradient + at);
      const vector dx =
          scale * (dy - mean_slope - (load_as<T, Lanes>(work.input + at) - mean) * pull);
      __builtin_memcpy(work.input_gradient + at, &dx, sizeof(vector));
    }
  });
}

}  // namespace detail

/// Batch normalisation of an image's channels or of features, with a scale and a shift for each,
/// which start at 1 and 0.
struct batch_norm {
  static constexpr layer_plan plan(shape input) {
    return {.kind = "batch_norm",
            .input = input,
            .output = input,
            .in_place = true,
            .lends_output = true,
            .couples = true,
            .weights = input.channels,
            .biases = input.channels,
            .scales = true,
            .statistics = 2 * std::int64_t{input.channels},
            .flops = 2 * input.size()};
  }
  template <class T>
  static constexpr layer_operations<T> operations() {
    return {.forward = &detail::batch_norm_forward<T>,
            .backward = &detail::batch_norm_backward<T>,
            .measure = &detail::batch_norm_measure<T>,
            .measure_gradient = &detail::batch_norm_measure_gradient<T>,
            .settle = &detail::batch_norm_settle<T>,
            .settle_gradient = &detail::batch_norm_settle_gradient<T>,
            .recall = &detail::batch_norm_recall<T>};
  }
};

}  // namespace kd::nn
