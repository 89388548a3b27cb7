#include "bad_lines.hpp"

#include <cinttypes>
#include <cstdio>

namespace sluice::tool {

void BadLines::report(std::span<const RejectedEvent> rejected) {
  for (const RejectedEvent& event : rejected) {
    if (++count_ > kShown) continue;
    progress_.erase();
    const std::string_view reason = describe(event.error.code);
    std::fprintf(stderr, "%s:%" PRIu64 ":%zu: %.*s\n", input_name_.c_str(), event.line,
                 event.error.offset + 1, static_cast<int>(reason.size()), reason.data());
  }
}

void BadLines::finish() const {
  if (count_ <= kShown) return;
  std::fprintf(stderr, "%s: %" PRIu64 " more bad lines, %" PRIu64 " in all\n", input_name_.c_str(),
               count_ - kShown, count_);
}

}  // namespace sluice::tool
