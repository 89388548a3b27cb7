#include "load_command.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "interrupt.hpp"
#include "json_text.hpp"
#include "load_bodies.hpp"
#include "load_run.hpp"

namespace sluice::tool {
namespace {

constexpr const char* kNotes = R"(The load is open: requests become due by the clock, and a latency counts from the moment a request
was due, so a service that stalls is charged for all that it delays. --rate 0 sends as fast as the
connections go instead.

Examples:
  sluice load --rate 100000 --batch 1000 --connections 8 --seconds 30
  sluice load --rate 5000 --batch 1 --connections 64 --event-type object.created
  sluice load --rate 0 --batch 1000 --events events.ndjson

)";

double milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

void print_live(const LoadTotals& totals) {
  const double seconds = std::max(totals.elapsed.count(), 1e-9);
  const bool is_terminal = isatty(STDERR_FILENO) == 1;
  std::fprintf(stderr,
               "%s%5.0f s  %10.0f events/s  %8.0f requests/s  p50 %.2f ms  p99 %.2f ms  429: %llu  "
               "errors: %llu%s",
               is_terminal ? "\r" : "", seconds, static_cast<double>(totals.events) / seconds,
               static_cast<double>(totals.accepted) / seconds,
               milliseconds(totals.latencies.quantile(0.5)),
               milliseconds(totals.latencies.quantile(0.99)),
               static_cast<unsigned long long>(totals.throttled),
               static_cast<unsigned long long>(totals.refused + totals.failed),
               is_terminal ? "  " : "\n");
}

struct Figure {
  const char* name;
  double value;
};

std::vector<Figure> figures(const LoadTotals& totals) {
  const double seconds = std::max(totals.elapsed.count(), 1e-9);
  return {{"seconds", totals.elapsed.count()},
          {"requests", static_cast<double>(totals.sent)},
          {"accepted_requests", static_cast<double>(totals.accepted)},
          {"throttled_requests", static_cast<double>(totals.throttled)},
          {"refused_requests", static_cast<double>(totals.refused)},
          {"failed_requests", static_cast<double>(totals.failed)},
          {"accepted_events", static_cast<double>(totals.events)},
          {"events_per_second", std::round(static_cast<double>(totals.events) / seconds)},
          {"p50_ms", milliseconds(totals.latencies.quantile(0.5))},
          {"p99_ms", milliseconds(totals.latencies.quantile(0.99))},
          {"p99_9_ms", milliseconds(totals.latencies.quantile(0.999))},
          {"max_ms", milliseconds(totals.latencies.max())}};
}

std::string json_text(const LoadTotals& totals) {
  std::string text = "{";
  for (const Figure& figure : figures(totals)) {
    if (text.size() > 1) text += ',';
    append_quoted(text, figure.name);
    text += ':';
    append_number(text, figure.value);
  }
  return text + "}\n";
}

std::string people_text(const LoadTotals& totals) {
  std::string text;
  for (const Figure& figure : figures(totals)) {
    char line[96];
    std::snprintf(line, sizeof line, "%-20s %.15g\n", figure.name, figure.value);
    text += line;
  }
  return text;
}

LoadPlan plan_of(const LoadCommand& command) {
  LoadPlan plan;
  plan.url = command.address.url() + "/v1/events";
  plan.api_key = command.address.key();
  plan.ca_file = command.address.trusted_file();
  plan.bodies = command.events_path.empty()
                    ? made_up_bodies(command.event_types, command.batch, command.event_bytes)
                    : bodies_of_file(command.events_path, command.batch);
  for (const std::string& body : plan.bodies)
    plan.events.push_back(static_cast<std::size_t>(std::ranges::count(body, '\n')));
  plan.requests_per_second = command.events_per_second / static_cast<double>(command.batch);
  plan.connections = command.connections;
  plan.length = std::chrono::duration<double>{command.seconds};
  return plan;
}

}  // namespace

CLI::App* LoadCommand::add_to(CLI::App& app) {
  CLI::App* load = app.add_subcommand("load", "Send events to a running service, and measure it");
  address.add_to(*load);
  load->add_option("--rate", events_per_second, "Events a second (default 1000; 0: all it can)")
      ->check(CLI::Range(0.0, 1e9))
      ->option_text("R");
  load->add_option("--connections", connections, "Connections (default 8)")
      ->check(CLI::Range(1, 4096))
      ->option_text("C");
  load->add_option("--batch", batch, "Events a request (default 100)")
      ->check(CLI::Range(1, 100'000))
      ->option_text("B");
  load->add_option("--seconds", seconds, "How long (default 10)")
      ->check(CLI::Range(0.1, 1e6))
      ->option_text("S");
  load->add_option("--event-bytes", event_bytes, "About how large a made-up event is (default 500)")
      ->check(CLI::Range(200, 200'000))
      ->option_text("N");
  event_types = {"object.created", "object.updated", "collection.documents.written",
                 "cluster.execution.completed", "trigger.fired"};
  load->add_option("--event-type", event_types, "Types of made-up events; may be repeated");
  load->add_option("--events", events_path, "Send the lines of an NDJSON file instead")
      ->option_text("FILE");
  load->add_flag("--json", is_json, "Print the result as one JSON object");
  load->footer(std::string(kNotes) + kExitCodes);
  return load;
}

ExitCode LoadCommand::run() const {
  const Interrupt interrupt;
  const LoadTotals totals =
      run_load(plan_of(*this), print_live, [&interrupt] { return interrupt.is_raised(); });
  if (isatty(STDERR_FILENO) == 1) std::fputc('\n', stderr);
  std::fputs((is_json ? json_text(totals) : people_text(totals)).c_str(), stdout);
  if (totals.refused + totals.failed != 0)
    std::fprintf(stderr, "sluice: the first failure: %.500s\n", totals.first_failure.c_str());
  if (interrupt.is_raised()) return ExitCode::interrupted;
  return totals.accepted == 0 ? ExitCode::failed : ExitCode::ok;
}

}  // namespace sluice::tool
