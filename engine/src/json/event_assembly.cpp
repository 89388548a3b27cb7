#include "json/event_assembly.hpp"

#if defined(__x86_64__)

#include <simdjson.h>

#include "json/short_texts.hpp"

namespace sluice::json {
namespace {

/// Sets `text` to the string at `value`. False: it is none that is read the short way.
SLUICE_AVX2_INLINE bool read_plain_text(const char* value, std::string_view& text) noexcept {
  if (value == nullptr) return true;
  const std::ptrdiff_t size = *value == '"' ? plain_text(value + 1) : -1;
  if (size < 0) return false;
  text = {value + 1, static_cast<std::size_t>(size)};
  return true;
}

}  // namespace

/// Sets the wanted texts, if they are as they mostly are. False: ask the FieldReader.
SLUICE_AVX2_INLINE bool EventAssembly::read_plain(Event& event,
                                                  EventOrigin* origin) const noexcept {
  const char* const name = fields_.name();
  const std::size_t name_bytes = name != nullptr && *name == '"' ? short_name(name + 1) : 0;
  if (name_bytes == 0) return false;
  event.name = {name + 1, name_bytes};
  if (origin != nullptr) return read_plain_origin(*origin);
  const char* const organization = fields_.organization;
  if (organization == nullptr) return true;
  const int organization_bytes = *organization == '"' ? short_text(organization + 1) : -1;
  if (organization_bytes < 0) return false;
  event.organization = {organization + 1, static_cast<std::size_t>(organization_bytes)};
  return true;
}

SLUICE_AVX2_INLINE bool EventAssembly::read_plain_origin(EventOrigin& origin) const noexcept {
  if (!read_plain_text(fields_.time(), origin.occurred_at)) return false;
  if (fields_.is_cloud_event()) {
    if (!read_plain_text(fields_.source, origin.source)) return false;
    if (!read_plain_text(fields_.specversion, origin.specversion)) return false;
  }
  const char* const id = fields_.id();
  if (id == nullptr) return true;
  const std::size_t id_bytes = *id == '"' ? plain_id(id + 1) : 0;
  if (id_bytes == 0) return false;
  origin.id = {id + 1, id_bytes};
  return true;
}

SLUICE_AVX2_INLINE bool EventAssembly::add_event(std::string_view json, bool has_non_ascii) {
  if (json.size() > event_bytes_) return false;
  if (has_non_ascii && !simdjson::validate_utf8(json)) return false;
  const bool is_for_ingest = wanted_ == EventFields::ingest;
  EventOrigin* const origin = is_for_ingest ? &out_.origins.emplace_back() : nullptr;
  Event& event = out_.events.emplace_back();
  event.json = json;
  event.line = line_;
  if (read_plain(event, origin)) return true;
  if (reader_.read(fields_, line_begin_, event, origin).code == ErrorCode::none) return true;
  out_.events.pop_back();
  if (is_for_ingest) out_.origins.pop_back();
  return false;
}

/// What matching does not want was never noted, and is not worth a store.
void EventAssembly::forget_fields() noexcept {
  if (wanted_ == EventFields::ingest) {
    fields_ = {};
  } else {
    fields_.event_type = fields_.type = fields_.organization = nullptr;
  }
  needs_keys_ = true;
}

SLUICE_AVX2 bool EventAssembly::finish_line(std::string_view json, bool has_non_ascii,
                                            const char* newline) {
  if (!add_event(json, has_non_ascii)) return false;
  forget_fields();
  ++line_;
  line_begin_ = newline + 1;
  return true;
}

}  // namespace sluice::json

#endif
