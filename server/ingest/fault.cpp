#include "ingest/fault.hpp"

#include "sluice/event.hpp"

namespace sluice::ingest {
namespace {

std::string_view name_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::none: return "none";
    case ErrorCode::empty_name:
    case ErrorCode::empty_segment:
    case ErrorCode::segment_too_long:
    case ErrorCode::too_many_segments:
    case ErrorCode::name_too_long:
    case ErrorCode::bad_character:
    case ErrorCode::wildcard_inside_segment:
    case ErrorCode::wildcard_in_name: return "bad_event_type";
    case ErrorCode::invalid_json: return "invalid_json";
    case ErrorCode::invalid_utf8: return "invalid_utf8";
    case ErrorCode::control_character: return "control_character";
    case ErrorCode::trailing_content: return "trailing_content";
    case ErrorCode::unterminated_event: return "unterminated_event";
    case ErrorCode::not_an_object: return "not_an_object";
    case ErrorCode::nested_too_deeply: return "nested_too_deeply";
    case ErrorCode::event_too_large: return "event_too_large";
    case ErrorCode::missing_event_type: return "missing_event_type";
    case ErrorCode::event_type_not_string: return "event_type_not_string";
    case ErrorCode::organization_not_string: return "organization_not_string";
    case ErrorCode::event_id_not_string: return "event_id_not_string";
    case ErrorCode::bad_event_id: return "bad_event_id";
    case ErrorCode::occurred_at_not_string: return "occurred_at_not_string";
  }
  return "unknown";
}

}  // namespace

Fault fault_of(ErrorCode code) noexcept {
  // The engine cannot name the limit, which its caller sets; here it is always the default.
  static_assert(DecoderLimits{}.event_bytes == std::size_t{256} << 10U);
  if (code == ErrorCode::event_too_large) return kTooLarge;
  return {name_of(code), describe(code)};
}

}  // namespace sluice::ingest
