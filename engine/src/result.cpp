#include "sluice/result.hpp"

namespace sluice {

std::string_view describe(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::none: return "no error";
    case ErrorCode::empty_name: return "the text is empty; expected segments joined by '.'";
    case ErrorCode::empty_segment: return "a segment is empty; remove the extra '.'";
    case ErrorCode::segment_too_long: return "a segment is longer than 64 bytes";
    case ErrorCode::too_many_segments: return "there are more than 16 segments";
    case ErrorCode::name_too_long: return "the text is longer than 255 bytes";
    case ErrorCode::bad_character: return "a segment may hold only A-Z, a-z, 0-9, '_' and '-'";
    case ErrorCode::wildcard_inside_segment:
      return "'*' cannot be part of a segment; use '*' for one whole segment or '**' for any "
             "number";
    case ErrorCode::wildcard_in_name: return "an event name cannot hold '*'; only patterns can";
    case ErrorCode::invalid_json: return "the JSON is not well-formed";
    case ErrorCode::invalid_utf8: return "the bytes are not valid UTF-8";
    case ErrorCode::control_character:
      return "a control character must be escaped in a JSON string";
    case ErrorCode::trailing_content: return "something follows the event on its line";
    case ErrorCode::unterminated_event: return "the event is cut off before its end";
    case ErrorCode::not_an_object: return "an event must be a JSON object";
    case ErrorCode::nested_too_deeply: return "objects and arrays are nested too deeply";
    case ErrorCode::event_too_large: return "the event is larger than the limit";
    case ErrorCode::missing_event_type: return "the field event_type is missing";
    case ErrorCode::event_type_not_string: return "the field event_type must be a string";
    case ErrorCode::organization_not_string: return "the field organization must be a string";
    case ErrorCode::event_id_not_string:
      return "the event's id (event_id, or id of a CloudEvent) must be a string";
    case ErrorCode::bad_event_id: return "the event's id must be 1 to 128 visible ASCII characters";
    case ErrorCode::occurred_at_not_string:
      return "the event's time (occurred_at, or time of a CloudEvent) must be a string";
  }
  return "unknown error";
}

}  // namespace sluice
