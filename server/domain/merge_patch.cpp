#include "domain/merge_patch.hpp"

#include <boost/json/object.hpp>
#include <utility>

namespace sluice::domain {

boost::json::value merge_patch(boost::json::value target, const boost::json::value& patch) {
  const boost::json::object* changes = patch.if_object();
  if (changes == nullptr) return patch;
  if (!target.is_object()) target.emplace_object();
  boost::json::object& object = target.get_object();
  for (const auto& [name, change] : *changes) {
    if (change.is_null()) {
      object.erase(name);
    } else {
      boost::json::value& member = object[name];
      member = merge_patch(std::move(member), change);
    }
  }
  return target;
}

}  // namespace sluice::domain
