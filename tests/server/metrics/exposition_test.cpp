#include "metrics/exposition.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace sluice::metrics {
namespace {

using std::chrono::milliseconds;

Snapshot made_up() {
  Snapshot snapshot;
  snapshot.version = "1.2.3";
  snapshot.events = {.accepted = 10, .duplicates = 2, .rejected = 1, .matched = 7};
  snapshot.route_names = {"GET /healthz", "POST /v1/events"};
  snapshot.http.routes.resize(2);
  snapshot.http.routes[1].responses_by_class[2] = 3;
  for (const auto duration : {milliseconds{0}, milliseconds{1}, milliseconds{1}, milliseconds{60'000}})
    snapshot.http.routes[1].durations.add(duration);
  snapshot.delivery.emplace();
  snapshot.delivery->attempt_durations[1].add(milliseconds{3});
  return snapshot;
}

bool has_line(const std::string& text, const std::string& wanted) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line == wanted) return true;
  return false;
}

TEST(Exposition, SaysWhatWasCounted) {
  const std::string text = exposition(made_up());
  for (const auto* const line :
       {R"(sluice_build_info{version="1.2.3"} 1)", R"(sluice_events_total{result="accepted"} 10)",
        R"(sluice_events_total{result="duplicate"} 2)", R"(sluice_events_total{result="rejected"} 1)",
        "sluice_events_matched_total 7",
        R"(sluice_http_requests_total{method="POST",route="/v1/events",code="2xx"} 3)",
        R"(sluice_http_requests_total{method="GET",route="/healthz",code="2xx"} 0)"})
    EXPECT_TRUE(has_line(text, line)) << line << "\n" << text;
}

TEST(Exposition, CountsInABucketWhatWasFasterToo) {
  const std::string text = exposition(made_up());
  const std::string name = "sluice_http_request_duration_seconds";
  const std::string labels = R"(method="POST",route="/v1/events")";
  for (const auto& [bound, count] : std::vector<std::pair<std::string, int>>{
           {"0.0001", 1}, {"0.0005", 1}, {"0.001", 3}, {"10", 3}, {"+Inf", 4}})
    EXPECT_TRUE(has_line(text, name + "_bucket{" + labels + ",le=\"" + bound + "\"} " +
                                   std::to_string(count)))
        << bound << "\n" << text;
  EXPECT_TRUE(has_line(text, name + "_count{" + labels + "} 4"));
  EXPECT_TRUE(has_line(text, name + "_sum{" + labels + "} 60.002"));
}

TEST(Exposition, TellsKindsOfChannelsApart) {
  const std::string text = exposition(made_up());
  EXPECT_TRUE(has_line(text, R"(sluice_delivery_attempt_duration_seconds_count{kind="slack"} 1)"));
  EXPECT_TRUE(has_line(text, R"(sluice_delivery_attempt_duration_seconds_count{kind="email"} 0)"));
}

TEST(Exposition, LeavesDeliveryOutWhileItDoesNotAnswer) {
  Snapshot snapshot = made_up();
  snapshot.delivery.reset();
  const std::string text = exposition(snapshot);
  EXPECT_EQ(text.find("sluice_delivery"), std::string::npos);
  EXPECT_TRUE(has_line(text, "sluice_events_matched_total 7"));
}

TEST(ProcessStats, AreThoseOfThisProcess) {
  const ProcessStats stats = process_stats();
  EXPECT_GT(stats.resident_bytes, 1U << 20U);
  EXPECT_GE(stats.open_files, 3U);
  EXPECT_GE(stats.max_files, stats.open_files);
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_LE(stats.started_at, now + 1.5);  // the kernel tells the time of its start in seconds
  EXPECT_GT(stats.started_at, now - 3600);
}

}  // namespace
}  // namespace sluice::metrics
