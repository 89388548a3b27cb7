// The route that an overview is drawn from: what an organisation's events and deliveries came to
// since the start, and what is owed now. Rates are the difference of two answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <unordered_map>

#include "api/route.hpp"
#include "base/clock.hpp"
#include "base/mutex.hpp"
#include "base/refreshed.hpp"
#include "config_store/organisations.hpp"
#include "delivery/production/delivery_control.hpp"
#include "domain/traffic.hpp"

namespace sluice::api {

/// Lifetime: what it is given outlives it.
class OverviewApi {
 public:
  OverviewApi(store::Organisations& organisations, const domain::Traffic& traffic,
              delivery::DeliveryControl& control, const base::Clock& clock);

  void add_to(Routes& routes);

 private:
  http::Response show(const Call& call);
  delivery::FiguresByOrganisation count();

  store::Organisations& organisations_;
  const domain::Traffic& traffic_;
  delivery::DeliveryControl& control_;
  const base::Clock& clock_;
  const base::Time since_;
  base::Mutex mutex_;
  std::unordered_map<std::uint32_t, std::chrono::steady_clock::time_point> looked_at_
      SLUICE_GUARDED_BY(mutex_);  // when last, by organisation
  // The delivery thread counts once a second for all who look, however many these are.
  base::Refreshed<delivery::FiguresByOrganisation> deliveries_;
};

}  // namespace sluice::api
