// Any bytes as responses, one after the other as on a kept connection: however the stream is cut
// into pieces, the same is read, and nothing grows past its limit.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "delivery/response_parser.hpp"
#include "fuzz/require.hpp"

namespace {

using sluice::delivery::Response;
using sluice::delivery::ResponseParser;
using sluice::testkit::require;
using Progress = ResponseParser::Progress;

constexpr std::size_t kHeaderLimit = 512;
constexpr std::size_t kBodyCap = 64;

struct Reading {
  Response response;
  Progress progress = Progress::incomplete;
  bool is_kept = false;
  std::size_t consumed = 0;

  bool operator==(const Reading& other) const {
    return progress == other.progress && response.status == other.response.status &&
           response.retry_after == other.response.retry_after &&
           response.content_type == other.response.content_type &&
           response.body == other.response.body &&
           response.body_truncated == other.response.body_truncated &&
           is_kept == other.is_kept && consumed == other.consumed;
  }
};

/// Reads responses until one of them is the last, in pieces of `step` bytes.
std::vector<Reading> read_all(std::string_view text, std::size_t step) {
  std::vector<Reading> readings;
  ResponseParser parser;
  std::size_t at = 0;
  do {
    parser.start(kHeaderLimit, kBodyCap);
    Reading reading;
    while (reading.progress == Progress::incomplete && at < text.size()) {
      std::string_view piece = text.substr(at, step);
      const std::size_t before = piece.size();
      reading.progress = parser.feed(piece);
      at += before - piece.size();
      require(reading.progress != Progress::incomplete || piece.empty(), "all is taken");
    }
    if (reading.progress == Progress::incomplete) reading.progress = parser.finish();
    reading.response = parser.response();
    reading.is_kept = reading.progress == Progress::complete && parser.can_be_kept();
    if (reading.progress == Progress::complete) reading.consumed = at;
    require(reading.response.body.size() <= kBodyCap, "a body is at most its cap");
    require(reading.response.retry_after.size() <= kHeaderLimit, "a field is within the limit");
    if (reading.progress == Progress::complete)
      require(reading.response.status >= 200, "a response that counts is final");
    readings.push_back(std::move(reading));
  } while (readings.back().is_kept && at < text.size());
  return readings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::vector<Reading> whole = read_all(text, size + 1);
  // What is truncated ends where the piece with its end began, so only that may differ.
  const bool is_cut = whole.back().response.body_truncated;
  for (const std::size_t step : {1U, 2U, 7U}) {
    std::vector<Reading> pieces = read_all(text, step);
    if (is_cut) pieces.back().consumed = whole.back().consumed;
    require(pieces == whole, "the pieces do not matter");
  }
  return 0;
}
