#include "domain/validation_error.hpp"

#include <boost/json/object.hpp>

namespace sluice::domain {
namespace {

boost::json::value to_json(const LocationStep& step) {
  if (const auto* index = std::get_if<std::size_t>(&step)) return *index;
  return boost::json::string{std::get<std::string>(step)};
}

}  // namespace

boost::json::array to_json(std::span<const ValidationError> errors) {
  boost::json::array list;
  list.reserve(errors.size());
  for (const ValidationError& error : errors) {
    boost::json::array location;
    for (const LocationStep& step : error.location) location.push_back(to_json(step));
    list.push_back(boost::json::object{
        {"type", error.type}, {"location", std::move(location)}, {"message", error.message}});
  }
  return list;
}

}  // namespace sluice::domain
