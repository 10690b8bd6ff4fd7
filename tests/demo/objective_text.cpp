// SPDX-License-Identifier: MIT
// The texts of objectives: what they say, and what is said about mistakes in them.
#include "objective_text.hpp"

#include <algorithm>
#include <fstream>
#include <random>

#include "support/catch.hpp"

using example::parse_objective;

namespace {

std::string canonical(const std::string& text) { return describe(parse_objective(text)); }

/// The error of a text, whose ^ marks where the error is; the mark is not part of the text. The
/// sentence begins with `words`.
void check_error(std::string marked, const std::string& words) {
  const std::size_t at = marked.find('^');
  marked.erase(at, 1);
  INFO(marked);
  try {
    parse_objective(marked);
    FAIL("no error");
  } catch (const kd::text_error& e) {
    const std::string end = at == marked.size() ? ", where the text ends" : "", said = e.what(),
                      caret = "\n  " + marked + "\n  " + std::string(at, ' ') + "^";
    CHECK(e.at() == at);
    CHECK_THAT(said, Catch::StartsWith("kd: at character " + std::to_string(at + 1) +
                                       " of the objective" + end + ": " + words));
    CHECK_THAT(said, Catch::EndsWith(caret));
    CHECK(std::count(said.begin(), said.end(), '\n') == 2);
  }
}

const std::string losses = "; the losses are " + example::loss_names();

}  // namespace

TEST_CASE("catalogue: every loss has words that fit a line") {
  for (const example::loss& l : example::catalogue()) {
    INFO(l.name);
    CHECK_FALSE(example::words_of(l).empty());
    CHECK(example::words_of(l).size() <= 74);
  }
}

TEST_CASE("objective text: terms with weights, options and layers") {
  const auto terms = parse_objective(
      "0.9*soft_targets(temperature=cosine(8,2), alpha=1) + linear(1,0)*cross_entropy"
      " - 50*hint(conv2, conv4)");
  REQUIRE(terms.size() == 3);
  CHECK(terms[0].kind->name == "soft_targets");
  CHECK(terms[0].settings.weight(0) == 0.9);
  REQUIRE(terms[0].settings.options.size() == 2);
  CHECK((*terms[0].settings.options[0])(1) == 2);
  CHECK((*terms[0].settings.options[1])(1) == 1);
  CHECK(terms[1].kind->name == "cross_entropy");
  CHECK(terms[1].settings.weight(0.25) == 0.75);
  for (const auto& option : terms[1].settings.options) CHECK(!option);
  CHECK(terms[2].settings.weight(0) == -50);
  REQUIRE(terms[2].layers.size() == 2);
  CHECK(terms[2].layers[0].name == "conv2");
  CHECK(terms[2].layers[1].name == "conv4");
  CHECK(terms[2].at == 84);
}

TEST_CASE("objective text: what describe writes reads back as the same") {
  const auto check = [](const std::string& text, const std::string& expected) {
    CHECK(canonical(text) == expected);
    CHECK(canonical(expected) == expected);
  };
  check("cross_entropy", "cross_entropy");
  check(" cross_entropy ( ) ", "cross_entropy");
  check("1*kl_divergence(T=4)", "kl_divergence(temperature = 4)");
  check("1e-3*dist(gamma=2,beta=1)+2e+1*dist", "0.001 * dist(beta = 1, gamma = 2) + 20 * dist");
  check("(1-linear(0,1))*logit_mse", "(1 - linear(0, 1)) * logit_mse");
  check("(1 + 2)/4 * logit_mse", "(1 + 2) / 4 * logit_mse");
  check("0.5*cosine(1,0)*logit_mse-hint(c.1)", "0.5 * cosine(1, 0) * logit_mse + -1 * hint(c.1)");
  check("-0.5*logit_mse + -2 * -dist", "-0.5 * logit_mse + 2 * dist");
  check("- -logit_mse - -2*dist", "logit_mse + 2 * dist");
  check("step(0: 1, 0.5: 0.1)*hint(a-b,c)", "step(0: 1, 0.5: 0.1) * hint(a-b, c)");
  check("soft_targets(alpha=1-linear(0,1),\n\tT=8 / 2)",
        "soft_targets(temperature = 8 / 2, alpha = 1 - linear(0, 1))");
  for (const example::loss& l : example::catalogue()) {
    const std::string text = std::string(l.name) + (l.reads_layer ? "(layer)" : "");
    CHECK(canonical(text) == text);
  }
}

