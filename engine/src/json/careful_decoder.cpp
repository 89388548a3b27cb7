#include "json/careful_decoder.hpp"

#include "json/tokens.hpp"
#include "json/utf8.hpp"

namespace sluice::json {
namespace {

/// `text` without the whitespace around it.
std::string_view trimmed(std::string_view text) {
  const char* end = text.data() + text.size();
  const char* const begin = skip_blanks(text.data(), end);
  while (end != begin && skip_blanks(end - 1, end) == end) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// Of a fault of the grammar and a fault of the encoding, the one that comes first. A sequence that
/// the end cuts off is no fault of its own where the end cuts off the event as well.
Error first_fault(std::string_view text, const char* base, const WalkedValue& walked) {
  const Utf8Fault utf8 = find_utf8_fault(text);
  const bool is_whole = walked.fault == ErrorCode::none;
  const bool is_utf8_first = utf8.at != nullptr && (is_whole || utf8.at <= walked.end) &&
                             !(utf8.is_cut_off && walked.fault == ErrorCode::unterminated_event);
  if (is_utf8_first) return {ErrorCode::invalid_utf8, static_cast<std::size_t>(utf8.at - base)};
  if (is_whole) return {};
  return {walked.fault, static_cast<std::size_t>(walked.end - base)};
}

void refuse_trailing_content(WalkedValue& walked, const char* end) {
  if (walked.fault != ErrorCode::none || walked.end == end) return;
  walked.fault = ErrorCode::trailing_content;
  walked.end = skip_blanks(walked.end, end);
}

}  // namespace

void CarefulDecoder::decode_line(std::string_view line, std::uint64_t number, Decoded& out) {
  const std::string_view text = trimmed(line);
  if (text.empty()) return;
  const char* const end = text.data() + text.size();
  const auto begin_offset = static_cast<std::size_t>(text.data() - line.data());
  if (text.size() > limits_.event_bytes) {
    out.rejected.push_back(
        {number, {ErrorCode::event_too_large, begin_offset + limits_.event_bytes}});
    return;
  }
  WalkedValue walked = walk_.walk(text.data(), end);
  refuse_trailing_content(walked, end);
  const Error error = first_fault(text, line.data(), walked);
  if (error.code != ErrorCode::none) {
    out.rejected.push_back({number, error});
  } else {
    add(walked, number, line.data(), out);
  }
}

void CarefulDecoder::decode_body(std::string_view body, Decoded& out) {
  out.lines = 1;
  const std::string_view text = trimmed(body);
  if (text.empty()) {
    out.rejected.push_back({1, {ErrorCode::unterminated_event, body.size()}});
  } else if (text.front() == '[') {
    decode_array(text, body.data(), out);
  } else {
    decode_line(body, 1, out);
  }
}

void CarefulDecoder::decode_array(std::string_view text, const char* base, Decoded& out) {
  out.lines = 0;
  WalkedValue walked = walk_array(text, out);
  refuse_trailing_content(walked, text.data() + text.size());
  const Error error = first_fault(text, base, walked);
  if (error.code == ErrorCode::none) return;
  out.clear();
  out.lines = 1;
  out.rejected.push_back({1, error});
}

WalkedValue CarefulDecoder::walk_array(std::string_view text, Decoded& out) {
  const char* const end = text.data() + text.size();
  const char* at = skip_blanks(text.data() + 1, end);
  WalkedValue array;
  array.begin = text.data();
  const auto stop = [&array](const char* where, ErrorCode fault) {
    array.end = where;
    array.fault = fault;
    return array;
  };
  if (at != end && *at == ']') return stop(at + 1, ErrorCode::none);
  for (;; ++at) {
    at = skip_blanks(at, end);
    const WalkedValue element = walk_.walk(at, end);
    if (element.fault != ErrorCode::none) return stop(element.end, element.fault);
    add(element, ++out.lines, element.begin, out);
    at = skip_blanks(element.end, end);
    if (at == end) return stop(at, ErrorCode::unterminated_event);
    if (*at == ']') return stop(at + 1, ErrorCode::none);
    if (*at != ',') return stop(at, ErrorCode::invalid_json);
  }
}

void CarefulDecoder::add(const WalkedValue& walked, std::uint64_t number, const char* base,
                         Decoded& out) {
  const auto bytes = static_cast<std::size_t>(walked.end - walked.begin);
  Event event{{}, {}, {walked.begin, bytes}, number};
  EventOrigin origin;
  if (const Error error = read(walked, base, event, origin); error.code != ErrorCode::none) {
    out.rejected.push_back({number, error});
    return;
  }
  out.events.push_back(event);
  if (wanted_ == EventFields::ingest) out.origins.push_back(origin);
}

Error CarefulDecoder::read(const WalkedValue& walked, const char* base, Event& event,
                           EventOrigin& origin) {
  const auto offset = static_cast<std::size_t>(walked.begin - base);
  if (event.json.size() > limits_.event_bytes)
    return {ErrorCode::event_too_large, offset + limits_.event_bytes};
  if (!walked.is_object()) return {ErrorCode::not_an_object, offset};
  return reader_.read(walked.fields, base, event,
                      wanted_ == EventFields::ingest ? &origin : nullptr);
}

}  // namespace sluice::json
