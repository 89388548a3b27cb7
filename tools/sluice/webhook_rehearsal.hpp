// What a service would say to a webhook, without sending it: the service's own validation, on what it
// shows of the webhook that is there.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace sluice::tool {

/// The validation errors that a service would answer when `wanted` replaces `current`, as it shows
/// that one; null: when it is created. None of those that hang on the service's settings: which
/// addresses it may reach, and whether it knows the event types of its catalogue only.
boost::json::array rehearse(const boost::json::object& wanted, const boost::json::object* current);

}  // namespace sluice::tool
