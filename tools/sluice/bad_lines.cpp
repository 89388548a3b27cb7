#include "bad_lines.hpp"

#include <cinttypes>
#include <cstdio>
#include <string>

namespace sluice::tool {
namespace {

std::string reason_of(ErrorCode code) {
  std::string reason{describe(code)};
  if (code == ErrorCode::event_too_large)
    reason += " of " + std::to_string(DecoderLimits{}.event_bytes >> 10U) + " KiB";
  return reason;
}

}  // namespace

void BadLines::report(std::span<const RejectedEvent> rejected) {
  for (const RejectedEvent& event : rejected) {
    if (++count_ > kShown) continue;
    progress_.erase();
    std::fprintf(stderr, "%s:%" PRIu64 ":%zu: %s\n", input_name_.c_str(), event.line,
                 event.error.offset + 1, reason_of(event.error.code).c_str());
  }
}

void BadLines::finish() const {
  if (count_ <= kShown) return;
  std::fprintf(stderr, "%s: %" PRIu64 " more bad lines, %" PRIu64 " in all\n", input_name_.c_str(),
               count_ - kShown, count_);
}

}  // namespace sluice::tool
