// Why a call is not done: thrown by handlers, turned into the error envelope in one place.
#pragma once

#include <boost/json/object.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace sluice::api {

class ApiError : public std::runtime_error {
 public:
  ApiError(int status, const std::string& message, boost::json::object details = {})
      : std::runtime_error(message), status_(status), details_(std::move(details)) {}

  int status() const noexcept { return status_; }
  const boost::json::object& details() const noexcept { return details_; }

 private:
  int status_;
  boost::json::object details_;
};

}  // namespace sluice::api
