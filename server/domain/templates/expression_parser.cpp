#include "domain/templates/expression_parser.hpp"

#include <array>
#include <charconv>
#include <optional>

#include "domain/templates/date.hpp"

namespace sluice::domain::templates {
namespace {

// Evaluation recurses over the tree, so its size is bounded whatever its shape.
constexpr std::size_t kMaxTerms = 200;
constexpr std::size_t kMaxDepth = 20;

constexpr std::array<std::pair<std::string_view, Operator>, 6> kComparisons{{
    {"==", Operator::equal},
    {"!=", Operator::unequal},
    {"<", Operator::less},
    {"<=", Operator::less_or_equal},
    {">", Operator::greater},
    {">=", Operator::greater_or_equal},
}};

constexpr std::array<std::pair<std::string_view, Filter>, 5> kFilters{{
    {"default", Filter::default_},
    {"upper", Filter::upper},
    {"lower", Filter::lower},
    {"tojson", Filter::tojson},
    {"date", Filter::date},
}};

template <class Form>
ExpressionPtr make(Form form) {
  return std::make_unique<const Expression>(Expression{std::move(form)});
}

class ExpressionParser {
 public:
  explicit ExpressionParser(Cursor& cursor) : cursor_(cursor) {}

  ExpressionPtr either() {
    ExpressionPtr left = both();
    while (cursor_.take(TokenKind::name, "or"))
      left = join(Operator::either, std::move(left), both());
    return left;
  }

 private:
  ExpressionPtr both() {
    ExpressionPtr left = negation();
    while (cursor_.take(TokenKind::name, "and")) {
      left = join(Operator::both, std::move(left), negation());
    }
    return left;
  }

  ExpressionPtr negation() {
    if (!cursor_.take(TokenKind::name, "not")) return comparison();
    const Deeper deeper{*this};
    return make(Negation{negation()});
  }

  ExpressionPtr comparison() {
    ExpressionPtr left = filtered();
    while (const std::optional<Operator> symbol = take_comparison()) {
      left = join(*symbol, std::move(left), filtered());
    }
    return left;
  }

  std::optional<Operator> take_comparison() {
    if (cursor_.take(TokenKind::name, "in")) return Operator::member;
    if (cursor_.take(TokenKind::name, "not")) {
      if (!cursor_.take(TokenKind::name, "in")) cursor_.fail("expected 'in' after 'not'");
      return Operator::no_member;
    }
    for (const auto& [symbol, meaning] : kComparisons) {
      if (cursor_.take(TokenKind::symbol, symbol)) return meaning;
    }
    if (cursor_.is_at(TokenKind::name, "is")) {
      cursor_.fail("'is' is not known here; what is not there is false in an if");
    }
    return std::nullopt;
  }

  ExpressionPtr filtered() {
    ExpressionPtr input = primary();
    while (cursor_.take(TokenKind::symbol, "|")) input = filter(std::move(input));
    return input;
  }

  ExpressionPtr filter(ExpressionPtr input) {
    count_term();
    const Token& name = cursor_.expect(TokenKind::name, "the name of a filter");
    for (const auto& [spelling, meaning] : kFilters) {
      if (name.text != spelling) continue;
      Filtered result{.filter = meaning, .input = std::move(input), .argument = nullptr};
      read_arguments(result);
      return make(std::move(result));
    }
    throw Fault{"unknown filter '" + name.text.substr(0, 40) +
                    "'; the filters are default, upper, lower, tojson and date",
                name.offset};
  }

  void read_arguments(Filtered& result) {
    const bool has_arguments = cursor_.take(TokenKind::symbol, "(");
    const Deeper deeper{*this};
    if (result.filter == Filter::default_) {
      if (!has_arguments) cursor_.fail("expected default(\"a value\")");
      result.argument = either();
      if (cursor_.take(TokenKind::symbol, ",")) {
        const Token& flag = cursor_.expect(TokenKind::name, "true or false");
        result.replaces_falsy = flag.text == "true" || flag.text == "True";
      }
    } else if (result.filter == Filter::date) {
      if (!has_arguments) cursor_.fail("expected date(\"%Y-%m-%d\") or another format");
      read_date_format(result);
    }
    if (has_arguments && !cursor_.take(TokenKind::symbol, ")")) cursor_.fail("expected ')'");
  }

  void read_date_format(Filtered& result) {
    const Token& format = cursor_.expect(TokenKind::string, "a format such as \"%Y-%m-%d\"");
    if (auto problem = date_format_problem(format.text)) {
      throw Fault{*std::move(problem), format.offset};
    }
    result.date_format = format.text;
  }

