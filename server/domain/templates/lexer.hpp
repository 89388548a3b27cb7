// The pieces of a template: text, the braces of tags, and the words inside of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/template.hpp"

namespace sluice::domain::templates {

enum class TokenKind : std::uint8_t {
  text,
  output_begin,  // {{
  output_end,    // }}
  block_begin,   // {%
  block_end,     // %}
  name,
  number,
  string,
  symbol,
  end,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;        // of a string: its value; of a symbol: the symbol
  std::size_t offset = 0;  // into the source
};

/// What a lexer or parser throws, and Template::compile() catches: nobody else sees it.
struct Fault {
  std::string message;
  std::size_t offset;
};

/// All tokens of `source`, the last one of kind end. Comments are gone, and so are the blanks that
/// a '-' took away. Errors: Fault.
std::vector<Token> tokens_of(std::string_view source, Syntax syntax);

/// Line and column of a byte of `source`.
TemplateError locate(std::string_view source, const Fault& fault);

}  // namespace sluice::domain::templates
