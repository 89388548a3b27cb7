// Decodes a text in every way that this machine has; they must give the same answer.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string_view>

#include "engine/decoded_copy.hpp"
#include "json/decoder.hpp"
#include "sluice/event.hpp"

namespace sluice::testkit {

inline DecodedCopy decode_lines(std::string_view text, DecoderLimits limits = {},
                                std::uint64_t first_line = 1,
                                EventFields fields = EventFields::matching) {
  const PaddedText padded{text};
  EventDecoder decoder{limits, fields};
  const DecodedCopy answer = copy(decoder.decode_lines(padded.view(), first_line));
  for (const json::Kernel kernel : kernels()) {
    json::Decoder other{limits, fields, kernel};
    EXPECT_EQ(copy(other.decode_lines(padded.view(), first_line)), answer)
        << "kernel " << static_cast<int>(kernel) << " on " << text.substr(0, 2000);
  }
  return answer;
}

inline DecodedCopy decode_json(std::string_view text, DecoderLimits limits = {},
                               EventFields fields = EventFields::matching) {
  const PaddedText padded{text};
  EventDecoder decoder{limits, fields};
  return copy(decoder.decode_json(padded.view()));
}

}  // namespace sluice::testkit
