// POST /v1/events: bytes of the connection go straight into the intake; the answer comes once they
// are durable.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "domain/api_key.hpp"
#include "domain/traffic.hpp"
#include "http/handler.hpp"
#include "ingest/event_intake.hpp"

namespace sluice::api {

/// Makes the receivers. Lifetime: what it is given outlives it.
class EventReceivers {
 public:
  EventReceivers(ingest::EventIntake& intake, domain::Traffic& traffic)
      : intake_(intake), traffic_(traffic) {}

  /// `headers` go into the answer. Thread safety: any thread.
  std::unique_ptr<http::BodyReceiver> begin(
      const http::RequestHead& head, const domain::ApiKey& key,
      std::vector<std::pair<std::string, std::string>> headers, http::Reply reply);

 private:
  ingest::EventIntake& intake_;
  domain::Traffic& traffic_;
};

}  // namespace sluice::api
