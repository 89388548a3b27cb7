#include "domain/templates/lexer.hpp"

#include <algorithm>
#include <array>

namespace sluice::domain::templates {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_character(char c) { return is_name_start(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr std::array<std::string_view, 15> kSymbols{"==", "!=", "<=", ">=", "=", "<", ">", "(",
                                                    ")",  "[",  "]",  ".",  ",", "|", "-"};

constexpr std::size_t kMaxShortForm = 256;  // so that many open braces cost little

class Lexer {
 public:
  Lexer(std::string_view source, Syntax syntax) : source_(source), syntax_(syntax) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) {
      const std::string_view rest = source_.substr(at_);
      if (rest.starts_with("{{")) {
        read_tag(TokenKind::output_begin, TokenKind::output_end, "}}");
      } else if (rest.starts_with("{%")) {
        read_tag(TokenKind::block_begin, TokenKind::block_end, "%}");
      } else if (rest.starts_with("{#")) {
        skip_comment();
      } else if (!read_short_form()) {
        read_text();
      }
    }
    add(TokenKind::end, {}, source_.size());
    return std::move(tokens_);
  }

 private:
  void add(TokenKind kind, std::string_view text, std::size_t offset) {
    tokens_.push_back({kind, std::string{text}, offset});
  }

  void read_text() {
    const std::size_t end = std::min(source_.find('{', at_ + 1), source_.size());
    std::string_view text = source_.substr(at_, end - at_);
    if (strips_next_text_) {
      const auto first = std::ranges::find_if_not(text, is_blank);
      text.remove_prefix(static_cast<std::size_t>(first - text.begin()));
    }
    if (!text.empty()) {
      strips_next_text_ = false;
      add(TokenKind::text, text, end - text.size());
    }
    at_ = end;
  }

  /// Takes the blanks before a tag away.
  void strip_text_before() {
    while (!tokens_.empty() && tokens_.back().kind == TokenKind::text) {
      std::string& text = tokens_.back().text;
      while (!text.empty() && is_blank(text.back())) text.pop_back();
      if (!text.empty()) return;
      tokens_.pop_back();
    }
  }

  void begin_tag() {
    strips_next_text_ = false;
    at_ += 2;
    if (at_ < source_.size() && source_[at_] == '-') {
      strip_text_before();
      ++at_;
    }
  }

  void read_tag(TokenKind begin, TokenKind end, std::string_view closer) {
    const std::size_t start = at_;
    begin_tag();
    add(begin, {}, start);
    while (true) {
      while (at_ < source_.size() && is_blank(source_[at_])) ++at_;
      if (at_ == source_.size()) {
        const std::string_view opener = source_.substr(start, 2);
        throw Fault{
            "'" + std::string{opener} + "' is never closed by '" + std::string{closer} + "'",
            start};
      }
      const std::size_t before = at_;
      if (source_[at_] == '-' && source_.substr(at_ + 1).starts_with(closer)) {
        strips_next_text_ = true;
        ++at_;
      }
      if (source_.substr(at_).starts_with(closer)) {
        at_ += closer.size();
        add(end, {}, before);
        return;
      }
      read_word();
    }
  }

  void skip_comment() {
    const std::size_t start = at_;
    begin_tag();
    const std::size_t end = source_.find("#}", at_);
    if (end == std::string_view::npos) throw Fault{"'{#' is never closed by '#}'", start};
    strips_next_text_ = end > at_ && source_[end - 1] == '-';
    at_ = end + 2;
  }

  void read_word() {
    const std::size_t start = at_;
    const char first = source_[at_];
    if (first == '"' || first == '\'') return read_string(first);
    if (is_name_start(first)) {
      while (at_ < source_.size() && is_name_character(source_[at_])) ++at_;
      return add(TokenKind::name, source_.substr(start, at_ - start), start);
    }
    if (is_digit(first)) return read_number();
    for (const std::string_view symbol : kSymbols) {
      if (!source_.substr(at_).starts_with(symbol)) continue;
      at_ += symbol.size();
      return add(TokenKind::symbol, symbol, start);
    }
    const bool is_visible = first > ' ' && first <= '~';
    throw Fault{is_visible ? std::string{"'"} + first + "' means nothing inside of a tag"
                           : "this character means nothing inside of a tag",
                start};
  }

  void read_number() {
    const std::size_t start = at_;
    while (at_ < source_.size() && is_digit(source_[at_])) ++at_;
    const bool has_fraction =
        at_ + 1 < source_.size() && source_[at_] == '.' && is_digit(source_[at_ + 1]);
    // After a path's dot or inside of its brackets only the digits before a dot count.
    const bool is_step =
        !tokens_.empty() && tokens_.back().kind == TokenKind::symbol && tokens_.back().text == ".";
    if (has_fraction && !is_step) {
      ++at_;
      while (at_ < source_.size() && is_digit(source_[at_])) ++at_;
    }
    add(TokenKind::number, source_.substr(start, at_ - start), start);
  }

  void read_string(char quote) {
    const std::size_t start = at_++;
    std::string value;
    while (true) {
      if (at_ == source_.size()) throw Fault{"the string is never closed", start};
      char c = source_[at_++];
      if (c == quote) break;
      if (c == '\\' && at_ < source_.size()) {
        c = source_[at_++];
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      value += c;
    }
    add(TokenKind::string, value, start);
  }

  /// `{event_type}`: a path in single braces, without blanks.
  bool read_short_form() {
    if (syntax_ != Syntax::text || source_[at_] != '{') return false;
    const std::string_view ahead = source_.substr(at_ + 1, kMaxShortForm);
    const std::size_t length = ahead.find('}');
    if (length == std::string_view::npos || !is_short_path(ahead.substr(0, length))) return false;
    const std::string_view path = ahead.substr(0, length);
    strips_next_text_ = false;
    add(TokenKind::output_begin, {}, at_);
    for (std::size_t from = 0; from <= path.size();) {
      const std::size_t dot = std::min(path.find('.', from), path.size());
      const std::string_view part = path.substr(from, dot - from);
      if (from > 0) add(TokenKind::symbol, ".", at_ + from);
      const bool is_index = std::ranges::all_of(part, is_digit);
      add(is_index ? TokenKind::number : TokenKind::name, part, at_ + 1 + from);
      from = dot + 1;
    }
    at_ += 1 + length;
    add(TokenKind::output_end, {}, at_++);
    return true;
  }

  static bool is_short_path(std::string_view path) {
    if (path.empty() || !is_name_start(path.front()) || path.back() == '.') return false;
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (path[i] == '.' ? path[i - 1] == '.' : !is_name_character(path[i])) return false;
    }
    return true;
  }

  std::string_view source_;
  Syntax syntax_;
  std::size_t at_ = 0;
  bool strips_next_text_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source, Syntax syntax) {
  return Lexer{source, syntax}.run();
}

TemplateError locate(std::string_view source, const Fault& fault) {
  const std::string_view before = source.substr(0, fault.offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::string_view line = before.substr(line_start);
  const auto is_character_start = [](char c) { return (static_cast<unsigned char>(c) >> 6U) != 2; };
  return {.message = fault.message,
          .line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          .column = 1 + static_cast<std::size_t>(std::ranges::count_if(line, is_character_start))};
}

}  // namespace sluice::domain::templates
