#include "delivery/event_type_reader.hpp"

namespace sluice::delivery {

std::string_view EventTypeReader::read(std::string_view json) {
  padded_.assign(json);
  padded_.append(EventDecoder::kPadding, '\0');
  const DecodedEvents decoded =
      decoder_.decode_json(std::string_view(padded_).substr(0, json.size()));
  return decoded.events.empty() ? std::string_view{} : decoded.events.front().name;
}

}  // namespace sluice::delivery
