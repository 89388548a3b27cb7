// JSON merge patch, the body of PATCH requests.
#pragma once

#include <boost/json/value.hpp>

namespace sluice::domain {

/// `target` as `patch` changes it: members of objects are set, replaced or, where null, removed;
/// anything else replaces the whole. Both were parsed, so their depth is bounded by the parser's.
/// Source: RFC 7396.
boost::json::value merge_patch(boost::json::value target, const boost::json::value& patch);

}  // namespace sluice::domain
