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

json::array show_durations(const base::Durations& durations) {
  // Those that are longer than the last bound are shown as of twice its length.
  constexpr auto kEndless = 2 * base::Durations::kBounds.back();
  json::array shown;
  for (std::size_t bucket = 0; bucket < durations.counts.size(); ++bucket) {
    if (durations.counts.at(bucket) == 0) continue;
    const bool has_bound = bucket < base::Durations::kBounds.size();
    const auto bound = has_bound ? base::Durations::kBounds.at(bucket) : kEndless;
    shown.push_back({{"below_us", bound.count() + 1}, {"attempts", durations.counts.at(bucket)}});
  }
  return shown;
}

delivery::DeliveryFigures counted(delivery::DeliveryControl& control) {
  auto figures = control.figures();
  if (!figures) throw ApiError(503, "Deliveries are stopping, or too busy to be counted");
  return *std::move(figures);
}

/// None where the organisation has nothing yet.
template <class Figures>
Figures of(const std::unordered_map<std::uint32_t, Figures>& all, std::uint32_t organisation) {
  const auto found = all.find(organisation);
  return found == all.end() ? Figures{} : found->second;
}

}  // namespace

OverviewApi::OverviewApi(store::Organisations& organisations, const domain::Traffic& traffic,
                         delivery::DeliveryControl& control, const base::Clock& clock)
    : organisations_(organisations),
      traffic_(traffic),
      since_(clock.now()),
      deliveries_(clock, std::chrono::seconds{1}, [&control] { return counted(control); }) {}

void OverviewApi::add_to(Routes& routes) {
  routes.push_back({http::Method::get, "/v1/status", domain::Permission::read,
                    [this](Call& call) { return show(call); }});
}

http::Response OverviewApi::show(const Call& call) {
  const domain::IntakeCounts events = traffic_.of(call.organisation());
  const auto deliveries = deliveries_.get();
  const delivery::AttemptCounts attempts = of(deliveries->attempts, call.organisation());
  const delivery::Owed owed = of(deliveries->owed, call.organisation());
  const auto organisation = organisations_.find(call.organisation());
  return json_answer(
      200, json::object{{"at", base::to_iso8601(call.now)},
                        {"since", base::to_iso8601(since_)},
                        {"organization", organisation ? organisation->name : ""},
                        {"key", show_key(call.key)},
                        {"events",
                         {{"accepted", events.accepted},
                          {"duplicates", events.duplicates},
                          {"rejected", events.rejected},
                          {"matched", events.matched}}},
                        {"attempts",
                         {{"delivered", attempts.delivered},
                          {"failed", attempts.failed},
                          {"delivered_events", attempts.delivered_events},
                          {"durations", show_durations(attempts.durations)}}},
                        {"owed",
                         {{"deliveries", owed.deliveries},
                          {"waiting", owed.waiting},
                          {"open_circuits", owed.open_circuits},
                          {"paused_channels", owed.paused_channels}}}});
}

}  // namespace sluice::api
