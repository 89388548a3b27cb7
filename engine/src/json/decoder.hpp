// What EventDecoder is inside: whole lines go to the fast LineScanner, and each line that it does
// not accept goes to the CarefulDecoder, alone. So a bad line costs nothing but itself, and every
// error has one origin.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/careful_decoder.hpp"
#include "json/event_fields.hpp"
#include "json/kernel.hpp"
#include "json/line_scanner.hpp"
#include "sluice/event.hpp"

namespace sluice::json {

class Decoder {
 public:
  Decoder(const DecoderLimits& limits, EventFields fields, Kernel kernel) noexcept;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  /// As EventDecoder's. A byte order mark before line 1 (of the body) is skipped, and offsets
  /// count from behind it.
  DecodedEvents decode_lines(std::string_view chunk, std::uint64_t first_line);
  DecodedEvents decode_json(std::string_view body);

 private:
  void start(std::string_view input) noexcept;
  void decode_terminated(const char* begin, const char* end, std::uint64_t& line);
  void decode_tail(std::string_view tail, std::uint64_t line);

  const DecoderLimits limits_;
  const Kernel kernel_;
  FieldReader reader_;
  CarefulDecoder careful_;
  LineScanner scanner_;
  Decoded out_;
  std::string tail_;  // the unterminated last line, terminated
};

}  // namespace sluice::json
