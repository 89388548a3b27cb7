#include "domain/templates/parser.hpp"

#include "domain/templates/expression_parser.hpp"

namespace sluice::domain::templates {
namespace {

constexpr std::size_t kMaxBlockDepth = 16;  // rendering recurses that deep

class Parser {
 public:
  explicit Parser(std::span<const Token> tokens) : cursor_(tokens) {}

  Program run() {
    Program program{nodes()};
    if (cursor_.peek().kind == TokenKind::block_begin) {
      cursor_.next();
      cursor_.fail("'" + cursor_.peek().text + "' closes nothing that is open here");
    }
    return program;
  }

 private:
  /// Up to the end, or to a block that ends or continues the one around.
  Nodes nodes() {
    Nodes list;
    while (true) {
      switch (cursor_.peek().kind) {
        case TokenKind::text: list.push_back({Text{cursor_.next().text}}); break;
        case TokenKind::output_begin: list.push_back({output()}); break;
        case TokenKind::block_begin:
          if (is_at_continuation()) return list;
          list.push_back(block());
          break;
        default: return list;
      }
    }
  }

  Output output() {
    cursor_.next();
    Output result{parse_expression(cursor_)};
    expect_end(TokenKind::output_end, "'}}' or a filter such as | upper");
    return result;
  }

  void expect_end(TokenKind kind, std::string_view expected) { cursor_.expect(kind, expected); }

  /// Whether the tag ahead belongs to the block around it.
  bool is_at_continuation() {
    Cursor ahead = cursor_;
    ahead.next();
    const Token& word = ahead.peek();
    return word.kind == TokenKind::name && (word.text == "elif" || word.text == "else" ||
                                            word.text == "endif" || word.text == "endfor");
  }

  Node block() {
    const std::size_t opened_at = cursor_.next().offset;
    if (++depth_ > kMaxBlockDepth) {
      throw Fault{"blocks are nested more than 16 deep", opened_at};
    }
    const Token& word = cursor_.expect(TokenKind::name, "if or for");
    if (word.text != "if" && word.text != "for") {
      throw Fault{"unknown tag '" + word.text.substr(0, 40) + "'; the tags are if and for",
                  word.offset};
    }
    Node node = word.text == "if" ? Node{conditional(opened_at)} : Node{loop(opened_at)};
    --depth_;
    return node;
  }

  Conditional conditional(std::size_t opened_at) {
    Conditional result;
    result.branches.push_back({parse_expression(cursor_), {}});
    expect_end(TokenKind::block_end, "'%}' or an operator such as ==");
    while (true) {
      result.branches.back().body = nodes();
      const std::string word = continuation("endif", opened_at);
      if (word == "endif") return result;
      const bool had_else = result.branches.back().condition == nullptr;
      if (had_else || (word != "elif" && word != "else")) {
        cursor_.fail("expected endif before '" + word + "'");
      }
      result.branches.push_back({word == "elif" ? parse_expression(cursor_) : nullptr, {}});
      expect_end(TokenKind::block_end, "'%}'");
    }
  }

  Loop loop(std::size_t opened_at) {
    Loop result;
    result.variable = cursor_.expect(TokenKind::name, "a name for each element").text;
    if (!cursor_.take(TokenKind::name, "in")) cursor_.fail("expected 'in' and a list");
    result.list = parse_expression(cursor_);
    expect_end(TokenKind::block_end, "'%}'");
    result.body = nodes();
    const std::string word = continuation("endfor", opened_at);
    if (word != "endfor") cursor_.fail("expected endfor before '" + word + "'");
    return result;
  }

  /// The word of the tag that ends a body; of `last`, its whole tag is taken.
  std::string continuation(std::string_view last, std::size_t opened_at) {
    if (cursor_.peek().kind != TokenKind::block_begin) {
      throw Fault{"expected {% " + std::string{last} + " %} to close this block", opened_at};
    }
    cursor_.next();
    std::string word = cursor_.next().text;
    if (word == last) expect_end(TokenKind::block_end, "'%}'");
    return word;
  }

  Cursor cursor_;
  std::size_t depth_ = 0;
};

}  // namespace

Program parse_program(std::string_view source, Syntax syntax) {
  const std::vector<Token> tokens = tokens_of(source, syntax);
  return Parser{tokens}.run();
}

}  // namespace sluice::domain::templates
