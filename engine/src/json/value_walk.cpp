#include "json/value_walk.hpp"

#include "json/tokens.hpp"

namespace sluice::json {

WalkedValue ValueWalk::walk(const char* begin, const char* end) {
  at_ = begin;
  end_ = end;
  is_object_.clear();
  walked_ = {};
  walked_.begin = begin;
  for (Expect expected = Expect::value; expected != Expect::nothing;) {
    at_ = skip_blanks(at_, end_);
    expected = at_ == end_ ? fail(at_) : step(expected);
  }
  if (walked_.fault == ErrorCode::none) walked_.end = at_;
  return walked_;
}

ValueWalk::Expect ValueWalk::step(Expect expected) {
  switch (expected) {
    case Expect::value: return value();
    case Expect::key: return key();
    case Expect::separator: return separator();
    case Expect::nothing: break;
  }
  return Expect::nothing;
}

ValueWalk::Expect ValueWalk::value() {
  const char first = *at_;
  if (first != '{' && first != '[') return leaf(first);
  if (is_object_.size() == depth_limit_) return fail(at_, ErrorCode::nested_too_deeply);
  return open(first == '{');
}

ValueWalk::Expect ValueWalk::open(bool is_object) {
  is_object_.push_back(is_object);
  at_ = skip_blanks(at_ + 1, end_);
  if (at_ != end_ && *at_ == (is_object ? '}' : ']')) return close();
  return is_object ? Expect::key : Expect::value;
}

ValueWalk::Expect ValueWalk::close() {
  is_object_.pop_back();
  ++at_;
  return is_object_.empty() ? Expect::nothing : Expect::separator;
}

ValueWalk::Expect ValueWalk::key() {
  const char* const quote = at_;
  if (*quote != '"') return fail(quote);
  const Token name = read_string(quote, end_);
  if (!name.is_valid) return fail_in_string(name.at);
  at_ = skip_blanks(name.at, end_);
  if (at_ == end_ || *at_ != ':') return fail(at_);
  ++at_;
  if (is_object_.size() == 1) walked_.fields.note(reader_.key(quote), skip_blanks(at_, end_));
  return Expect::value;
}

ValueWalk::Expect ValueWalk::separator() {
  const bool is_object = is_object_.back();
  if (*at_ == (is_object ? '}' : ']')) return close();
  if (*at_ != ',') return fail(at_);
  ++at_;
  return is_object ? Expect::key : Expect::value;
}

ValueWalk::Expect ValueWalk::leaf(char first) {
  Token token{at_, false};
  if (first == '"') {
    token = read_string(at_, end_);
    if (!token.is_valid) return fail_in_string(token.at);
  } else if (first == '-' || (first >= '0' && first <= '9')) {
    token = read_number(at_, end_);
  } else if (first == 't' || first == 'f' || first == 'n') {
    token = read_literal(at_, end_);
  }
  if (!token.is_valid) return fail(token.at);
  at_ = token.at;
  return is_object_.empty() ? Expect::nothing : Expect::separator;
}

ValueWalk::Expect ValueWalk::fail_in_string(const char* at) noexcept {
  const bool is_control = at != end_ && static_cast<unsigned char>(*at) < 0x20;
  return fail(at, is_control ? ErrorCode::control_character : ErrorCode::invalid_json);
}

ValueWalk::Expect ValueWalk::fail(const char* at, ErrorCode code) noexcept {
  walked_.fault = at == end_ ? ErrorCode::unterminated_event : code;
  walked_.end = at;
  return Expect::nothing;
}

}  // namespace sluice::json
