// The console at /: a page and the files that it is made of. They are the same for everybody and
// hold nothing of anybody; what the page shows it asks of the API, with the caller's key.
#pragma once

#include "api/route.hpp"

namespace sluice::api {

class ConsoleApi {
 public:
  void add_to(Routes& routes) const;
};

}  // namespace sluice::api
