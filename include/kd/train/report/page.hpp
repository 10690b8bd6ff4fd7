// SPDX-License-Identifier: MIT
// The whole page: one file that needs no script and nothing from the network.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <kd/error.hpp>
#include <kd/io/png.hpp>
#include <kd/train/report/classes.hpp>
#include <kd/train/report/costs.hpp>
#include <kd/train/report/curves.hpp>
#include <kd/train/report/run_report.hpp>
#include <kd/train/report/style.hpp>
#include <kd/train/report/verdict.hpp>
#include <kd/train/report/why.hpp>

namespace kd::train {

namespace detail {

inline std::string verdict_section(const run_report& r) {
  const verdict v = verdict_of(r);
  std::string out =
      "<div class=\"verdict\"><p>" + escaped(v.headline) + "</p><p>" + escaped(v.chance) + "</p>";
  const std::vector<std::string> why = why_of(r);
  if (!why.empty()) out += "<ul>";
  for (const std::string& sentence : why) out += "<li>" + escaped(sentence) + "</li>";
  return out + (why.empty() ? "</div>" : "</ul></div>");
}

/// A line of the table: a number of each model as text, the better student's in bold.
enum class better { none, more, less };
template <class Value, class Text>
std::string table_row(const run_report& r, const std::string& what, Value value, Text text,
                      better is) {
  const double a = value(r.alone), d = value(r.distilled);
  const double best = is == better::more ? std::max(a, d) : std::min(a, d);
  std::string row = "<tr><th>" + escaped(what) + "</th>";
  for (const report_model* m : models_of(r)) {
    const double v = value(*m);
    const bool is_best = is != better::none && m != &r.teacher && a != d && v == best;
    row += std::string(is_best ? "<td class=\"best\">" : "<td>") + text(v) + "</td>";
  }
  return row + "</tr>";
}

/// "11 of 13" for weights that were kept from an epoch that was not the last; nothing if no epoch
/// is known.
inline std::string epochs_row(const run_report& r) {
  std::string row = "<tr><th>weights of epoch</th>";
  bool known = false;
  for (const report_model* m : models_of(r)) {
    known = known || m->epoch > 0;
    row += "<td>" +
           (m->epoch > 0 ? std::to_string(m->epoch) + " of " + std::to_string(m->loss.size())
                         : std::string("\xe2\x80\x93")) +
           "</td>";
  }
  return known ? row + "</tr>" : std::string();
}

inline std::string numbers_section(const run_report& r) {
  const auto share = [](double v) { return percent(v); };
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const auto known = [](double v) { return v == v ? percent(v) : std::string("\xe2\x80\x93"); };
  const auto three = [](double v) { return fixed(v, 3); };
  const auto size = [](double v) { return v > 0 ? rounded(v) : std::string("\xe2\x80\x93"); };
  const auto time = [](double v) {
    if (!(v > 0 && v < 1e15)) return std::string("\xe2\x80\x93");
    return v < 100 ? fixed(v, 1) : grouped(std::llround(v));
  };
  const auto number = [](auto member) {
    return [member](const report_model& m) { return static_cast<double>(m.*member); };
  };
  const auto score = [](auto of) { return [of](const report_model& m) { return of(m.result); }; };
  const auto line = [&](const std::string& what, auto value, auto text, better is) {
    return table_row(r, what, value, text, is);
  };
  std::string out = "<section><h2>In numbers</h2><table><thead><tr><th></th>";
  for (const report_model* m : models_of(r)) out += "<th>" + escaped(m->name) + "</th>";
  out += "</tr></thead><tbody>";
  out += line("accuracy", score([](auto& s) { return s.accuracy; }), share, better::more);
  if (r.alone.validation_accuracy && r.distilled.validation_accuracy)
    out += line(
        "the same on validation samples",
        [](const report_model& m) { return m.validation_accuracy.value_or(unknown); }, known,
        better::more);
  if (r.alone.training_accuracy && r.distilled.training_accuracy)
    out += line(
        "the same on samples of the training",
        [](const report_model& m) { return m.training_accuracy.value_or(unknown); }, known,
        better::none);
  out += line("among the " + std::to_string(r.distilled.result.k) + " most likely",
              score([](auto& s) { return s.top_k; }), share, better::more);
  out +=
      line("F1, mean of classes", score([](auto& s) { return s.macro.f1; }), share, better::more);
  out += line("F1, weighted by samples", score([](auto& s) { return s.weighted.f1; }), share,
              better::more);
  out += line("negative log-likelihood", score([](auto& s) { return s.negative_log_likelihood; }),
              three, better::less);
  out += line("calibration error", score([](auto& s) { return s.expected_calibration_error; }),
              share, better::less);
  out += line("agreement with the teacher",
              score([](auto& s) { return s.agreement.value_or(unknown); }), known, better::none);
  out += line("parameters", number(&report_model::parameters), size, better::none);
  out += line("bytes of parameters", number(&report_model::bytes), size, better::none);
  out += line("FLOPs for an image", number(&report_model::flops), size, better::none);
  out += line("latency, \xc2\xb5s for an image", number(&report_model::latency_us), time,
              better::none);
  out += epochs_row(r);
  out += line("seconds of training", number(&report_model::seconds), time, better::none);
  return out + "</tbody></table></section>";
}

inline std::string base64(const std::string& bytes) {
  constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t j = i; j < i + 3; ++j)
      three = three * 256 + (j < bytes.size() ? static_cast<unsigned char>(bytes[j]) : 0u);
    for (std::size_t j = 0; j < 4; ++j)
      text += i + j > bytes.size() ? '=' : letters[three >> (18 - 6 * j) & 63];
  }
  return text;
}

