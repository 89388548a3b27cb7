#include "bench/round_reporter.hpp"

#include <algorithm>
#include <iostream>
#include <stdexcept>

namespace sluice::bench {

RoundReporter::RoundReporter(const std::string& json_file)
    : console_{benchmark::ConsoleReporter::OO_None} {
  if (!json_file.empty()) {
    json_out_.open(json_file);
    if (!json_out_) throw std::runtime_error{"cannot write " + json_file};
  }
  json_.SetOutputStream(&json_out_);
  json_.SetErrorStream(&std::cerr);
  console_.SetOutputStream(&std::cout);
  console_.SetErrorStream(&std::cerr);
}

bool RoundReporter::ReportContext(const Context& context) {
  const bool is_first = !has_context_;
  has_context_ = true;
  const bool has_console = console_.ReportContext(context);
  return (!is_first || json_.ReportContext(context)) && has_console;
}

void RoundReporter::ReportRuns(const std::vector<Run>& runs) {
  has_run_ = true;
  has_error_ = has_error_ || std::any_of(runs.begin(), runs.end(),
                                         [](const Run& run) { return run.error_occurred; });
  console_.ReportRuns(runs);
  json_.ReportRuns(runs);
}

bool RoundReporter::finish() {
  json_.Finalize();
  json_out_.flush();
  return has_run_ && !has_error_ && (!json_out_.is_open() || json_out_.good());
}

}  // namespace sluice::bench