TEST_CASE("objective text: a weight and its description are one function") {
  for (const std::string text :
       {"(1 - linear(0, 1) / 2) * dist", "cosine(1, 0) / 3 * linear(1, 2) * dist",
        "warmup(0.1, linear(3, 4) + 1) * dist", "2 * -linear(0, 1) * dist"}) {
    const kd::schedule a = parse_objective(text)[0].settings.weight,
                       b = parse_objective(canonical(text))[0].settings.weight;
    for (int i = 0; i <= 10; ++i) CHECK(a(i / 10.0) == b(i / 10.0));
  }
}

TEST_CASE("objective text: mistakes are pointed at") {
  check_error("^", "a term has to stand here: a loss is one of alpha_beta_divergence, ");
  check_error("  ^", "a term has to stand here");
  check_error("cross_entropy +^", "a term has to stand here");
  check_error("cross_entropy + ^", "a term has to stand here");
  check_error("^focal", "there is no loss 'focal'" + losses);
  check_error("cross_entropy + ^Dist", "there is no loss 'Dist'" + losses);
  check_error("0.5^", "a weight needs a loss: '* cross_entropy' could stand here" + losses);
  check_error("0.5 * cosine(8, 2)^ + dist", "a weight needs a loss");
  check_error("0.5 *^", "a loss has to stand here" + losses);
  check_error("0.5 * ^$", "the name of a loss has to stand here" + losses);
  check_error("^* dist", "a weight has to stand before this");
  check_error("2 ^/ dist", "a loss cannot divide");
  check_error("dist ^* 2", "a weight stands before its loss, as in 0.5 * cross_entropy");
  check_error("dist(T = 2) ^/ 2", "a weight stands before its loss");
  check_error("0.5 * ^(dist + logit_mse)", "a term is one loss, so a sum has no weight");
  check_error("dist ^dist", "'+', '-', '(' or the end of the text has to stand here");
  check_error("dist(T = 2) ^3", "'+', '-' or the end of the text has to stand here");
  check_error("dist^)", "this ')' closes nothing");
  check_error("logit_mse + dist(T = (2)^",
              "')' has to stand here: the '(' at character 17 is open");
  check_error("^sin(1) * dist", "this name is not that of a schedule; write one of ");
  check_error("0.5 * cosine(8^) * dist", "cosine(from, to) takes 2 arguments and is given 1");
  check_error("1 / linear^ * dist", "'(' has to stand here, as in linear(from, to)");
}

TEST_CASE("objective text: mistakes in arguments are pointed at") {
  check_error("kl_divergence(^beta = 2)",
              "kl_divergence has no option 'beta'; its options and their values if they are not "
              "given: kl_divergence(temperature = 4)\n");
  check_error("logit_mse(^T = 2)", "logit_mse has no option 'T'; it has none\n");
  check_error("dist(T = 2, ^temperature = 3)", "option 'temperature' is given twice; give it once");
  check_error("dist(T =^)", "a number or a schedule has to stand here");
  check_error("dist(^= 2)", "an argument has to stand here, as in dist(beta = 1, gamma = 1, ");
  check_error("dist(T = 2,^)", "an argument has to stand here");
  check_error("dist(^, T = 2)", "an argument has to stand here");
  check_error("dist(T = 2 ^T)", "an operator or the end of the text has to stand here");
  check_error("dist + dist(T = ^cosin(8, 2))", "this name is not that of a schedule");
  check_error("dist(^conv2)", "dist reads the logits and takes no layer; it is written dist(beta");
  check_error("hint^",
              "hint reads a layer, and none is named; it is written "
              "hint(layer or layer, teacher's layer)");
  check_error("hint^()", "hint reads a layer, and none is named");
  check_error("hint(a, b, ^c)", "too many layers are named");
  check_error("hint(conv^*)", "a layer's name has letters, digits, '_', '-' and '.' only");
  check_error("hint(conv^ 2)", "a layer's name has letters");
  check_error("hint(^T = 2)", "hint has no option 'T'; it has none");
}