inline std::string image_card(const run_report& r, const report_image& image) {
  const std::string name = escaped(name_of_class(r, image.label));
  std::string out = "<figure><img alt=\"sample " + std::to_string(image.sample) + ", " + name +
                    "\" src=\"data:image/png;base64," +
                    base64(io::png_of_grey(image.pixels, image.height, image.width)) +
                    "\"><figcaption><b>" + name + "</b> <span class=\"when\">no. " +
                    grouped(image.sample) + "</span>";
  const int predicted[] = {image.teacher, image.alone, image.distilled};
  std::size_t i = 0;
  for (const report_model* m : models_of(r)) {
    const bool right = predicted[i] == image.label;
    out += "<br>" + escaped(m->name) + ": " +
           (right ? "\xe2\x9c\x93\xc2\xa0right"
                  : "\xe2\x9c\x97\xc2\xa0<span class=\"no\">" +
                        escaped(name_of_class(r, predicted[i])) + "</span>");
    ++i;
  }
  return out + "</figcaption></figure>";
}

inline std::string images_section(const run_report& r) {
  if (r.images.empty()) return {};
  std::string out = "<section><h2>Images on which the models disagree</h2><div class=\"images\">";
  for (const report_image& image : r.images) out += image_card(r, image);
  return out + "</div></section>";
}

inline std::string origin_section(const run_report& r) {
  std::string out = "<section><h2>How it was made</h2>";
  if (!r.settings.empty()) {
    out += "<table class=\"settings\"><tbody>";
    for (const auto& [name, value] : r.settings)
      out += "<tr><th>" + escaped(name) + "</th><td>" + escaped(value) + "</td></tr>";
    out += "</tbody></table>";
  }
  if (!r.command.empty()) out += "<pre>" + escaped(r.command) + "</pre>";
  return out + "</section>";
}

}  // namespace detail

/// A page that tells about a run, whole in one HTML file: light and dark, from telephones up,
/// readable without colour. Sections without data are left out. All text is shown as it is given.
/// Throws shape_error for an image whose pixels are not height x width.
inline std::string report_html(const run_report& r) {
  const std::string title = detail::escaped(r.title.empty() ? "Distillation" : r.title);
  std::string when = detail::escaped(r.date);
  if (!r.version.empty())
    when += (when.empty() ? "kd " : " \xc2\xb7 kd ") + detail::escaped(r.version);
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
         "img-src data:; style-src 'unsafe-inline'\">"
         "<title>" +
         title + "</title><style>" + detail::page_style +
         "</style></head>\n<body><main><header><h1>" + title + "</h1><p class=\"when\">" + when +
         "</p></header>\n" + detail::verdict_section(r) + "\n" + detail::numbers_section(r) + "\n" +
         detail::curves_section(r) + "\n" + detail::terms_section(r) + "\n" +
         detail::classes_section(r) + "\n" + detail::costs_section(r) + "\n" +
         detail::images_section(r) + "\n" + detail::origin_section(r) + "</main></body></html>\n";
}

}  // namespace kd::train
