// Any bytes as lines and as a body: we accept exactly what simdjson's DOM accepts (but for the
// limits that dom_reference.hpp names), and every way to decode gives the same answer.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/decoded_copy.hpp"
#include "engine/dom_reference.hpp"
#include "fuzz/require.hpp"
#include "json/decoder.hpp"

namespace {

using sluice::DecoderLimits;
using sluice::EventFields;
using sluice::testkit::copy;
using sluice::testkit::DecodedCopy;
using sluice::testkit::require;

/// Of the errors only the lines count: DOM has its own names for them.
DecodedCopy without_errors(DecodedCopy answer) {
  for (auto& rejection : answer.rejected) rejection.error = {};
  return answer;
}

void check_lines(std::string_view text, const DecoderLimits& limits, EventFields fields) {
  const sluice::testkit::PaddedText padded{text};
  sluice::EventDecoder decoder{limits, fields};
  const DecodedCopy answer = copy(decoder.decode_lines(padded.view()));
  for (const auto kernel : sluice::testkit::kernels()) {
    sluice::json::Decoder other{limits, fields, kernel};
    require(copy(other.decode_lines(padded.view(), 1)) == answer, "the kernels agree");
  }
  sluice::testkit::DomReference reference{limits, fields};
  require(without_errors(answer) == reference.lines(text), "we accept the lines that DOM accepts");
}

void check_body(std::string_view body, EventFields fields) {
  const sluice::testkit::PaddedText padded{body};
  const DecoderLimits limits{.event_bytes = body.size() + 1};
  sluice::EventDecoder decoder{limits, fields};
  DecodedCopy answer = without_errors(copy(decoder.decode_json(padded.view())));
  sluice::testkit::DomReference reference{limits, fields};
  DecodedCopy expected = reference.body(body);
  for (DecodedCopy* each : {&answer, &expected}) {
    for (auto& event : each->events) event.json.clear();
  }
  require(answer == expected, "we accept the bodies that DOM accepts");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  for (const EventFields fields : {EventFields::matching, EventFields::ingest}) {
    check_lines(text, DecoderLimits{}, fields);
    check_lines(text, DecoderLimits{.event_bytes = 64, .depth = 3}, fields);
    check_body(text, fields);
  }
  return 0;
}
