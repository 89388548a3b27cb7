#include "api/events_api.hpp"

#include <boost/json.hpp>

#include "api/api_error.hpp"
#include "delivery/channels/event_texts.hpp"

namespace sluice::api {

void EventsApi::add_to(Routes& routes) {
  routes.push_back({http::Method::get, "/v1/events/{event_id}", domain::Permission::read,
                    [this](Call& call) { return show(call); }});
}

http::Response EventsApi::show(const Call& call) const {
  const std::string_view id = call.route.parameter("event_id");
  auto event = journal_.find(call.organisation(), id);
  if (!event) {
    throw ApiError(404, "There is no such event, or it is no longer kept",
                   {{"resource", "event"}, {"id", boost::json::value(std::string{id})}});
  }
  delivery::EventTexts texts(catalogue_);
  delivery::EventNames names;
  http::Response response;
  const delivery::OwedEvent owed{.sequence = event->sequence,
                                 .event_id = std::move(event->event_id),
                                 .accepted_at = event->accepted_at,
                                 .json = std::move(event->json)};
  if (!texts.append(owed, response.body, names)) throw ApiError(500, "The event cannot be read");
  return response;
}

}  // namespace sluice::api
