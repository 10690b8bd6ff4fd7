// SPDX-License-Identifier: MIT
#include "objective_text.hpp"

#include <charconv>

namespace example {
namespace {

bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A part of the text, without white space around it.
struct piece {
  std::size_t begin, end;
  bool empty() const { return begin == end; }
};

class parser {
 public:
  explicit parser(std::string_view text) : text_(text) {}

  std::vector<objective_term> whole() {
    std::vector<objective_term> terms;
    bool negative = false;
    while (true) {
      terms.push_back(term(negative));
      if (here_ == text_.size()) return terms;
      negative = text_[here_++] == '-';
    }
  }

 private:
  std::string_view text_;
  std::size_t here_ = 0;

  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw objective_error(text_, at, what);
  }
  std::string_view of(piece p) const { return text_.substr(p.begin, p.end - p.begin); }
  piece trimmed(std::size_t begin, std::size_t end) const {
    while (begin < end && is_white(text_[begin])) ++begin;
    while (end > begin && is_white(text_[end - 1])) --end;
    return {begin, end};
  }
  /// Where a word or number that begins here ends.
  std::size_t end_of_word(std::size_t at) const {
    if (!is_letter(text_[at])) {  // 1e-3 has a sign that is none
      double value = 0;
      const char* const begin = text_.data() + at;
      const char* const end = std::from_chars(begin, text_.data() + text_.size(), value).ptr;
      return at + (end == begin ? 1 : static_cast<std::size_t>(end - begin));
    }
    while (at < text_.size() && (is_letter(text_[at]) || is_digit(text_[at]))) ++at;
    return at;
  }

  /// Where a term's last product sign is, and where the term ends: at a sum's sign.
  struct extent {
    std::size_t product, end;
  };
  extent find_end() const {
    std::vector<std::size_t> open;
    std::size_t product = text_.npos, at = here_;
    bool after_operand = false, after_loss = false;
    while (at < text_.size()) {
      const char c = text_[at];
      const std::size_t next = is_letter(c) || is_digit(c) || c == '.' ? end_of_word(at) : at + 1;
      if (is_white(c)) {
      } else if (next > at + 1 || is_letter(c) || is_digit(c)) {
        if (open.empty() && find_loss(text_.substr(at, next - at))) after_loss = true;
        after_operand = true;
      } else if (c == ')') {
        if (open.empty()) fail(at, "this ')' closes nothing");
        open.pop_back();
        after_operand = true;
      } else {
        if (open.empty() && (c == '+' || c == '-') && after_operand) break;
        if (open.empty() && (c == '*' || c == '/')) {
          if (after_loss)
            fail(at,
                 "a weight stands before its loss, as in 0.5 * cross_entropy or (1/2) * "
                 "cross_entropy");
          product = at;
        }
        if (c == '(') open.push_back(at);
        after_operand = false;
      }
      at = next;
    }
    if (!open.empty())
      fail(text_.size(), "')' has to stand here: the '(' at character " +
                             std::to_string(open.back() + 1) + " is open");
    return {product, at};
  }

  objective_term term(bool negative) {
    const extent e = find_end();
    const piece all = trimmed(here_, e.end);
    here_ = e.end;
    if (all.empty()) fail(all.begin, "a term has to stand here: a loss is one of " + loss_names());
    const bool weighs = e.product != text_.npos;
    kd::schedule weight = 1;
    piece rest = all;
    if (weighs) rest = trimmed(e.product + 1, e.end);
    for (; !rest.empty() && text_[rest.begin] == '-'; negative = !negative)
      rest = trimmed(rest.begin + 1, rest.end);
    objective_term t = loss_of(rest, all);
    if (weighs) weight = weight_of(trimmed(all.begin, e.product), e.product);
    try {
      t.settings.weight = negative ? minus(weight) : weight;
    } catch (const kd::value_error& error) { fail(all.begin, without_kd(error)); }
    return t;
  }

  kd::schedule weight_of(piece p, std::size_t product) const {
    if (p.empty()) fail(product, "a weight has to stand before this");
    if (text_[product] == '/')
      fail(product, "a loss cannot divide; '*' has to stand between a weight and its loss");
    const kd::schedule weight = schedule_of(p);
    check(weight, "the weight", any_number, p.begin);
    return weight;
  }

  kd::schedule schedule_of(piece p) const {
    try {
      return kd::parse_schedule(of(p));
    } catch (const kd::text_error& e) { fail(p.begin + e.at(), e.problem()); }
  }
  bool is_schedule(piece p) const {
    try {
      kd::parse_schedule(of(p));
      return true;
    } catch (const kd::value_error&) { return false; }
  }

  /// The loss that is called in `p`, the last factor of the term `all`.
  objective_term loss_of(piece p, piece all) const {
    const std::string losses = "; the losses are " + loss_names();
    if (p.empty()) fail(p.begin, "a loss has to stand here" + losses);
    const char first = text_[p.begin];
    const std::size_t end = is_letter(first) ? end_of_word(p.begin) : p.begin;
    const std::string_view name = text_.substr(p.begin, end - p.begin);
    const loss* const l = find_loss(name);
    if (l == nullptr) {
      if (is_schedule(all))
        fail(all.end, "a weight needs a loss: '* cross_entropy' could stand here" + losses);
      if (first == '(')
        fail(p.begin, "a term is one loss, so a sum has no weight; give each loss its own");
      fail(p.begin, name.empty() ? "the name of a loss has to stand here" + losses
                                 : "there is no loss '" + std::string(name) + "'" + losses);
    }
    objective_term t{l, {1, {}}, {}, p.begin};
    t.settings.options.resize(l->options.size());
    const piece call = trimmed(end, p.end);
    if (!call.empty()) read_arguments(t, call);
    if (l->reads_layer && t.layers.empty())
      fail(end,
           std::string(name) + " reads a layer, and none is named; it is written " + signature(*l));
    return t;
  }

