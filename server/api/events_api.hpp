// The route that shows one accepted event.
#pragma once

#include "api/route.hpp"
#include "domain/catalogue.hpp"
#include "journal/journal.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class EventsApi {
 public:
  EventsApi(const journal::Journal& journal, const domain::Catalogue& catalogue)
      : journal_(journal), catalogue_(catalogue) {}

  void add_to(Routes& routes);

 private:
  http::Response show(const Call& call) const;

  const journal::Journal& journal_;
  const domain::Catalogue& catalogue_;
};

}  // namespace sluice::api