  ExpressionPtr primary() {
    count_term();
    if (cursor_.take(TokenKind::symbol, "(")) {
      const Deeper deeper{*this};
      ExpressionPtr inside = either();
      if (!cursor_.take(TokenKind::symbol, ")")) cursor_.fail("expected ')'");
      return inside;
    }
    const bool is_negative = cursor_.take(TokenKind::symbol, "-");
    const Token& token = cursor_.peek();
    if (token.kind == TokenKind::number) return make(Literal{number(cursor_.next(), is_negative)});
    if (is_negative) cursor_.fail("expected a number after '-'");
    if (token.kind == TokenKind::string) {
      return make(Literal{boost::json::value(cursor_.next().text)});
    }
    if (token.kind == TokenKind::name) return named();
    cursor_.fail("expected a field such as event_type, a string or a number");
  }

  ExpressionPtr named() {
    const std::string& name = cursor_.peek().text;
    if (name == "and" || name == "or" || name == "in" || name == "is" || name == "if" ||
        name == "else") {
      cursor_.fail("expected a field such as event_type before '" + name + "'");
    }
    cursor_.next();
    if (name == "true" || name == "True") return make(Literal{true});
    if (name == "false" || name == "False") return make(Literal{false});
    if (name == "none" || name == "None" || name == "null") return make(Literal{nullptr});
    Path path{.name = name, .steps = {}};
    read_steps(path);
    if (cursor_.is_at(TokenKind::symbol, "(")) {
      cursor_.fail("functions cannot be called; filters are written with '|'");
    }
    return make(std::move(path));
  }

  void read_steps(Path& path) {
    while (true) {
      if (cursor_.take(TokenKind::symbol, ".")) {
        const Token& step = cursor_.next();
        if (step.kind == TokenKind::number) {
          path.steps.emplace_back(index(step));
        } else if (step.kind == TokenKind::name) {
          path.steps.emplace_back(step.text);
        } else {
          throw Fault{"expected a key after '.'", step.offset};
        }
      } else if (cursor_.take(TokenKind::symbol, "[")) {
        const Token& step = cursor_.next();
        if (step.kind == TokenKind::number) {
          path.steps.emplace_back(index(step));
        } else if (step.kind == TokenKind::string) {
          path.steps.emplace_back(step.text);
        } else {
          throw Fault{"expected a number or a string in '[ ]'", step.offset};
        }
        if (!cursor_.take(TokenKind::symbol, "]")) cursor_.fail("expected ']'");
      } else {
        return;
      }
      count_term();
    }
  }

  static std::size_t index(const Token& token) {
    std::size_t value = 0;
    const char* const last = token.text.data() + token.text.size();
    const auto [end, error] = std::from_chars(token.text.data(), last, value);
    if (error != std::errc{} || end != last) throw Fault{"expected a whole number", token.offset};
    return value;
  }

  static boost::json::value number(const Token& token, bool is_negative) {
    const std::string text = (is_negative ? "-" : "") + token.text;
    const char* const last = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [end, error] = std::from_chars(text.data(), last, whole);
        error == std::errc{} && end == last) {
      return whole;
    }
    double fraction = 0;
    const auto [end, error] = std::from_chars(text.data(), last, fraction);
    if (error != std::errc{} || end != last) throw Fault{"this number is too large", token.offset};
    return fraction;
  }

  ExpressionPtr join(Operator symbol, ExpressionPtr left, ExpressionPtr right) {
    return make(Operation{symbol, std::move(left), std::move(right)});
  }

  void count_term() {
    if (++terms_ > kMaxTerms) {
      cursor_.fail("expected at most " + std::to_string(kMaxTerms) + " terms in an expression");
    }
  }

  /// One level of nesting, as long as it lives.
  class Deeper {
   public:
    explicit Deeper(ExpressionParser& parser) : depth_(parser.depth_) {
      if (++depth_ > kMaxDepth) parser.cursor_.fail("expressions are nested too deeply here");
    }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    std::size_t& depth_;
  };

  Cursor& cursor_;
  std::size_t terms_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

const Token& Cursor::expect(TokenKind kind, std::string_view expected) {
  if (peek().kind != kind) fail("expected " + std::string{expected});
  return next();
}

void Cursor::fail(std::string message) const { throw Fault{std::move(message), peek().offset}; }

ExpressionPtr parse_expression(Cursor& cursor) { return ExpressionParser{cursor}.either(); }

}  // namespace sluice::domain::templates
