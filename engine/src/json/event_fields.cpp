#include "json/event_fields.hpp"

#include <algorithm>
#include <cstdint>

#include "json/tokens.hpp"
#include "sluice/pattern.hpp"

namespace sluice::json {
namespace {

/// Appends one code point as UTF-8.
void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&out, code](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | ((code >> shift) & 0x3FU)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (code >> 6U)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xE0U | (code >> 12U)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0U | (code >> 18U)));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// Appends what the valid escape at `at` stands for; returns the first byte after it.
const char* append_escape(std::string& out, const char* at) {
  if (at[1] != 'u') {
    out.push_back(kSimpleEscapes[static_cast<unsigned char>(at[1])]);
    return at + 2;
  }
  const auto unit = static_cast<std::uint32_t>(hex4(at + 2));
  if (unit < 0xD800 || unit > 0xDFFF) {
    append_utf8(out, unit);
    return at + 6;
  }
  const auto low = static_cast<std::uint32_t>(hex4(at + 8));
  append_utf8(out, 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00));
  return at + 12;
}

/// What is between the quotes of the valid JSON string that begins at `quote`.
std::string_view raw_text(const char* quote) {
  const char* at = quote + 1;
  while (*at != '"') at += *at == '\\' ? 2 : 1;
  return {quote + 1, static_cast<std::size_t>(at - quote - 1)};
}

void append_unescaped(std::string& out, std::string_view raw) {
  const char* const end = raw.data() + raw.size();
  for (const char* at = raw.data(); at != end;) {
    if (*at == '\\') {
      at = append_escape(out, at);
    } else {
      out.push_back(*at++);
    }
  }
}

}  // namespace

void Fields::note(std::string_view key, const char* value) noexcept {
  const auto note_as = [=](std::string_view name, const char*& field) {
    if (key != name) return false;
    if (field == nullptr) field = value;
    return true;
  };
  note_as("event_type", event_type) || note_as("type", type) ||
      note_as("organization", organization) || note_as("event_id", event_id) ||
      note_as("id", cloud_id) || note_as("occurred_at", occurred_at) ||
      note_as("time", cloud_time) || note_as("source", source) ||
      note_as("specversion", specversion);
}

void FieldReader::start(std::size_t input_bytes) noexcept {
  values_.clear();
  input_bytes_ = input_bytes;
}

Error FieldReader::read(const Fields& fields, const char* base, Event& event, EventOrigin* origin) {
  const std::size_t mark = values_.size();
  Error error = read_name(fields.name(), base, event);
  if (error.code == ErrorCode::none) {
    error = origin != nullptr
                ? read_origin(fields, base, *origin)
                : read_optional(fields.organization, base, ErrorCode::organization_not_string,
                                event.organization);
  }
  if (error.code != ErrorCode::none) values_.resize(mark);
  return error;
}

Error FieldReader::read_name(const char* at, const char* base, Event& event) {
  if (at == nullptr)
    return {ErrorCode::missing_event_type, static_cast<std::size_t>(event.json.data() - base)};
  const auto offset = static_cast<std::size_t>(at - base);
  if (*at != '"') return {ErrorCode::event_type_not_string, offset};
  event.name = value(at);
  const Error error = check_event_name(event.name);
  if (error.code == ErrorCode::none) return {};
  return {error.code, offset + 1 + error.offset};
}

Error FieldReader::read_origin(const Fields& fields, const char* base, EventOrigin& origin) {
  Error error = read_id(fields.id(), base, origin.id);
  if (error.code != ErrorCode::none) return error;
  error = read_optional(fields.time(), base, ErrorCode::occurred_at_not_string, origin.occurred_at);
  if (error.code != ErrorCode::none) return error;
  const auto text_or_nothing = [this, &fields](const char* at) {
    const bool is_text = fields.is_cloud_event() && at != nullptr && *at == '"';
    return is_text ? value(at) : std::string_view{};
  };
  origin.source = text_or_nothing(fields.source);
  origin.specversion = text_or_nothing(fields.specversion);
  return {};
}

Error FieldReader::read_id(const char* at, const char* base, std::string_view& id) {
  const Error error = read_optional(at, base, ErrorCode::event_id_not_string, id);
  if (error.code != ErrorCode::none || id.data() == nullptr) return error;
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7F'; };
  const auto wrong = std::find_if_not(id.begin(), id.end(), is_visible);
  const auto good = static_cast<std::size_t>(wrong - id.begin());
  if (wrong == id.end() && good != 0 && good <= kMaxIdBytes) return {};
  const auto offset = static_cast<std::size_t>(at - base) + 1;
  return {ErrorCode::bad_event_id, offset + std::min(good, kMaxIdBytes)};
}

Error FieldReader::read_optional(const char* at, const char* base, ErrorCode wrong_type,
                                 std::string_view& text) {
  text = {};
  if (at == nullptr || *at == 'n') return {};
  if (*at != '"') return {wrong_type, static_cast<std::size_t>(at - base)};
  text = value(at);
  return {};
}

std::string_view FieldReader::key(const char* quote) {
  const std::string_view raw = raw_text(quote);
  if (raw.find('\\') == raw.npos) return raw;
  key_.clear();
  append_unescaped(key_, raw);
  return key_;
}

std::string_view FieldReader::value(const char* quote) {
  const std::string_view raw = raw_text(quote);
  if (raw.find('\\') == raw.npos) return raw;
  values_.reserve(input_bytes_);
  const std::size_t first = values_.size();
  append_unescaped(values_, raw);
  return std::string_view{values_}.substr(first);
}

}  // namespace sluice::json
