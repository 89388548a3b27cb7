// Configuration as code: brings the webhooks of a service to what a file says, and changes nothing
// that is so already.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "service_client.hpp"
#include "webhook_file.hpp"

namespace sluice::tool {

/// Every webhook of the key's organisation, page by page.
boost::json::array all_webhooks(ServiceClient& client, const std::string& event_type = {});

/// What became of the entries of a file.
struct ImportCounts {
  std::size_t created = 0;
  std::size_t updated = 0;
  std::size_t unchanged = 0;
  std::size_t refused = 0;  // each reported on standard error
  std::size_t left = 0;     // since the service failed, which is reported too
};

/// Each webhook of a file is found again by its webhook_id, or else by its name.
class WebhookImport {
 public:
  /// Reads what is there. Errors: Failure.
  WebhookImport(ServiceClient& client, bool is_dry_run);

  /// Goes on after what is refused, and ends where the service fails. A dry run sends nothing, and
  /// refuses what the service would.
  ImportCounts put_all(std::span<const WebhookEntry> entries);

 private:
  void put(const WebhookEntry& entry);
  void send(const boost::json::object& wanted, const boost::json::object* current);
  const boost::json::object* find(const boost::json::object& wanted) const;

  ServiceClient& client_;
  const bool is_dry_run_;
  ImportCounts counts_;
  std::map<std::string, boost::json::object> by_id_;
  std::multimap<std::string, std::string> ids_by_name_;
};

/// Whether every field of `wanted` is in `current` with the same value, objects compared in depth;
/// what a service adds (dates, defaults, masks of generated secrets) does not count.
bool is_contained(const boost::json::value& wanted, const boost::json::value& current);

}  // namespace sluice::tool
