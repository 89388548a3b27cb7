// What the messages that people read say of an event, where no template of their own says it: the same
// facts in each channel, in a form that fits a screen whatever the event holds.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>

namespace sluice::delivery {

/// Of a delivered event. `event_type`; `subject`, its type and id in one line, may be empty; `time`, as
/// people read it; `occurred_at`; `event_id`; `namespace_id`, may be empty; `fields`, what metadata has
/// on its first level, as an array of {name, value}, for a metadata that is no object one without a
/// name; `left_out`, how many more there were. All values are texts, and none is long.
boost::json::object summary_of(const boost::json::object& event);

/// At most `bytes` of UTF-8 and "..." if that is not all, cut between characters.
std::string shortened(std::string text, std::size_t bytes);

}  // namespace sluice::delivery
