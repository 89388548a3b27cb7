// Where the matches of `sluice match` go: into the totals only, or out as NDJSON too.
#pragma once

#include <string>
#include <string_view>

#include "bad_lines.hpp"
#include "output_file.hpp"
#include "progress_line.hpp"
#include "sluice/stream.hpp"
#include "subscription_file.hpp"

namespace sluice::tool {

/// Reports bad lines and progress; match_stream() itself counts the matches.
class TotalsOutput : public MatchSink {
 public:
  TotalsOutput(ProgressLine& progress, BadLines& bad_lines)
      : progress_(progress), bad_lines_(bad_lines) {}

  void encode(const MatchedChunk& chunk, std::string& out) override;
  bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) override;

 private:
  ProgressLine& progress_;
  BadLines& bad_lines_;
};

/// Writes one object per event that matched, as in
/// `{"line":7,"event_type":"object.created","matches":["wh_1"]}`; the matches by ascending id, so
/// that the same input gives the same bytes.
class MatchesOutput : public TotalsOutput {
 public:
  MatchesOutput(ProgressLine& progress, BadLines& bad_lines, const SubscriptionLabels& labels,
                OutputFile& file)
      : TotalsOutput(progress, bad_lines), labels_(labels), file_(file) {}

  void encode(const MatchedChunk& chunk, std::string& out) override;
  bool write(std::string_view encoded, std::span<const RejectedEvent> rejected) override;

 private:
  const SubscriptionLabels& labels_;
  OutputFile& file_;
};

}  // namespace sluice::tool
