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

// Who looks does so once a second; one who has not for so long is no longer counted for.
constexpr std::chrono::seconds kLook{10};
constexpr const char* kNotCounted = "Deliveries are stopping, or too busy to be counted";

}  // namespace

OverviewApi::OverviewApi(store::Organisations& organisations, const domain::Traffic& traffic,
                         delivery::DeliveryControl& control, const base::Clock& clock)
    : organisations_(organisations),
      traffic_(traffic),
      control_(control),
      clock_(clock),
      since_(clock.now()),
      deliveries_(clock, std::chrono::seconds{1}, [this] { return count(); }) {}

void OverviewApi::add_to(Routes& routes) {
  routes.push_back({http::Method::get, "/v1/status", domain::Permission::read,
                    [this](Call& call) { return show(call); }});
}

/// For those who have looked lately.
delivery::FiguresByOrganisation OverviewApi::count() {
  std::vector<std::uint32_t> organisations;
  {
    const base::MutexLock lock(mutex_);
    const auto now = clock_.steady_now();
    std::erase_if(looked_at_, [&](const auto& look) { return now - look.second > kLook; });
    for (const auto& look : looked_at_) organisations.push_back(look.first);
  }
  auto figures = control_.figures(std::move(organisations));
  if (!figures) throw ApiError(503, kNotCounted);
  return *std::move(figures);
}

http::Response OverviewApi::show(const Call& call) {
  {
    const base::MutexLock lock(mutex_);
    looked_at_[call.organisation()] = clock_.steady_now();
  }
  const domain::IntakeCounts events = traffic_.of(call.organisation());
  const auto deliveries =
      deliveries_.get([&](const auto& all) { return all.contains(call.organisation()); });
  const auto found = deliveries->find(call.organisation());
  if (found == deliveries->end()) throw ApiError(503, kNotCounted);  // this thread stood still
  const auto& [owed, attempts] = found->second;
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
