// SPDX-License-Identifier: MIT
// Losses that are wrong, which the table's checks must reject: they can fail.
#include <algorithm>
#include <cfenv>

#include "golden/case.hpp"
#include "loss/table_rows.hpp"

using namespace kd::test;

namespace {

constexpr laws hold{.zero_at_teacher = true,
                    .tempered = true,
                    .masked = true,
                    .one_hot = true,
                    .limit = 1,
                    .of_student = mask::infinite};

/// The KL divergence row by row, in the hands of those who forget something.
constexpr auto divergence(double temperature) {
  const auto T = kd::positive<"temperature">(temperature);
  return kd::kl<classes>(kd::log_softmax<classes>(zt / T), kd::log_softmax<classes>(zs / T));
}
double plain_formula(const logits<double>& d, double T) {
  return T * T * mean_over_rows(d, T, [](const auto& s, const auto& t, std::size_t) {
           return plain_kl(t, s);
         });
}
template <class Make>
loss_row row(const char* name, Make make) {
  loss_row r = row_of(name, make, hold);
  r.formula = plain_formula;
  return r;
}
bool fails(const loss_row& r, const char* check) { return !complaint(r, check).empty(); }

}  // namespace

TEST_CASE("negative control: the right loss passes all checks") {
  check_loss(row("right", [](double T) { return T * T * kd::mean<batch>(divergence(T)); }));
}
TEST_CASE("negative control: a flipped sign") {
  const loss_row r =
      row("flipped", [](double T) { return -(T * T * kd::mean<batch>(divergence(T))); });
  CHECK(fails(r, "formula"));
  CHECK(fails(r, "not_negative"));
}
TEST_CASE("negative control: a missing T^2") {
  const loss_row r = row("cold", [](double T) { return kd::mean<batch>(divergence(T)); });
  CHECK(fails(r, "formula"));
  CHECK(fails(r, "V12"));
  CHECK(!fails(r, "V7"));
}
TEST_CASE("negative control: a missing 1/B") {
  const loss_row r = row("sum", [](double T) { return T * T * kd::sum<batch>(divergence(T)); });
  CHECK(fails(r, "formula"));
  CHECK(fails(r, "batch_mean"));
}
TEST_CASE("negative control: golden values tell the right loss from those") {
  const auto folder = std::filesystem::path(__FILE__).parent_path() / "../golden/kl_divergence/0";
  const auto failures = [&](auto make) {
    kd::golden::golden_case<double> c(folder);
    const auto s = c.tensor("student.logits"), t = c.tensor("teacher.logits");
    const auto r = kd::evaluate(make(c.parameter("temperature")), zs = s, zt = t);
    c.value(r.value());
    const matrix<double> g = gradient_matrix(r, zs);
    c.gradient("student.logits", kd::tensor(g.data(), {g.rows(), g.cols()}));
    return c.failures().size();
  };
  CHECK(failures([](double T) { return T * T * kd::mean<batch>(divergence(T)); }) == 0);
  CHECK(failures([](double T) { return -(T * T * kd::mean<batch>(divergence(T))); }) == 2);
  CHECK(failures([](double T) { return kd::mean<batch>(divergence(T)); }) == 2);
  CHECK(failures([](double T) { return T * T * kd::sum<batch>(divergence(T)); }) == 2);
}
TEST_CASE("negative control: a gradient that is turned, half of it, or not a number") {
  const auto with = [](double factor) {
    return row_of_calls(
        "gradient",
        [factor](auto backend, const auto& p, double) {
          auto right = run(kd::logit_mse(zs, zt), backend, p, kd::gradient(zs) = p.gradient);
          for (std::int64_t i = 0; i < p.gradient.extents[0] * p.gradient.extents[1]; ++i)
            p.gradient.data[i] *=
                static_cast<std::remove_cvref_t<decltype(*p.gradient.data)>>(factor);
          return right;
        },
        laws{});
  };
  CHECK(!fails(with(1), "gradient"));
  CHECK(fails(with(-1), "gradient"));
  CHECK(fails(with(0.5), "gradient"));
  CHECK(fails(with(std::nan("")), "gradient"));
}
TEST_CASE("negative control: one element of a gradient that is not a number") {
  const matrix<double> x = random_matrix<double>(2, 3, 1, 1);
  const auto value = [](const matrix<double>& m) { return m.squaredNorm(); };
  matrix<double> g = 2 * x;
  CHECK(gradient_error(x, g, value) <= 1e-7);
  g(1, 1) = std::nan("");
  CHECK(gradient_error(x, g, value) > 0.1);
}
TEST_CASE("negative control: the textbook form near the teacher, and where classes are masked") {
  const loss_row r = row("textbook", [](double T) {
    const auto p_t = kd::softmax<classes>(zt / T);
    const auto p_s = kd::softmax<classes>(zs / T);
    return T * T * kd::mean<batch>(kd::sum<classes>(p_t * (kd::log(p_t) - kd::log(p_s))));
  });
  CHECK(!fails(r, "gradient"));
  for (const char* check : {"V3", "V14", "not_negative"}) CHECK(fails(r, check));
}
TEST_CASE("negative control: a row that is not a number, hidden or leaking") {
  CHECK(fails(row("hidden",
                  [](double) {
                    const auto d = kd::square(zs - zt);  // (batch, classes)
                    return kd::mean<batch, classes>(kd::where(kd::less(d, 1e30), d, 0.0));
                  }),
              "V1"));
  CHECK(fails(row("leaking",
                  [](double) {
                    return kd::mean<batch>(kd::square(kd::sum<classes>(zs - zt) -
                                                      kd::mean<batch>(kd::sum<classes>(zs))));
                  }),
              "V1"));
}
TEST_CASE("negative control: probabilities that underflow, and differences that are not finite") {
  const loss_row r = row("log of softmax", [](double T) {
    return -kd::mean<batch>(
        kd::sum<classes>(kd::softmax<classes>(zt / T) * kd::log(kd::softmax<classes>(zs / T))));
  });
  CHECK(fails(r, "V9"));
  CHECK(fails(r, "V3"));
}
TEST_CASE("negative control: what is not zero at the teacher or moves with the logits") {
  const loss_row r =
      row("logits", [](double) { return kd::mean<batch, classes>(kd::square(zs - 1.0001 * zt)); });
  CHECK(fails(r, "V13"));
  CHECK(fails(r, "shift_invariant"));
}
TEST_CASE("negative control: masks, one-hot teachers and temperatures that other losses take") {
  loss_row r = row("half", [](double T) { return 0.5 * T * T * kd::mean<batch>(divergence(T)); });
  for (const char* check : {"V7", "V12"}) CHECK(fails(r, check));
  r.holds.of_student = mask::low;
  CHECK(fails(r, "V5"));
  r.holds.of_teacher = mask::broken;
  CHECK(fails(r, "V4"));
  const auto positive = [](double T) { return kd::mean<batch>(divergence(std::abs(T))); };
  CHECK(fails(row("any temperature", positive), "V10"));
  const loss_row hides = row("hides", [](double) {
    const auto d = kd::square(zs - zt);
    return kd::mean<batch, classes>(kd::where(kd::less(d, 1e30), d, 0.0));
  });
  for (const char* check : {"V1", "V2", "V6"}) CHECK(fails(hides, check));
}
TEST_CASE("negative control: a value that knows where tensors lie, or how numbers are rounded") {
  struct number {
    double v;
    double value() const { return v; }
  };
  const auto with = [](auto wrong) {  // added to the right value
    return row_of_calls(
        "wrong",
        [wrong](auto backend, const auto& p, double T) {
          const auto right = run(T * T * kd::mean<batch>(divergence(T)) + kd::cross_entropy(zs, y),
                                 backend, p, kd::gradient(zs) = p.gradient, p.policy);
          return number{right.value() + wrong(p, T)};
        },
        laws{.tempered = true, .of_student = mask::infinite});
  };
  const auto address = [](const auto* data) { return reinterpret_cast<std::uintptr_t>(data); };
  const loss_row right = with([](const auto&, double) { return 0.0; });
  for (const char* check : {"V9", "V11", "V15", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"})
    CHECK(complaint(right, check) == "");
  const loss_row small = with(
      [](const auto& p, double T) { return T < 1 && sizeof(*p.gradient.data) == 4 ? 1e6 : 0.0; });
  CHECK(fails(small, "V11"));
  CHECK(fails(with([](const auto&, double) { return 1.0 / 3 + 1e9 + 1.0 - 1e9; }), "S1"));
  CHECK(fails(with([](const auto& p, double) { return p.s.extents[1] == 1 ? 1.0 : 0; }), "S2"));
  CHECK(fails(with([](const auto& p, double) { return p.s.strides[1] == 1 ? 0.0 : 1; }), "S5"));
  CHECK(fails(with([](const auto& p, double) { return p.t.strides[0] == 0 ? 1.0 : 0; }), "S6"));
  CHECK(fails(with([=](const auto& p, double) {
                return address(p.s.data) == address(p.gradient.data) ? 1.0 : 0;
              }),
              "S7"));
  CHECK(fails(with([=](const auto& p, double) { return double(address(p.t.data) % 16); }), "S8"));
  CHECK(fails(with([](const auto&, double) { return double(std::fegetround() != FE_TONEAREST); }),
              "V15"));
}
TEST_CASE("negative control: a teacher that is stretched, and labels that are made to fit") {
  const loss_row r = row_of_calls(
      "lenient",
      [](auto backend, auto p, double) {
        std::vector<int> fitting;
        for (std::int64_t i = 0; i < p.s.extents[0]; ++i)
          fitting.push_back(std::clamp(p.labels.data[std::min(i, p.labels.extents[0] - 1)], 0,
                                       static_cast<int>(p.s.extents[1]) - 1));
        p.labels = kd::tensor<const int>(fitting.data(), {p.s.extents[0]});
        p.t.extents[0] = p.s.extents[0], p.t.extents[1] = p.s.extents[1];
        p.t.strides[0] = 0;
        return run(kd::soft_targets(zs, zt, y), backend, p, kd::gradient(zs) = p.gradient);
      },
      laws{});
  for (const char* check : {"S3", "S4"}) CHECK(fails(r, check));
}
TEST_CASE("negative control: ignored labels that count, and a loss that is no mean of rows") {
  const auto hard = [](auto in, double) {
    return -kd::pick<classes>(kd::log_softmax<classes>(in.s), in.y);
  };
  const auto right = loss_row_of(
      "right", [=](auto in, double T) { return kd::mean_of_rows(hard(in, T), in.y); }, {});
  CHECK(!fails(right, "R1"));
  CHECK(!fails(right, "R2"));
  CHECK(!fails(right, "R3"));
  const auto counts =
      loss_row_of("counts", [=](auto in, double T) { return kd::mean_of_rows(hard(in, T)); }, {});
  CHECK(fails(counts, "R1"));
  const auto squared = loss_row_of(
      "squared", [=](auto in, double T) { return kd::square(kd::mean_of_rows(hard(in, T), in.y)); },
      {});
  CHECK(fails(squared, "R3"));  // is no mean of its rows
}
