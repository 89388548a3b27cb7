#include "delivery/channels/event_summary.hpp"

#include <boost/json.hpp>
#include <ctime>
#include <string_view>

#include "base/time.hpp"
#include "domain/templates/escaping.hpp"

namespace sluice::delivery {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostFields = 30;
constexpr std::size_t kMostNameBytes = 100;
constexpr std::size_t kMostValueBytes = 1'000;
constexpr std::size_t kMostSubjectBytes = 100;

using domain::templates::text_of;

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? "" : text_of(*value);
}

std::string subject_of(const json::object& event) {
  const json::value* subject = event.if_contains("subject");
  if (subject == nullptr || !subject->is_object()) return text_of(event, "subject");
  const std::string type = text_of(subject->get_object(), "type");
  const std::string id = text_of(subject->get_object(), "id");
  return type.empty() || id.empty() ? type + id : type + " " + id;
}

std::string readable(const std::string& occurred_at) {
  const auto time = base::parse_iso8601(occurred_at);
  if (!time) return shortened(occurred_at, kMostNameBytes);
  const std::time_t seconds =
      std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[64];
  // In the C locale, which this process never leaves, the names are English.
  std::strftime(text, sizeof text, "%d %b %Y, %H:%M:%S UTC", &parts);
  return text;
}

json::object field(std::string_view name, const json::value& value) {
  return {{"name", shortened(std::string{name}, kMostNameBytes)},
          {"value", shortened(text_of(value), kMostValueBytes)}};
}

}  // namespace

std::string shortened(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  text.resize(bytes);
  return text + "...";
}

json::object summary_of(const json::object& event) {
  json::array fields;
  std::size_t left_out = 0;
  const json::value* metadata = event.if_contains("metadata");
  if (metadata != nullptr && metadata->is_object()) {
    for (const auto& [name, value] : metadata->get_object()) {
      if (fields.size() == kMostFields) {
        ++left_out;
      } else {
        fields.push_back(field(name, value));
      }
    }
  } else if (metadata != nullptr && !metadata->is_null()) {
    fields.push_back(field("", *metadata));
  }
  const std::string occurred_at = text_of(event, "occurred_at");
  return {{"event_type", text_of(event, "event_type")},
          {"subject", shortened(subject_of(event), kMostSubjectBytes)},
          {"time", readable(occurred_at)},
          {"occurred_at", occurred_at},
          {"event_id", text_of(event, "event_id")},
          {"namespace_id", shortened(text_of(event, "namespace_id"), kMostNameBytes)},
          {"fields", std::move(fields)},
          {"left_out", left_out == 0 ? "" : std::to_string(left_out)}};
}

}  // namespace sluice::delivery
