#include "json/decoder.hpp"

#include <cstring>

#include "json/tokens.hpp"

namespace sluice::json {
namespace {

std::string_view without_byte_order_mark(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  return text;
}

/// The `\n` that ends the line at `at`; there is one before `end`.
const char* line_end(const char* at, const char* end) {
  return static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
}

/// The first byte that is no blank of a line.
const char* skip_spaces(const char* at, const char* end) noexcept {
  while (at != end && (*at == ' ' || *at == '\r' || *at == '\t')) ++at;
  return at;
}

/// The first line from `begin` on that is not blank, or `end`; those before it are counted.
const char* skip_blank_lines(const char* begin, const char* end, std::uint64_t& line) noexcept {
  for (const char* at = skip_spaces(begin, end); at != end && *at == '\n';
       at = skip_spaces(begin, end)) {
    begin = at + 1;
    ++line;
  }
  return begin;
}

}  // namespace

Decoder::Decoder(const DecoderLimits& limits, EventFields fields, Kernel kernel) noexcept
    : limits_(limits),
      kernel_(kernel),
      careful_(limits, fields, reader_),
      scanner_(kernel, limits, fields, reader_) {}

DecodedEvents Decoder::decode_lines(std::string_view chunk, std::uint64_t first_line) {
  start(chunk);
  if (first_line == 1) chunk = without_byte_order_mark(chunk);
  const std::size_t terminated = chunk.rfind('\n') + 1;  // npos + 1 is 0
  std::uint64_t line = first_line;
  decode_terminated(chunk.data(), chunk.data() + terminated, line);
  if (terminated != chunk.size()) decode_tail(chunk.substr(terminated), line++);
  return {out_.events, out_.origins, out_.rejected, line - first_line};
}

DecodedEvents Decoder::decode_json(std::string_view body) {
  start(body);
  body = without_byte_order_mark(body);
  if (body.starts_with('{') && body.find('\n') == body.npos) {  // the same as an unterminated line
    decode_tail(body, 1);
    out_.lines = 1;
  } else {
    careful_.decode_body(body, out_);
  }
  return {out_.events, out_.origins, out_.rejected, out_.lines};
}

void Decoder::start(std::string_view input) noexcept {
  reader_.start(input.size());
  out_.clear();
}

void Decoder::decode_terminated(const char* begin, const char* end, std::uint64_t& line) {
  while (begin != end) {
    if (kernel_ != Kernel::portable) begin = scanner_.scan(begin, end, line, out_);
    if (begin == end) break;
    // A scan costs a hundred times what a blank line does, so they are passed over in one go.
    if (const char* const next = skip_blank_lines(begin, end, line); next != begin) {
      begin = next;
      continue;
    }
    const char* const newline = line_end(begin, end);
    careful_.decode_line({begin, static_cast<std::size_t>(newline - begin)}, line++, out_);
    begin = newline + 1;
  }
}

void Decoder::decode_tail(std::string_view tail, std::uint64_t line) {
  if (kernel_ != Kernel::portable && tail.size() <= limits_.event_bytes) {
    // The scanner relies on a last `\n`; a copy that has one costs far less than the careful way.
    tail_.assign(tail);
    tail_.push_back('\n');
    const std::size_t bytes = tail_.size();
    tail_.resize(bytes + EventDecoder::kPadding);
    const char* const end = tail_.data() + bytes;
    std::uint64_t scanned = line;
    if (scanner_.scan(tail_.data(), end, scanned, out_) == end) {
      Event& event = out_.events.back();
      event.json = tail.substr(static_cast<std::size_t>(event.json.data() - tail_.data()),
                               event.json.size());
      return;
    }
  }
  careful_.decode_line(tail, line, out_);
}

}  // namespace sluice::json
