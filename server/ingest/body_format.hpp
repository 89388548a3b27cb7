// Which form of body a request has, by its headers alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::ingest {

enum class BodyFormat : std::uint8_t {
  json,               // one event object, or an array of them
  ndjson,             // an event on each line
  cloud_event,        // one CloudEvent in the structured mode
  cloud_event_batch,  // an array of them
  cloud_event_binary  // the attributes are header fields, the body is the data
};

enum class BodyCoding : std::uint8_t { identity, gzip };

/// A media type without its parameters, in lower case, as a value to compare.
bool is_media_type(std::string_view content_type, std::string_view expected) noexcept;

/// Whether values of the type are JSON: application/json and everything that ends in +json.
bool is_json_type(std::string_view content_type) noexcept;

/// Of a body whose fields have CloudEvents attributes or not. None: a type that is not read.
std::optional<BodyFormat> body_format(std::string_view content_type,
                                      bool has_cloud_event_fields) noexcept;

/// None: a coding that is not read.
std::optional<BodyCoding> body_coding(std::string_view content_encoding) noexcept;

/// Whether each event must have the attributes that CloudEvents 1.0 requires.
constexpr bool is_cloud_event(BodyFormat format) noexcept {
  return format == BodyFormat::cloud_event || format == BodyFormat::cloud_event_batch ||
         format == BodyFormat::cloud_event_binary;
}

}  // namespace sluice::ingest
