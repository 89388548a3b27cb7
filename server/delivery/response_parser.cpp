#include "delivery/response_parser.hpp"

#include <algorithm>
#include <charconv>

namespace sluice::delivery {
namespace {

constexpr std::size_t kMaxChunkLine = 1024;  // size and extensions
constexpr std::size_t kMaxKeptField = 1024;  // of a field that the Response holds

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equals_any_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

/// Takes the first element off a comma-separated list.
std::string_view take_element(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view element = trimmed(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return element;
}

bool lists(std::string_view list, std::string_view lower_case) {
  while (!list.empty())
    if (equals_any_case(take_element(list), lower_case)) return true;
  return false;
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

}  // namespace

void ResponseParser::start(std::size_t header_limit, std::size_t body_cap) {
  response_ = {};
  held_.clear();
  header_limit_ = header_limit;
  body_cap_ = body_cap;
  section_bytes_ = 0;
  state_ = State::status_line;
  has_begun_ = false;
  can_be_kept_ = false;
}

bool ResponseParser::is_data() const noexcept {
  return state_ == State::body_of_length || state_ == State::body_until_end ||
         state_ == State::chunk_data;
}

ResponseParser::Progress ResponseParser::feed(std::string_view& rest) {
  has_begun_ = has_begun_ || !rest.empty();
  while (!rest.empty() && state_ != State::complete) {
    const Progress progress = is_data() ? feed_data(rest) : feed_line(rest);
    if (progress != Progress::incomplete) return progress;
  }
  return state_ == State::complete ? Progress::complete : Progress::incomplete;
}

ResponseParser::Progress ResponseParser::finish() {
  return state_ == State::body_until_end ? complete() : Progress::incomplete;
}

ResponseParser::Progress ResponseParser::complete() {
  state_ = State::complete;
  return Progress::complete;
}

ResponseParser::Progress ResponseParser::feed_data(std::string_view& rest) {
  std::size_t size = rest.size();
  if (state_ != State::body_until_end) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, length_));
    length_ -= size;
  }
  keep(rest.substr(0, size));
  rest.remove_prefix(size);
  if (response_.body_truncated) {
    can_be_kept_ = false;
    return complete();
  }
  if (state_ == State::body_of_length && length_ == 0) return complete();
  if (state_ == State::chunk_data && length_ == 0) state_ = State::chunk_end;
  return Progress::incomplete;
}

void ResponseParser::keep(std::string_view data) {
  const std::size_t room = body_cap_ - response_.body.size();
  response_.body.append(data.substr(0, room));
  response_.body_truncated = data.size() > room;
}

ResponseParser::Progress ResponseParser::feed_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const bool is_whole = end != std::string_view::npos;
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(is_whole ? end + 1 : rest.size());

  const std::size_t size = held_.size() + line.size();
  if (state_ == State::chunk_size || state_ == State::chunk_end) {
    if (size > kMaxChunkLine) return Progress::malformed;
  } else {
    if (section_bytes_ + size > header_limit_) return Progress::too_large;
    if (is_whole) section_bytes_ += size + 1;
  }
  if (!is_whole) {
    held_.append(line);
    return Progress::incomplete;
  }
  if (!held_.empty()) {
    line_.assign(held_).append(line);
    held_.clear();
    line = line_;
  }
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);  // a bare LF is tolerated
  return read_line(line);
}

ResponseParser::Progress ResponseParser::read_line(std::string_view line) {
  bool is_good = true;
  switch (state_) {
    case State::status_line: is_good = read_status_line(line); break;
    case State::field:
      if (line.empty()) return end_header();
      is_good = read_field(line);
      break;
    case State::chunk_size: is_good = read_chunk_size(line); break;
    case State::chunk_end:
      is_good = line.empty();
      state_ = State::chunk_size;
      break;
    case State::trailer:
      if (line.empty()) return complete();
      break;
    default: is_good = false;
  }
  return is_good ? Progress::incomplete : Progress::malformed;
}

bool ResponseParser::read_status_line(std::string_view line) {
  // HTTP/1.x 200[ reason]
  constexpr std::string_view kStart = "HTTP/1.";
  if (line.size() < 12 || line.substr(0, kStart.size()) != kStart || !is_digit(line[7]) ||
      line[8] != ' ' || (line.size() > 12 && line[12] != ' '))
    return false;
  const auto [stop, error] = std::from_chars(line.data() + 9, line.data() + 12, response_.status);
  if (error != std::errc{} || stop != line.data() + 12 || response_.status < 100) return false;
  can_be_kept_ = line[7] != '0';
  has_length_ = has_coding_ = is_chunked_ = may_fold_ = false;
  length_ = 0;
  state_ = State::field;
  return true;
}

bool ResponseParser::read_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return may_fold_;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!is_field_name(name)) return false;
  may_fold_ = false;
  if (equals_any_case(name, "content-length")) return read_length(value);
  if (equals_any_case(name, "transfer-encoding")) return read_coding(value);
  if (equals_any_case(name, "connection")) {
    if (lists(value, "close")) can_be_kept_ = false;
    return true;
  }
  may_fold_ = true;
  if (value.size() > kMaxKeptField || !is_printable(value)) return true;
  if (equals_any_case(name, "retry-after")) response_.retry_after = value;
  if (equals_any_case(name, "content-type")) response_.content_type = value;
  return true;
}

/// RFC 9112 section 6.3: several lengths must be the same one.
bool ResponseParser::read_length(std::string_view value) {
  do {
    const std::string_view element = take_element(value);
    std::uint64_t length = 0;
    const char* end = element.data() + element.size();
    const auto [stop, error] = std::from_chars(element.data(), end, length);
    if (error != std::errc{} || stop != end) return false;
    if (has_length_ && length != length_) return false;
    length_ = length;
    has_length_ = true;
  } while (!value.empty());
  return true;
}

bool ResponseParser::read_coding(std::string_view value) {
  do {
    const std::string_view element = take_element(value);
    if (is_chunked_) return false;  // it must be the last
    has_coding_ = true;
    is_chunked_ = equals_any_case(element, "chunked");
  } while (!value.empty());
  return true;
}

ResponseParser::Progress ResponseParser::end_header() {
  const int status = response_.status;
  if (status == 101) return Progress::malformed;  // nobody asked to switch protocols
  if (status < 200) {
    response_ = {};
    state_ = State::status_line;
    return Progress::incomplete;
  }
  if (status == 204 || status == 304) return complete();
  if (has_coding_) {
    // A length beside a coding, or a coding of HTTP/1.0: somebody on the way may see another end.
    if (has_length_ || !is_chunked_) can_be_kept_ = false;
    state_ = is_chunked_ ? State::chunk_size : State::body_until_end;
    return Progress::incomplete;
  }
  if (has_length_) {
    if (length_ == 0) return complete();
    state_ = State::body_of_length;
    return Progress::incomplete;
  }
  can_be_kept_ = false;
  state_ = State::body_until_end;
  return Progress::incomplete;
}

bool ResponseParser::read_chunk_size(std::string_view line) {
  const char* end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data(), end, length_, 16);
  if (error != std::errc{}) return false;
  const std::string_view extension = trimmed({stop, static_cast<std::size_t>(end - stop)});
  if (!extension.empty() && extension.front() != ';') return false;
  state_ = length_ == 0 ? State::trailer : State::chunk_data;
  return true;
}

}  // namespace sluice::delivery
