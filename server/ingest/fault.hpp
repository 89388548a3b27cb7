// What can be wrong with an item of a body: the stable word that programs look at, and the sentence
// for people. What the decoder finds keeps its code's name.
#pragma once

#include <string_view>

#include "sluice/result.hpp"

namespace sluice::ingest {

/// `type` is static, and so is the message where no other lifetime is told.
struct Fault {
  std::string_view type;
  std::string_view message;

  friend bool operator==(const Fault&, const Fault&) = default;
};

Fault fault_of(ErrorCode code) noexcept;

inline constexpr Fault kBadOccurredAt{
    "bad_occurred_at",
    "the event's time must be as RFC 3339 has it, such as 2026-11-24T13:35:56.123Z"};
inline constexpr Fault kMissingElement{"missing_element", "an element of the array is missing"};
inline constexpr Fault kUnterminatedArray{"unterminated_array", "the array lacks its ]"};
inline constexpr Fault kNotAnArray{"not_an_array", "a batch must be a JSON array"};
inline constexpr Fault kTrailingBytes{"trailing_content", "something follows the end of the array"};
inline constexpr Fault kNoEvents{"no_events", "the body holds no event"};
inline constexpr Fault kBadGzip{"bad_gzip", "the body is not whole, valid gzip data"};
inline constexpr Fault kTooLarge{"event_too_large", "the event is larger than 256 KiB"};
inline constexpr Fault kTooManyWebhooks{
    "too_many_webhooks", "the event reaches more webhooks than a journal record holds"};
inline constexpr Fault kBadSpecversion{"bad_specversion",
                                       "a CloudEvent's specversion must be \"1.0\""};
inline constexpr Fault kMissingId{"missing_id", "a CloudEvent must have an id"};
inline constexpr Fault kMissingSource{"missing_source",
                                      "a CloudEvent must have a source that is not empty"};
inline constexpr Fault kBadAttribute{
    "bad_attribute",
    "a ce- header field must be named by a-z and 0-9 alone, come once, hold text that is "
    "percent-encoded UTF-8, and be neither ce-data nor ce-datacontenttype"};
inline constexpr Fault kControlCharacter{
    "bad_attribute",
    "an attribute of a CloudEvent must hold no control character, U+0000 to U+001F or U+007F to "
    "U+009F"};
inline constexpr Fault kBadData{"bad_data", "the data must be one JSON value"};

}  // namespace sluice::ingest
