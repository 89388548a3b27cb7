#include "domain/delivered_event.hpp"

#include <simdjson.h>

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <new>

#include "domain/catalogue.hpp"

namespace sluice::domain {
namespace {

namespace ondemand = simdjson::ondemand;

// Accepted events may be nested up to the decoder's limit of 1,024.
constexpr std::size_t kDepth = 1100;

enum Field : std::size_t {
  kEventId,
  kId,
  kEventType,
  kType,
  kOccurredAt,
  kTime,
  kNamespaceId,
  kSubject,
  kMetadata,
  kData,
  kCacheScope,
  kFields
};
constexpr std::array<std::string_view, kFields> kNames{
    "event_id",     "id",      "event_type", "type", "occurred_at", "time",
    "namespace_id", "subject", "metadata",   "data", "cache_scope"};

Field field_of(std::string_view name) {
  for (std::size_t i = 0; i < kFields; ++i) {
    if (kNames[i] == name) return static_cast<Field>(i);
  }
  return kFields;
}

bool is_there(std::string_view value) { return !value.empty() && value != "null"; }

std::string json_string(std::string_view text) {
  return boost::json::serialize(boost::json::value(boost::json::string(text)));
}

}  // namespace

struct DeliveredEventWriter::Impl {
  const Catalogue& catalogue;
  ondemand::parser parser;
  std::string padded;
  std::array<std::string_view, kFields> values;  // as they were written; of equals the first
  std::string rest;                              // `,"name":value` of every other field

  explicit Impl(const Catalogue& types) : catalogue(types) {}

  bool read(std::string_view json) {
    values = {};
    rest.clear();
    padded.assign(json);
    padded.append(simdjson::SIMDJSON_PADDING, ' ');
    // It fails for want of memory only: that is no fault of the event.
    if (json.size() > parser.capacity() &&
        parser.allocate(json.size(), kDepth) != simdjson::SUCCESS)
      throw std::bad_alloc();
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(padded.data(), json.size(), padded.size()).get(document) !=
            simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS)
      return false;
    for (auto entry : object) {
      ondemand::field field;
      if (std::move(entry).get(field) != simdjson::SUCCESS || !note(field)) return false;
    }
    return true;
  }

  bool note(ondemand::field& field) {
    const std::string_view raw_name{field.key().raw(), raw_size(field.key().raw())};
    std::string_view name;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return false;
    const Field known = field_of(name);
    std::string_view value;
    if (simdjson::to_json_string(field.value()).get(value) != simdjson::SUCCESS) return false;
    while (!value.empty() && static_cast<unsigned char>(value.back()) <= ' ')
      value.remove_suffix(1);
    if (known == kFields) {
      rest.append(",\"").append(raw_name).append("\":").append(value);
    } else if (values[known].empty()) {
      values[known] = value;
    }
    return true;
  }

  /// Of the text behind an opening quote, up to the closing one.
  static std::size_t raw_size(const char* begin) {
    const char* at = begin;
    while (*at != '"') at += *at == '\\' ? 2 : 1;
    return static_cast<std::size_t>(at - begin);
  }

  /// An event without event_type is a CloudEvent, and only then are id, type and time ours.
  bool is_cloud_event() const { return values[kEventType].empty(); }

  std::string_view first(Field ours, Field theirs, bool may_serve) {
    const bool serves = may_serve && !is_there(values[ours]) && is_there(values[theirs]);
    if (serves) return values[theirs];
    carry(theirs);
    return is_there(values[ours]) ? values[ours] : "null";
  }

  /// A field whose name another one has taken the place of is carried like any other.
  void carry(Field field) {
    if (values[field].empty()) return;
    rest.append(",\"").append(kNames[field]).append("\":").append(values[field]);
  }
};

DeliveredEventWriter::DeliveredEventWriter(const Catalogue& catalogue)
    : impl_(std::make_unique<Impl>(catalogue)) {}

DeliveredEventWriter::~DeliveredEventWriter() = default;

bool DeliveredEventWriter::append(std::string& out, std::string_view json,
                                  const EventIdentity& identity) {
  Impl& event = *impl_;
  if (!event.read(json)) return false;
  const auto field = [&out](std::string_view name, std::string_view value) {
    out.append(",\"").append(name).append("\":").append(value);
  };
  out.append("{\"event_id\":").append(json_string(identity.event_id));
  event.first(kEventId, kId, event.is_cloud_event());
  field("event_type", json_string(identity.event_type));
  event.first(kEventType, kType, event.is_cloud_event());
  const std::string_view occurred_at = event.first(kOccurredAt, kTime, event.is_cloud_event());
  field("occurred_at", is_there(occurred_at) ? std::string{occurred_at}
                                             : json_string(base::to_iso8601(identity.accepted_at)));
  const auto plain = [&event](Field name) {
    return event.values[name].empty() ? std::string_view{"null"} : event.values[name];
  };
  field("namespace_id", plain(kNamespaceId));
  field("subject", plain(kSubject));
  field("metadata", event.first(kMetadata, kData, true));
  if (is_there(event.values[kCacheScope])) {
    field("cache_scope", event.values[kCacheScope]);
  } else {
    const EventType* known = event.catalogue.find(identity.event_type);
    const bool has_scope = known != nullptr && known->cache_scope != CacheScope::none;
    field("cache_scope", has_scope ? json_string(to_text(known->cache_scope)) : "null");
  }
  out.append(event.rest).append("}");
  return true;
}

}  // namespace sluice::domain
