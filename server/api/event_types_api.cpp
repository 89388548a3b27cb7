#include "api/event_types_api.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "api/answer.hpp"
#include "api/parameters.hpp"
#include "domain/name_cover.hpp"
#include "domain/webhook_view.hpp"
#include "ingest/organisation_scope.hpp"

namespace sluice::api {
namespace {

namespace json = boost::json;

std::string message_of(const Error& error) {
  return std::string{describe(error.code)} + " (byte " + std::to_string(error.offset) + ")";
}

}  // namespace

void EventTypesApi::add_to(Routes& routes) {
  routes.push_back({http::Method::get, "/v1/event-types", domain::Permission::read,
                    [this](Call& call) { return list(call); }});
  routes.push_back({http::Method::get, "/v1/event-types/{event_type}/webhooks",
                    domain::Permission::read, [this](Call& call) { return list_webhooks(call); }});
}

http::Response EventTypesApi::list(const Call& call) const {
  json::array results = catalogue_.to_json();
  Parameters given(call.query);
  if (const auto text = given.text("pattern")) {
    const Result<Pattern> pattern = Pattern::parse(*text);
    if (!pattern) given.refuse("query", "pattern", message_of(pattern.error()));
    const auto is_covered = [&](const json::value& type) {
      return domain::covers(*pattern, type.at("name").as_string());
    };
    results.erase(std::stable_partition(results.begin(), results.end(), is_covered), results.end());
  }
  return json_answer(200, json::object{{"results", std::move(results)}});
}

http::Response EventTypesApi::list_webhooks(const Call& call) const {
  const std::string_view event_type = call.route.parameter("event_type");
  Parameters given(call.query);
  if (const Error error = check_event_name(event_type); error.code != ErrorCode::none)
    given.report("path", "event_type", message_of(error));
  const std::size_t limit = given.limit();
  const std::size_t offset = given.number("offset", 0, 0, 1'000'000'000);
  given.expect_good();

  Reader reader(matcher_, {.cache_bytes = 0});
  const ingest::OrganisationScope scope(call.organisation());
  const std::span<const SubscriptionId> hits = reader.match(event_type, scope.text());
  std::vector<SubscriptionId> newest_first(hits.begin(), hits.end());
  // The page is of the hits: one that is no webhook any more does not move those of the next page.
  const std::size_t begin = std::min(offset, newest_first.size());
  const std::size_t end = std::min(offset + limit, newest_first.size());
  const auto at = [&](std::size_t i) {
    return newest_first.begin() + static_cast<std::ptrdiff_t>(i);
  };
  if (begin < end) {
    std::ranges::nth_element(newest_first, at(begin), std::ranges::greater{});
    std::ranges::partial_sort(at(begin), at(end), newest_first.end(), std::ranges::greater{});
  }

  json::array results;
  for (std::size_t i = begin; i < end; ++i) {
    const auto webhook = store_.find_by_number(static_cast<std::uint32_t>(newest_first[i]));
    if (webhook && webhook->organisation == call.organisation())
      results.push_back(domain::show_webhook(*webhook, domain::Reveal::masked));
  }
  return json_answer(
      200, json::object{{"results", std::move(results)}, {"total", newest_first.size()}});
}

}  // namespace sluice::api