  /// Reads "( argument, ... )".
  void read_arguments(objective_term& t, piece call) const {
    if (text_[call.begin] != '(')
      fail(call.begin, "'+', '-', '(' or the end of the text has to stand here");
    std::size_t begin = call.begin + 1;
    int depth = 1;
    for (std::size_t at = begin; at < call.end; ++at) {
      const char c = text_[at];
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth > 1 || (depth == 1 && c != ',')) continue;
      if (depth == 1 || text_[begin - 1] == ',' || !trimmed(begin, at).empty())
        argument(t, begin, at);
      begin = at + 1;
      if (depth > 0 || begin == call.end) continue;
      fail(trimmed(begin, call.end).begin, "'+', '-' or the end of the text has to stand here");
    }
  }

  void argument(objective_term& t, std::size_t begin, std::size_t end) const {
    const piece p = trimmed(begin, end);
    const std::size_t sign = of(p).find('=');
    if (p.empty() || sign == 0)
      fail(p.begin, "an argument has to stand here, as in " + signature(*t.kind));
    if (sign == text_.npos) layer(t, p);
    else option(t, trimmed(p.begin, p.begin + sign), trimmed(p.begin + sign + 1, p.end));
  }

  void layer(objective_term& t, piece p) const {
    const loss& l = *t.kind;
    if (!l.reads_layer)
      fail(p.begin, std::string(l.name) + " reads the logits and takes no layer; it is written " +
                        signature(l));
    if (t.layers.size() == (l.reads_teacher ? 2 : 1))
      fail(p.begin, "too many layers are named; it is written " + signature(l));
    for (const auto& option : t.settings.options)
      if (option) fail(p.begin, "layers stand before options, as in " + signature(l));
    for (std::size_t at = p.begin; at < p.end; ++at)
      if (const char c = text_[at]; !is_letter(c) && !is_digit(c) && c != '.' && c != '-')
        fail(at, "a layer's name has letters, digits, '_', '-' and '.' only");
    t.layers.push_back({std::string(of(p)), p.begin});
  }

  void option(objective_term& t, piece name, piece value) const {
    const loss& l = *t.kind;
    const std::string_view full = of(name) == "T" ? "temperature" : of(name);
    std::size_t i = 0;
    while (i < l.options.size() && l.options[i].name != full) ++i;
    if (i == l.options.size())
      fail(name.begin, std::string(l.name) + " has no option '" + std::string(of(name)) + "'" +
                           (l.options.empty() ? "; it has none"
                                              : "; its options and their values if they are not "
                                                "given: " +
                                                    signature(l)));
    if (t.settings.options[i])
      fail(name.begin, "option '" + std::string(full) + "' is given twice; give it once");
    if (value.empty()) fail(value.begin, "a number or a schedule has to stand here");
    t.settings.options[i] = schedule_of(value);
    check(*t.settings.options[i], "option '" + std::string(full) + "' of " + std::string(l.name),
          *l.options[i].range, value.begin);
  }

  /// Looks at a schedule during all of the training.
  void check(const kd::schedule& s, const std::string& what, const option_range& range,
             std::size_t at) const {
    constexpr int looks = 1000;
    for (int i = 0; i <= looks; ++i) {
      const double progress = static_cast<double>(i) / looks, value = s(progress);
      if (range.holds(value) && !(range.constant && value != s(0))) continue;
      const bool moves = s(0) != s(1) || i > 0;
      fail(at, what + " is " + number(value) +
                   (moves ? " at progress " + number(progress) : std::string()) + "; it must be " +
                   range.words);
    }
  }
  /// Of a number, a number.
  static kd::schedule minus(const kd::schedule& s) {
    const double value = s(0);
    return kd::describe(s) == number(value) ? kd::schedule(-value) : -s;
  }
  static std::string without_kd(const kd::value_error& e) {
    return std::string(e.what()).substr(std::string_view("kd: ").size());
  }
  static std::string number(double x) {
    if (x != x) return "not a number";
    char digits[32];
    return {digits, std::to_chars(digits, digits + sizeof digits, x).ptr};
  }
};

/// A weight in front of a loss: a sum in parentheses.
std::string factor(const kd::schedule& weight) {
  const std::string text = kd::describe(weight);
  int depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    const std::string_view sign = std::string_view(text).substr(at, 3);
    if (depth == 0 && (sign == " + " || sign == " - ")) return "(" + text + ")";
  }
  return text;
}

}  // namespace

std::vector<objective_term> parse_objective(std::string_view text) { return parser(text).whole(); }

std::string describe(const std::vector<objective_term>& terms) {
  std::string text;
  for (const objective_term& t : terms) {
    const std::string weight = factor(t.settings.weight);
    text += (text.empty() ? "" : " + ") + (weight == "1" ? std::string() : weight + " * ");
    std::string arguments;
    for (const layer_name& l : t.layers) arguments += (arguments.empty() ? "" : ", ") + l.name;
    for (std::size_t i = 0; i < t.kind->options.size(); ++i)
      if (const auto& value = t.settings.options[i])
        arguments.append(arguments.empty() ? "" : ", ")
            .append(t.kind->options[i].name)
            .append(" = " + kd::describe(*value));
    text.append(t.kind->name).append(arguments.empty() ? "" : "(" + arguments + ")");
  }
  return text;
}

}  // namespace example
