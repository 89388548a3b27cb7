#include "webhook_line.hpp"

#include <simdjson.h>

#include "json_text.hpp"
#include "sluice/event.hpp"

namespace sluice::tool {
namespace {

constexpr std::size_t kMaxOrganizationBytes = 255;
constexpr std::size_t kMaxPatterns = 65'535;
constexpr std::size_t kNoElement = ~std::size_t{0};

/// The column of a field's value, or of one element of it. The DOM does not keep positions, so the
/// line, which is known to be well-formed, is walked once more; only a line with an error pays.
std::size_t find_column(std::string_view line, std::string_view field, std::size_t element) {
  namespace ondemand = simdjson::ondemand;
  const simdjson::padded_string copy(line);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::value value;
  if (parser.iterate(copy).get(document) != simdjson::SUCCESS ||
      document.find_field_unordered(field).get(value) != simdjson::SUCCESS) {
    return 1;
  }
  if (element != kNoElement) {
    ondemand::array values;
    if (value.get_array().get(values) != simdjson::SUCCESS ||
        values.at(element).get(value) != simdjson::SUCCESS) {
      return 1;
    }
  }
  return static_cast<std::size_t>(value.raw_json_token().data() - copy.data()) + 1;
}

/// Where the JSON of `line` goes wrong: the event decoder knows the byte, the DOM does not.
std::size_t find_grammar_error(std::string_view line) {
  std::string padded(line);
  padded.append(EventDecoder::kPadding, ' ');
  EventDecoder decoder({.event_bytes = line.size()});
  const DecodedEvents decoded = decoder.decode_json({padded.data(), line.size()});
  return decoded.rejected.empty() ? 1 : decoded.rejected.front().error.offset + 1;
}

std::string_view read_text(std::string_view line, simdjson::dom::object object,
                           std::string_view field) {
  simdjson::dom::element value;
  if (object[field].get(value) != simdjson::SUCCESS || value.is_null()) return {};
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return text;
  throw WebhookError(find_column(line, field, kNoElement),
                     std::string(field) + " must be a string");
}

bool read_is_active(std::string_view line, simdjson::dom::object object) {
  simdjson::dom::element value;
  if (object["is_active"].get(value) != simdjson::SUCCESS || value.is_null()) return true;
  bool is_active = false;
  if (value.get(is_active) == simdjson::SUCCESS) return is_active;
  throw WebhookError(find_column(line, "is_active", kNoElement), "is_active must be true or false");
}

Pattern read_pattern(std::string_view line, simdjson::dom::element value, std::size_t index) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    throw WebhookError(find_column(line, "event_types", index),
                       "an element of event_types must be a string");
  }
  const Result<Pattern> pattern = Pattern::parse(text);
  if (pattern) return *pattern;
  // One more for the opening quote.
  throw WebhookError(
      find_column(line, "event_types", index) + 1 + pattern.error().offset,
      "the pattern " + quoted_start(text) + ": " + std::string(describe(pattern.error().code)));
}

}  // namespace

struct WebhookParser::Impl {
  simdjson::dom::parser parser;
  Webhook webhook;
};

WebhookParser::WebhookParser() : impl_(std::make_unique<Impl>()) {}
WebhookParser::~WebhookParser() = default;

const Webhook& WebhookParser::parse(std::string_view line) {
  static_assert(kPadding >= simdjson::SIMDJSON_PADDING);
  simdjson::dom::element root;
  if (impl_->parser.parse(line.data(), line.size(), false).get(root) != simdjson::SUCCESS)
    throw WebhookError(find_grammar_error(line), "the JSON is not well-formed");
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS)
    throw WebhookError(1, "a webhook must be a JSON object, such as " +
                              std::string(R"({"webhook_id":"wh_1","event_types":["order.*"]})"));

  Webhook& webhook = impl_->webhook;
  webhook.id = read_text(line, object, "webhook_id");
  if (webhook.id.empty()) throw WebhookError(1, "webhook_id is missing; add a string");
  webhook.organization = read_text(line, object, "organization");
  if (webhook.organization.size() > kMaxOrganizationBytes) {
    throw WebhookError(find_column(line, "organization", kNoElement),
                       "organization is longer than 255 bytes");
  }
  webhook.is_active = read_is_active(line, object);

  simdjson::dom::element event_types;
  if (object["event_types"].get(event_types) != simdjson::SUCCESS)
    throw WebhookError(1, "event_types is missing; add an array of at least one pattern");
  simdjson::dom::array patterns;
  if (event_types.get(patterns) != simdjson::SUCCESS || patterns.size() == 0)
    throw WebhookError(find_column(line, "event_types", kNoElement),
                       "event_types must be an array of at least one pattern");
  webhook.patterns.clear();
  for (const simdjson::dom::element value : patterns)
    webhook.patterns.push_back(read_pattern(line, value, webhook.patterns.size()));
  if (webhook.patterns.size() > kMaxPatterns)
    throw WebhookError(find_column(line, "event_types", kNoElement),
                       "event_types has more than 65535 patterns");
  return webhook;
}

}  // namespace sluice::tool
