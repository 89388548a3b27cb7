#include "ingest/body_format.hpp"

#include <algorithm>

namespace sluice::ingest {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string_view media_type(std::string_view content_type) noexcept {
  return trimmed(content_type.substr(0, content_type.find(';')));
}

}  // namespace

bool is_media_type(std::string_view content_type, std::string_view expected) noexcept {
  return equal_ignoring_case(media_type(content_type), expected);
}

bool is_json_type(std::string_view content_type) noexcept {
  constexpr std::string_view kSuffix = "+json";
  const std::string_view type = media_type(content_type);
  return equal_ignoring_case(type, "application/json") ||
         (type.size() > kSuffix.size() &&
          equal_ignoring_case(type.substr(type.size() - kSuffix.size()), kSuffix));
}

std::optional<BodyFormat> body_format(std::string_view content_type,
                                      bool has_cloud_event_fields) noexcept {
  // A structured CloudEvent may repeat its attributes in fields: its type comes first.
  if (is_media_type(content_type, "application/cloudevents+json")) return BodyFormat::cloud_event;
  if (is_media_type(content_type, "application/cloudevents-batch+json"))
    return BodyFormat::cloud_event_batch;
  if (has_cloud_event_fields) return BodyFormat::cloud_event_binary;
  if (is_media_type(content_type, "application/json")) return BodyFormat::json;
  if (is_media_type(content_type, "application/x-ndjson") ||
      is_media_type(content_type, "application/ndjson") ||
      is_media_type(content_type, "application/jsonl"))
    return BodyFormat::ndjson;
  return std::nullopt;
}

std::optional<BodyCoding> body_coding(std::string_view content_encoding) noexcept {
  const std::string_view coding = trimmed(content_encoding);
  if (coding.empty() || equal_ignoring_case(coding, "identity")) return BodyCoding::identity;
  if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip"))
    return BodyCoding::gzip;
  return std::nullopt;
}

}  // namespace sluice::ingest
