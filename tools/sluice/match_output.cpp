#include "match_output.hpp"

#include <algorithm>
#include <vector>

#include "json_text.hpp"

namespace sluice::tool {

void TotalsOutput::encode(const MatchedChunk& chunk, std::string& /*out*/) {
  progress_.count_events(chunk.events.size());
}

bool TotalsOutput::write(std::string_view /*encoded*/, std::span<const RejectedEvent> rejected) {
  bad_lines_.report(rejected);
  progress_.update();
  return true;
}

void MatchesOutput::encode(const MatchedChunk& chunk, std::string& out) {
  TotalsOutput::encode(chunk, out);
  std::vector<SubscriptionId> ids;
  for (std::size_t i = 0; i < chunk.events.size(); ++i) {
    const auto matches = chunk.matches[i];
    if (matches.empty()) continue;
    ids.assign(matches.begin(), matches.end());
    std::sort(ids.begin(), ids.end());
    out += R"({"line":)";
    append_number(out, chunk.events[i].line);
    // A name is well-formed and a label is JSON already: nothing here needs an escape.
    out += R"(,"event_type":")";
    out += chunk.events[i].name;
    out += R"(","matches":[)";
    for (const SubscriptionId id : ids) {
      labels_.append(id, out);
      out += ',';
    }
    out.back() = ']';
    out += "}\n";
  }
}

bool MatchesOutput::write(std::string_view encoded, std::span<const RejectedEvent> rejected) {
  return TotalsOutput::write(encoded, rejected) && file_.write(encoded);
}

}  // namespace sluice::tool
