#include "json/decoder.hpp"
#include "sluice/event.hpp"

namespace sluice {

struct EventDecoder::Impl {
  Impl(const DecoderLimits& limits, EventFields fields) noexcept
      : decoder(limits, fields, json::best_kernel()) {}

  json::Decoder decoder;
};

EventDecoder::EventDecoder(DecoderLimits limits, EventFields fields)
    : impl_(std::make_unique<Impl>(limits, fields)) {}

EventDecoder::~EventDecoder() = default;

DecodedEvents EventDecoder::decode_lines(std::string_view chunk, std::uint64_t first_line) {
  return impl_->decoder.decode_lines(chunk, first_line);
}

DecodedEvents EventDecoder::decode_json(std::string_view body) {
  return impl_->decoder.decode_json(body);
}

}  // namespace sluice
