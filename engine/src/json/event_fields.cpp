#include "json/event_fields.hpp"

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
  if (key == "event_type") {
    if (event_type == nullptr) event_type = value;
  } else if (key == "type") {
    if (type == nullptr) type = value;
  } else if (key == "organization") {
    if (organization == nullptr) organization = value;
  }
}

void FieldReader::start(std::size_t input_bytes) noexcept {
  values_.clear();
  input_bytes_ = input_bytes;
}

Error FieldReader::read(const Fields& fields, const char* base, Event& event) {
  const std::size_t mark = values_.size();
  Error error = read_name(fields, base, event);
  if (error.code == ErrorCode::none) error = read_organization(fields, base, event);
  if (error.code != ErrorCode::none) values_.resize(mark);
  return error;
}

Error FieldReader::read_name(const Fields& fields, const char* base, Event& event) {
  const char* const at = fields.event_type != nullptr ? fields.event_type : fields.type;
  if (at == nullptr)
    return {ErrorCode::missing_event_type, static_cast<std::size_t>(event.json.data() - base)};
  const auto offset = static_cast<std::size_t>(at - base);
  if (*at != '"') return {ErrorCode::event_type_not_string, offset};
  event.name = value(at);
  const Error error = check_event_name(event.name);
  if (error.code == ErrorCode::none) return {};
  return {error.code, offset + 1 + error.offset};
}

Error FieldReader::read_organization(const Fields& fields, const char* base, Event& event) {
  event.organization = {};
  const char* const at = fields.organization;
  if (at == nullptr || *at == 'n') return {};
  if (*at != '"') return {ErrorCode::organization_not_string, static_cast<std::size_t>(at - base)};
  event.organization = value(at);
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
