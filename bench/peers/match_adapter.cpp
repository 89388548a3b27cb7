// sluice as a peer of peers in other languages: the adapter protocol of adapter.py. A program that is
// loaded once and then times one pass whenever it is told to can take turns with any other.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/build_facts.hpp"
#include "bench/contestant.hpp"

namespace {

using namespace sluice::bench;
using Clock = std::chrono::steady_clock;

std::string text_of(const char* file) {
  std::ifstream in{file};
  if (!in) throw std::runtime_error{std::string{"cannot read "} + file};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

/// A session tells hits and sums, not ids, so a reader of its own is asked for them; that the timed
/// walk gives the same is seen by its sums.
void print_answers(sluice::Reader& reader, std::span<const sluice::Query> events) {
  for (const sluice::Query& event : events) {
    for (const sluice::SubscriptionId id : reader.match(event.name, event.scope))
      std::printf("%u ", static_cast<unsigned>(id));
    std::printf("\n");
  }
}

void print_round(Session& session, std::span<const sluice::Query> events) {
  const Clock::time_point start = Clock::now();
  const Tally tally = session.tally(events);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("{\"seconds\":%.9f,\"events\":%llu,\"hits\":%llu,\"id_sum\":%llu}\n", seconds,
              static_cast<unsigned long long>(tally.events),
              static_cast<unsigned long long>(tally.hits),
              static_cast<unsigned long long>(tally.id_sum));
}

void serve(const Workload& workload, bool is_cached) {
  const auto contestant = make_contestant("sluice");
  const Clock::time_point start = Clock::now();
  load(*contestant, workload);
  std::printf("{\"subscriptions\":%zu,\"load_seconds\":%.6f}\n", workload.subscriptions().size(),
              std::chrono::duration<double>(Clock::now() - start).count());
  std::fflush(stdout);
  const auto session = contestant->open({.is_cached = is_cached, .batch = 16});
  for (std::string command; std::getline(std::cin, command);) {
    if (command == "answers") {
      sluice::Matcher matcher;
      std::uint32_t id = 0;
      for (const Subscription& subscription : workload.subscriptions())
        matcher.put(sluice::SubscriptionId{id++}, subscription.scope, {&subscription.pattern, 1});
      sluice::Reader reader{matcher};
      print_answers(reader, workload.events());
    } else {
      print_round(*session, workload.events());
    }
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "%s cached|uncached SUBSCRIPTIONS EVENTS\n", argv[0]);
    return 2;
  }
  if (const auto problem = build_problem()) {
    std::fprintf(stderr, "%s: these timings would mean nothing: %s\n", argv[0], problem->c_str());
    return 2;
  }
  try {
    serve(Workload{text_of(argv[2]), text_of(argv[3]), false},
          std::string_view{argv[1]} == "cached");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
  return 0;
}
