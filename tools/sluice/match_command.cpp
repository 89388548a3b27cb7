#include "match_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>

#include "bad_lines.hpp"
#include "input_file.hpp"
#include "interrupt.hpp"
#include "match_output.hpp"
#include "match_summary.hpp"
#include "output_file.hpp"
#include "progress_line.hpp"
#include "subscription_file.hpp"

namespace sluice::tool {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kMaxThreads = 256;

constexpr const char* kNotes = R"(Subscriptions:
  FILE.ndjson  a webhook object a line: webhook_id, event_types (an array of patterns), and
               optionally organization and is_active (default true; false: not matched)
  other names  a pattern a line; its id is the 0-based number of the line; a blank line is skipped
               and its number not used
Events: an object a line with event_type (or CloudEvents' type) and optionally organization.
Either file may be gzipped; an event file is told by its content, standard input too.

Output:
  matches  an object per event that matched: line (1-based), event_type, matches (webhook_ids, or
           the ids of patterns)
  summary  one object of totals; id_sum is the sum, modulo 2^64, of the 0-based line numbers of the
           matched subscriptions over all events; events counts the good ones, invalid the bad ones
  none     nothing
Bad lines are reported on standard error (the first 20) and counted; the rest goes on. Ctrl-C ends
with the summary so far: on standard output with --output summary, else on standard error.

Examples:
  sluice match --subscriptions webhooks.ndjson --events events.ndjson
  zcat events-*.gz | sluice match --subscriptions patterns.txt --output summary
  sluice match --subscriptions patterns.txt --events names.txt --names --threads 1

)";

const std::map<std::string, MatchOutputKind> kOutputKinds{{"matches", MatchOutputKind::matches},
                                                          {"none", MatchOutputKind::none},
                                                          {"summary", MatchOutputKind::summary}};

StreamOptions stream_options(const MatchCommand& command) {
  StreamOptions options;
  options.format = command.are_names ? EventFormat::names : EventFormat::ndjson;
  options.threads = command.threads;
  options.is_ordered = !command.is_unordered;
  if (command.is_uncached) options.reader.cache_bytes = 0;
  return options;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Writes the summary where the options want it. False: it could not be written.
bool write_summary(MatchOutputKind output, const std::string& json, bool was_interrupted,
                   OutputFile& file) {
  if (output == MatchOutputKind::summary) return file.write(json);
  if (was_interrupted) std::fputs(json.c_str(), stderr);
  return true;
}

}  // namespace

CLI::App* MatchCommand::add_to(CLI::App& app) {
  CLI::App* match = app.add_subcommand("match", "Match events against subscriptions");
  match
      ->add_option("--subscriptions", subscriptions_path,
                   "Webhooks or patterns to match against (required)")
      ->required()
      ->option_text("FILE");
  match->add_option("--events", events_path, "Events (default standard input, -)")
      ->option_text("FILE");
  match->add_flag("--names", are_names, "The events are plain event names, one a line");
  threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMaxThreads);
  match->add_option("--threads", threads, "Threads to work on, 1 to 256 (default: the machine's)")
      ->check(CLI::Range(1U, kMaxThreads))
      ->option_text("N");
  match
      ->add_option_function<std::string>(
          "--output", [this](const std::string& kind) { output = kOutputKinds.at(kind); },
          "What to write: matches (default), summary or none")
      ->transform(CLI::IsMember(kOutputKinds, CLI::ignore_case))
      ->option_text("KIND");
  match->add_flag("--unordered", is_unordered, "Write matches as they come, not in input order");
  match->add_flag("--no-cache", is_uncached, "Switch the cache of resolved names off");
  match->add_flag("--strict", is_strict, "Exit with 3 if a line was bad");
  match->footer(std::string(kNotes) + kExitCodes);
  return match;
}

ExitCode MatchCommand::run() const {
  if (subscriptions_path == "-" && events_path == "-")
    throw Failure(ExitCode::bad_usage,
                  "--subscriptions and --events are both standard input; name a file for one");
  const Clock::time_point load_begin = Clock::now();
  Matcher matcher;
  const SubscriptionLabels labels = SubscriptionFile(subscriptions_path).load(matcher, threads);
  const double load_seconds = seconds_since(load_begin);

  const Interrupt interrupt;
  InputFile events(events_path, &interrupt);
  OutputFile file("-");
  ProgressLine progress(events);
  BadLines bad_lines(events.name(), progress);
  std::unique_ptr<MatchSink> sink;
  if (output == MatchOutputKind::matches)
    sink = std::make_unique<MatchesOutput>(progress, bad_lines, labels, file);
  else
    sink = std::make_unique<TotalsOutput>(progress, bad_lines);

  const Clock::time_point begin = Clock::now();
  const StreamStats stats = match_stream(matcher, events, *sink, stream_options(*this));
  const MatchSummary summary{stats, matcher.stats(), threads, seconds_since(begin), load_seconds};

  progress.erase();
  bad_lines.finish();
  const bool was_interrupted = interrupt.is_raised() && !stats.is_complete;
  const bool is_written = write_summary(output, summary.to_json(), was_interrupted, file);
  for (const std::string& error : {events.error(), file.error()})
    if (!error.empty()) throw Failure(ExitCode::failed, error);
  if (was_interrupted) return ExitCode::interrupted;
  if (!is_written || !stats.is_complete) return ExitCode::failed;  // the reader of a pipe has gone
  return is_strict && stats.rejected != 0 ? ExitCode::bad_events : ExitCode::ok;
}

}  // namespace sluice::tool
