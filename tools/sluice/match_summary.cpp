#include "match_summary.hpp"

#include <algorithm>
#include <cmath>

#include "json_text.hpp"

namespace sluice::tool {
namespace {

template <class Number>
void append_field(std::string& out, const char* name, Number value) {
  out += out.empty() ? '{' : ',';
  append_quoted(out, name);
  out += ':';
  append_number(out, value);
}

/// Microseconds are what the clock is good for.
double rounded(double seconds) { return std::round(seconds * 1e6) / 1e6; }

}  // namespace

std::string MatchSummary::to_json() const {
  const double least = 1e-9;  // keeps the rates of an empty input finite
  const auto rate = [&](std::uint64_t count) {
    return std::round(static_cast<double>(count) / std::max(seconds, least));
  };
  std::string out;
  append_field(out, "events", stats.events);
  append_field(out, "invalid", stats.rejected);
  append_field(out, "matched_events", stats.matched_events);
  append_field(out, "matches", stats.matches);
  append_field(out, "id_sum", stats.id_sum);
  append_field(out, "seconds", rounded(seconds));
  append_field(out, "events_per_second", rate(stats.events));
  append_field(out, "bytes_per_second", rate(stats.bytes));
  append_field(out, "threads", threads);
  append_field(out, "subscriptions", index.subscriptions);
  append_field(out, "index_bytes", index.index_bytes);
  append_field(out, "load_seconds", rounded(load_seconds));
  return out + "}\n";
}

}  // namespace sluice::tool
