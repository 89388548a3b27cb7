#include "stream_names.hpp"

#include <cstring>

#include "sluice/pattern.hpp"

namespace sluice::internal {

DecodedEvents NameDecoder::decode_lines(std::string_view chunk, std::uint64_t first_line) {
  events_.clear();
  rejected_.clear();
  std::uint64_t lines = 0;
  if (first_line == 1 && chunk.starts_with("\xEF\xBB\xBF")) chunk.remove_prefix(3);
  for (std::size_t from = 0; from < chunk.size(); ++lines) {
    const void* newline = std::memchr(chunk.data() + from, '\n', chunk.size() - from);
    const std::size_t to =
        newline == nullptr
            ? chunk.size()
            : static_cast<std::size_t>(static_cast<const char*>(newline) - chunk.data());
    decode_line(chunk.substr(from, to - from), first_line + lines);
    from = to + 1;
  }
  return {.events = events_, .origins = {}, .rejected = rejected_, .lines = lines};
}

void NameDecoder::decode_line(std::string_view line, std::uint64_t number) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return;
  const Error error = line.size() > limits_.event_bytes
                          ? Error{ErrorCode::event_too_large, limits_.event_bytes}
                          : check_event_name(line);
  if (error.code != ErrorCode::none) {
    rejected_.push_back({number, error});
  } else {
    events_.push_back({.name = line, .organization = {}, .json = line, .line = number});
  }
}

}  // namespace sluice::internal
