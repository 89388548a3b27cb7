#include "listen_command.hpp"

#include <poll.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>

#include "base/clock.hpp"
#include "delivery_receiver.hpp"
#include "http/server.hpp"
#include "interrupt.hpp"

namespace sluice::tool {
namespace {

constexpr const char* kNotes = R"(It listens on 127.0.0.1 only, so the service must be started with --egress-allow 127.0.0.0/8 to be
allowed to deliver to it.

Examples:
  sluice listen --port 9000
  sluice listen --port 9000 --secret whsec_...      verifies every signature
  sluice listen --port 9000 --fail-rate 0.5         answers half of all requests with 500
  sluice listen --port 9000 --delay 2000 --quiet    answers after two seconds, prints nothing

)";

}  // namespace

CLI::App* ListenCommand::add_to(CLI::App& app) {
  CLI::App* listen = app.add_subcommand("listen", "Receive deliveries, for people who try it out");
  listen->add_option("--port", port, "Port (default 9000; 0 takes a free one)")->option_text("P");
  listen->add_option("--secret", secret, "Signing secret of the webhook, or its public key (whpk_...): verify with it")
      ->option_text("whsec_...");
  listen->add_option("--fail-rate", fail_rate, "Share of requests that fail, 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->option_text("X");
  listen->add_option("--fail-status", fail_status, "Status of those (default 500)")
      ->check(CLI::Range(200, 599))
      ->option_text("STATUS");
  listen->add_option("--delay", delay_ms, "Milliseconds before each answer")
      ->check(CLI::Range(0, 3'600'000))
      ->option_text("MS");
  listen->add_flag("--quiet", is_quiet, "Print only totals, at the end");
  listen->footer(std::string(kNotes) + kExitCodes);
  return listen;
}

ExitCode ListenCommand::run() const {
  DeliveryReceiver receiver({.secret = secret,
                             .fail_rate = fail_rate,
                             .fail_status = fail_status,
                             .delay = std::chrono::milliseconds{delay_ms},
                             .is_quiet = is_quiet});
  base::SystemClock clock;
  const Interrupt interrupt;
  http::ServerOptions options;
  options.listen = "127.0.0.1:" + std::to_string(port);
  options.threads = 1;
  http::Server server(options, receiver, clock);
  server.start();
  std::fprintf(stderr, "listening on http://%s\n", server.address().c_str());
  pollfd wake{.fd = interrupt.wake_fd(), .events = POLLIN, .revents = 0};
  while (!interrupt.is_raised() && (poll(&wake, 1, -1) >= 0 || errno == EINTR)) continue;
  server.stop(std::chrono::seconds{1});
  std::printf("received %llu, refused %llu\n",
              static_cast<unsigned long long>(receiver.received()),
              static_cast<unsigned long long>(receiver.refused()));
  return ExitCode::ok;
}

}  // namespace sluice::tool
