#include "api/overview_api.hpp"

#include <boost/json.hpp>

#include "api/answer.hpp"
#include "api/api_error.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;

json::object show_key(const domain::ApiKey& key) {
  json::array permissions;
  for (const domain::Permission each : key.permissions.granted())
    permissions.push_back(json::value(domain::to_text(each)));
  return {{"name", key.name}, {"prefix", key.prefix}, {"permissions", std::move(permissions)}};
}

json::array show_durations(const domain::DurationHistogram& durations) {
  json::array shown;
  for (std::size_t bucket = 0; bucket < domain::DurationHistogram::kBuckets; ++bucket) {
    if (durations.count(bucket) == 0) continue;
    shown.push_back({{"below_us", domain::DurationHistogram::end_of(bucket).count()},
                     {"attempts", durations.count(bucket)}});
  }
  return shown;
}

OverviewApi::AllOwed count_owed(delivery::DeliveryControl& control) {
  auto counted = control.owed();
  if (!counted) throw ApiError(503, "Deliveries are stopping, or too busy to be counted");
  return *std::move(counted);
}

}  // namespace

OverviewApi::OverviewApi(store::Organisations& organisations, const domain::Traffic& traffic,
                         delivery::DeliveryControl& control, const base::Clock& clock)
    : organisations_(organisations),
      traffic_(traffic),
      since_(clock.now()),
      owed_(clock, std::chrono::seconds{1}, [&control] { return count_owed(control); }) {}

void OverviewApi::add_to(Routes& routes) {
  routes.push_back({http::Method::get, "/v1/status", domain::Permission::read,
                    [this](Call& call) { return show(call); }});
}

http::Response OverviewApi::show(const Call& call) {
  const domain::TrafficCounts traffic = traffic_.of(call.organisation());
  const delivery::Owed owed = this->owed(call.organisation());
  const auto organisation = organisations_.find(call.organisation());
  return json_answer(
      200, json::object{{"at", base::to_iso8601(call.now)},
                        {"since", base::to_iso8601(since_)},
                        {"organization", organisation ? organisation->name : ""},
                        {"key", show_key(call.key)},
                        {"events",
                         {{"accepted", traffic.intake.accepted},
                          {"duplicates", traffic.intake.duplicates},
                          {"rejected", traffic.intake.rejected},
                          {"matched", traffic.intake.matched}}},
                        {"attempts",
                         {{"delivered", traffic.delivered},
                          {"failed", traffic.failed},
                          {"delivered_events", traffic.delivered_events},
                          {"durations", show_durations(traffic.durations)}}},
                        {"owed",
                         {{"deliveries", owed.deliveries},
                          {"waiting", owed.waiting},
                          {"open_circuits", owed.open_circuits},
                          {"paused_channels", owed.paused_channels}}}});
}

delivery::Owed OverviewApi::owed(std::uint32_t organisation) {
  const auto all = owed_.get();
  const auto found = all->find(organisation);
  return found == all->end() ? delivery::Owed{} : found->second;
}

}  // namespace sluice::api
