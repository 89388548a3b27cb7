#include "delivery/channels/event_texts.hpp"

#include <boost/json.hpp>

#include "sluice/event.hpp"

namespace sluice::delivery {

namespace json = boost::json;

EventTexts::EventTexts(const domain::Catalogue& catalogue)
    : decoder_(std::make_unique<EventDecoder>(DecoderLimits{}, EventFields::ingest)),
      writer_(catalogue) {}

EventTexts::~EventTexts() = default;

bool EventTexts::append(const OwedEvent& event, std::string& out, EventNames& names) {
  padded_.assign(event.json);
  padded_.append(1, '\n');
  const std::size_t size = padded_.size();
  padded_.append(EventDecoder::kPadding, ' ');
  const DecodedEvents decoded = decoder_->decode_lines({padded_.data(), size});
  if (decoded.events.size() != 1) return false;
  const EventOrigin& origin = decoded.origins.front();
  names.event_type = decoded.events.front().name;
  names.source = origin.source;
  names.occurred_at = origin.occurred_at;
  return writer_.append(out, event.json, {event.event_id, names.event_type, event.accepted_at});
}

json::object EventTexts::read(const OwedEvent& event, std::string& problem) {
  std::string text;
  EventNames names;
  if (append(event, text, names)) return parse_event(text, problem);
  problem = "the event cannot be read";
  return {};
}

json::object parse_event(std::string_view text, std::string& problem) {
  json::parse_options options;
  options.max_depth = DecoderLimits{}.depth;  // what the intake takes; 32 without this
  json::error_code error;
  json::value event = json::parse(text, error, {}, options);
  if (!error) return std::move(event.as_object());
  problem = "the event cannot be read for a template: " + error.message();
  return {};
}

}  // namespace sluice::delivery
