// SPDX-License-Identifier: MIT
// Losses that are wrong, which the table's checks must reject: they can fail.
#include "golden/case.hpp"
#include "loss/table.hpp"

using namespace kd::test;

namespace {

constexpr laws hold{.zero_at_teacher = true, .tempered = true, .masked = true};

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
    const auto log_s = kd::log_softmax<classes>(zs / T);
    const auto p = kd::softmax<classes>(zt / T);
    return T * T *
           kd::mean<batch>(kd::sum<classes>(p * (kd::log_softmax<classes>(zt / T) - log_s)));
  });
  CHECK(!fails(r, "gradient"));
  CHECK(fails(r, "V3"));
  CHECK(fails(r, "not_negative"));
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