TEST_CASE("objective text: numbers out of range are pointed at, also of schedules on their way") {
  check_error("dist(T = ^0)", "option 'temperature' of dist is 0; it must be positive and finite");
  check_error("dist(T = ^linear(4, 0))",
              "option 'temperature' of dist is 0 at progress 1; it must be positive and finite");
  check_error("2 * soft_targets(alpha = ^1.5)",
              "option 'alpha' of soft_targets is 1.5; it must be in [0, 1]");
  check_error("soft_targets(alpha = ^step(0: 0, 0.5: 2, 0.6: 0))",
              "option 'alpha' of soft_targets is 2 at progress 0.5; it must be in [0, 1]");
  check_error("cross_entropy(ignore_index = ^0.5)",
              "option 'ignore_index' of cross_entropy is 0.5; it must be a whole number");
  const std::string k = "option 'k' of topk_kl_divergence is ",
                    must = "; it must be a whole number in 1 to 1000 that stays the same";
  check_error("topk_kl_divergence(k = ^0)", k + "0" + must);
  check_error("topk_kl_divergence(k = ^2.5)", k + "2.5" + must);
  check_error("topk_kl_divergence(k = ^step(0: 5, 0.5: 3))", k + "3 at progress 0.5" + must);
  check_error("multi_level_logit(levels = ^1001)",
              "option 'levels' of multi_level_logit is 1001" + must);
  check_error("^1 / linear(1, 0) * dist", "the weight is inf at progress 1; it must be finite");
  check_error("^1e999 * dist", "this number is out of range");
}

TEST_CASE("objective text: any text is read or refused with a place in it") {
  const std::string whole =
      "0.9*soft_targets(T=cosine(8,2), alpha=1) - (1-linear(1,0))*dist + "
      "50*hint(conv2, c)";
  const std::string alphabet = "()*/+-=,.:eT_ 1a\t$";
  std::mt19937 random(1);
  const auto below = [&](std::size_t n) { return random() % n; };
  int errors = 0, read = 0;
  for (int i = 0; i < 30000; ++i) {
    std::string text = whole;
    for (std::size_t edits = below(3) + 1; edits > 0 && !text.empty(); --edits) {
      const std::size_t at = below(text.size());
      if (below(2)) text.insert(at, 1, alphabet[below(alphabet.size())]);
      else text.erase(at, below(4) + 1);
    }
    try {
      const std::string once = canonical(text);
      if (canonical(once) != once) FAIL(text + "\n" + once);
      ++read;
    } catch (const kd::text_error& e) {
      if (e.at() > text.size()) FAIL(text);
      ++errors;
    }
  }
  CHECK(errors > 5000);
  CHECK(read > 1000);
}

TEST_CASE("objective text: the page has a row for every loss") {
  std::ifstream page(KD_TRAINING_PAGE);
  REQUIRE(page);
  std::vector<std::string> rows, expected;
  bool here = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("#")) here = line == "## Objectives by name";
    else if (here && line.starts_with("| `")) rows.push_back(line.substr(3, line.find("` |") - 3));
  }
  for (const example::loss& l : example::catalogue()) expected.push_back(signature(l));
  CHECK(rows == expected);
}
