// The expressions inside of tags.
#pragma once

#include <span>
#include <string_view>

#include "domain/templates/lexer.hpp"
#include "domain/templates/syntax_tree.hpp"

namespace sluice::domain::templates {

/// Where a parser is in its tokens. The last token is always of kind end.
class Cursor {
 public:
  explicit Cursor(std::span<const Token> tokens) noexcept : tokens_(tokens) {}

  const Token& peek() const noexcept { return tokens_[at_]; }
  const Token& next() noexcept {
    const Token& token = tokens_[at_];
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }

  bool is_at(TokenKind kind, std::string_view text) const noexcept {
    return peek().kind == kind && peek().text == text;
  }
  bool take(TokenKind kind, std::string_view text) noexcept {
    const bool found = is_at(kind, text);
    if (found) next();
    return found;
  }

  /// Errors: Fault that says `expected` was expected here.
  const Token& expect(TokenKind kind, std::string_view expected);

  [[noreturn]] void fail(std::string message) const;

 private:
  std::span<const Token> tokens_;
  std::size_t at_ = 0;
};

/// Parses one expression, up to the first token that cannot belong to it. Errors: Fault.
ExpressionPtr parse_expression(Cursor& cursor);

}  // namespace sluice::domain::templates
