#include "ingest/cloud_event.hpp"

#include <simdjson.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "base/encoding.hpp"
#include "ingest/body_format.hpp"
#include "ingest/json_lines.hpp"

namespace sluice::ingest {
namespace {

constexpr std::string_view kPrefix = "ce-";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool is_attribute(std::string_view name) noexcept {
  return name.size() >= kPrefix.size() &&
         std::equal(kPrefix.begin(), kPrefix.end(), name.begin(),
                    [](char expected, char c) { return expected == lower(c); });
}

std::string lowered(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool is_good_name(std::string_view name) noexcept {
  const auto is_good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && std::all_of(name.begin(), name.end(), is_good) && name != "data" &&
         name != "datacontenttype";
}

std::string json_string(std::string_view text) {
  return boost::json::serialize(boost::json::value(boost::json::string(text)));
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = lower(c);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// A quoted string (RFC 9110 section 5.6.4) without its quotes and backslashes; else `value`.
std::string unquoted(std::string_view value) {
  if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::string{value};
  value = value.substr(1, value.size() - 2);
  std::string text;
  for (std::size_t i = 0; i != value.size(); ++i) {
    if (value[i] == '\\' && i + 1 != value.size()) ++i;
    text.push_back(value[i]);
  }
  return text;
}

std::optional<std::string> decoded(std::string_view value) {
  const std::string encoded = unquoted(value);
  std::string text;
  for (std::size_t i = 0; i != encoded.size(); ++i) {
    if (encoded[i] != '%') {
      text.push_back(encoded[i]);
      continue;
    }
    if (encoded.size() - i < 3) return std::nullopt;
    const int high = hex_digit(encoded[i + 1]);
    const int low = hex_digit(encoded[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    text.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  if (!simdjson::validate_utf8(text)) return std::nullopt;
  return text;
}

/// Whether CloudEvents lets no String hold what `text`, valid UTF-8, holds: U+0000 to U+001F, or
/// U+007F to U+009F.
bool has_control_character(std::string_view text) noexcept {
  for (std::size_t i = 0; i != text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return true;
  }
  return false;
}

/// Whether what follows `text` in a JSON object cannot be begun by `text` itself: outside of its
/// brackets it holds no comma and no closing bracket. Its own grammar is the decoder's to judge.
bool stays_one_value(std::string_view text) noexcept {
  std::size_t depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      is_in_string = !is_in_string;
    } else if (is_in_string) {
      continue;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']' || c == ',') {
      if (depth == 0) return false;
      if (c != ',') --depth;
    }
  }
  return true;
}

}  // namespace

const Fault* missing_attribute(const EventOrigin& origin) noexcept {
  if (origin.specversion != "1.0") return &kBadSpecversion;
  if (origin.id.empty()) return &kMissingId;
  if (origin.source.empty()) return &kMissingSource;
  return nullptr;
}

bool has_cloud_event_fields(std::span<const HeaderField> fields) noexcept {
  return std::any_of(fields.begin(), fields.end(),
                     [](const HeaderField& field) { return is_attribute(field.name); });
}

BinaryCloudEvent::BinaryCloudEvent(std::span<const HeaderField> fields,
                                   std::string_view content_type) {
  for (const HeaderField& field : fields) {
    if (is_attribute(field.name))
      add_attribute(lowered(field.name.substr(kPrefix.size())), field.value);
  }
  if (!content_type.empty()) head_ += ",\"datacontenttype\":" + json_string(content_type);
  if (is_json_type(content_type)) kind_ = DataKind::json;
  if (lowered(content_type.substr(0, 5)) == "text/") kind_ = DataKind::text;
}

void BinaryCloudEvent::add_attribute(std::string_view name, std::string_view value) {
  const std::optional<std::string> text = decoded(value);
  const std::string field = ",\"" + std::string{name} + "\":";
  if (!is_good_name(name) || !text || head_.find(field) != head_.npos) {
    refuse(name, kBadAttribute);
  } else if (has_control_character(*text)) {
    refuse(name, kControlCharacter);
  } else {
    head_ += field + json_string(*text);
  }
}

/// Of several bad fields, the first is told.
void BinaryCloudEvent::refuse(std::string_view name, const Fault& fault) {
  if (!message_.empty()) return;
  fault_type_ = fault.type;
  message_.append(kPrefix).append(name).append(": ").append(fault.message);
}

std::optional<std::string> BinaryCloudEvent::with_data(std::string data) const {
  std::string event = "{" + head_.substr(std::min<std::size_t>(1, head_.size()));
  if (data.empty()) return event + "}";
  if (kind_ == DataKind::json) {
    if (!stays_one_value(data)) return std::nullopt;
    const std::size_t bytes = data.size();
    data.resize(bytes + EventDecoder::kPadding);
    data.resize(JsonLines{JsonLines::Accepts::object}.rewrite(data.data(), bytes));
    event.append(",\"data\":").append(data);
  } else if (kind_ == DataKind::text && simdjson::validate_utf8(data)) {
    event.append(",\"data\":").append(json_string(data));
  } else {
    event.append(",\"data_base64\":\"").append(base::to_base64(data)).append("\"");
  }
  return event + "}";
}

}  // namespace sluice::ingest
