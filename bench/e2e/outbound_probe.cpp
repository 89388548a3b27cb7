// Signed deliveries to a keep-alive receiver on the same machine: sluice's client beside libcurl's
// multi interface, taking turns. What counts is the processor time of the sending thread, since the
// receiver is the limit of the time that passes.
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/build_facts.hpp"
#include "bench/e2e/keep_alive_sink.hpp"
#include "bench/e2e/outbound_senders.hpp"

namespace {

using sluice::bench::OutboundSender;
using sluice::bench::OutboundWork;

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

struct Round {
  double processor = 0;  // deliveries a second of it
  double wall = 0;
};

Round run(OutboundSender& sender, std::size_t count) {
  const double before = processor_seconds();
  const auto start = std::chrono::steady_clock::now();
  sender.deliver(count);
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
  const auto deliveries = static_cast<double>(count);
  return {deliveries / (processor_seconds() - before), deliveries / passed.count()};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(const OutboundWork& work, std::size_t rounds, std::size_t count) {
  const auto sluice = make_sluice_sender(work);
  const auto curl = make_curl_sender(work);
  sluice->deliver(work.connections * 4);  // connects
  curl->deliver(work.connections * 4);
  std::vector<double> ours;
  std::vector<double> ratios;
  std::size_t won = 0;
  for (std::size_t i = 0; i < rounds; ++i) {
    const Round mine = run(*sluice, count);
    const Round theirs = run(*curl, count);
    std::printf("%8.0f/s of processor, %8.0f/s of time; libcurl %8.0f/s, %8.0f/s\n", mine.processor,
                mine.wall, theirs.processor, theirs.wall);
    ours.push_back(mine.processor);
    ratios.push_back(mine.processor / theirs.processor);
    won += ratios.back() > 1 ? 1 : 0;
  }
  std::printf(
      "median %.0f deliveries/s of one core; %.2f times libcurl (%.2f to %.2f), %zu/%zu won\n",
      median(ours), median(ratios), *std::min_element(ratios.begin(), ratios.end()),
      *std::max_element(ratios.begin(), ratios.end()), won, rounds);
}

std::string text_of(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

struct ProbeOptions {
  OutboundWork work;
  std::size_t rounds = 7;
  std::size_t deliveries = 50'000;
  std::size_t body_bytes = 500;
  bool with_tls = false;
};

void probe(ProbeOptions& options) {
  OutboundWork& work = options.work;
  work.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  work.body.assign(options.body_bytes, ' ');
  std::string certificate;
  std::string key;
  if (options.with_tls) {
    work.ca_file = "outbound_probe.crt";
    if (std::system("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 "
                    "-subj /CN=receiver -addext subjectAltName=IP:127.0.0.1 "
                    "-keyout outbound_probe.key -out outbound_probe.crt 2>/dev/null") != 0)
      throw std::runtime_error("openssl made no certificate");
    certificate = text_of(work.ca_file);
    key = text_of("outbound_probe.key");
  }
  const sluice::bench::KeepAliveSink sink{work.secret, certificate, key};
  work.url = (options.with_tls ? "https" : "http") + std::string{"://127.0.0.1:"} +
             std::to_string(sink.port()) + "/";
  compare(work, options.rounds, options.deliveries);
}

}  // namespace

int main(int argc, char** argv) {
  ProbeOptions options;
  CLI::App app{"Signed deliveries a second of one core, beside libcurl"};
  app.add_option("--connections", options.work.connections);
  app.add_option("--rounds", options.rounds);
  app.add_option("--deliveries", options.deliveries, "of each sender in each round");
  app.add_option("--body", options.body_bytes, "bytes of each");
  app.add_flag("--tls", options.with_tls);
  CLI11_PARSE(app, argc, argv);
  if (const auto problem = sluice::bench::build_problem()) {
    std::fprintf(stderr, "%s: these timings would mean nothing\n", problem->c_str());
    return 2;
  }
  try {
    probe(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
