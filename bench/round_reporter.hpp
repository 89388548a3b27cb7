// Runs that are to be compared alternate: A B C, A B C, ... This reporter gathers all rounds into
// one JSON document and shows each on the console; the n-th run of A and the n-th of B are a pair.
#pragma once

#include <benchmark/benchmark.h>

#include <fstream>
#include <string>
#include <vector>

namespace sluice::bench {

class RoundReporter final : public benchmark::BenchmarkReporter {
 public:
  /// `json_file` empty: console only. Errors: std::runtime_error if it cannot be written.
  explicit RoundReporter(const std::string& json_file);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;

  /// Ends the JSON document. False: a benchmark was refused or failed, or there was none.
  bool finish();

 private:
  std::ofstream json_out_;
  benchmark::ConsoleReporter console_;
  benchmark::JSONReporter json_;
  bool has_context_ = false;
  bool has_error_ = false;
  bool has_run_ = false;
};

}  // namespace sluice::bench
