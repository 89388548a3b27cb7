#include "delivery/channels/event_texts.hpp"

#include "sluice/event.hpp"

namespace sluice::delivery {

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

}  // namespace sluice::delivery
