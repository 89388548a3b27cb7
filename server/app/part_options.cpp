#include "app/part_options.hpp"

#include <fstream>
#include <span>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <variant>

#include "base/log.hpp"
#include "delivery/http_client.hpp"

namespace sluice::app {

using std::chrono::seconds;

domain::Catalogue load_catalogue(const Settings& settings) {
  const auto mode = settings.event_types_mode == "closed" ? domain::Catalogue::Mode::closed
                                                          : domain::Catalogue::Mode::open;
  if (settings.event_types_file.empty()) return domain::Catalogue(mode);
  std::ifstream file(settings.event_types_file, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error(settings.event_types_file + ": cannot be read");
  auto loaded = domain::Catalogue::load(std::move(text).str(), mode);
  if (const auto* problem = std::get_if<std::string>(&loaded))
    throw std::runtime_error(settings.event_types_file + ": " + *problem);
  return std::get<domain::Catalogue>(std::move(loaded));
}

MatcherOptions seeded(base::Random& random) {
  MatcherOptions options;
  random.fill(std::as_writable_bytes(std::span{&options.hash_seed, 1}));
  return options;
}

journal::Options journal_options(const Settings& settings, const store::DataDir& data_dir) {
  journal::Options options;
  options.directory = data_dir.journal();
  options.durability =
      settings.durability == "os" ? journal::Durability::os : journal::Durability::fsync;
  options.segment_bytes = settings.journal_segment_bytes;
  options.retention_age = seconds{settings.retention_age};
  options.retention_bytes = settings.retention_bytes;
  options.id_window_age = seconds{settings.ingest_id_window};
  options.id_window_ids = settings.ingest_max_ids;
  options.backlog_limit_bytes = settings.journal_backlog_bytes;
  return options;
}

ingest::IntakeOptions intake_options(const Settings& settings) {
  ingest::IntakeOptions options;
  options.threads = static_cast<unsigned>(settings.threads);
  options.reader.cache_bytes = settings.ingest_cache_bytes;
  return options;
}

store::DeliveryRetention delivery_retention(const Settings& settings) {
  store::DeliveryRetention retention;
  retention.age = seconds{settings.attempts_age};
  retention.attempts_per_webhook = settings.attempts_per_webhook;
  return retention;
}

base::DescriptorShares descriptor_shares(const Settings& settings) {
  const base::DescriptorShares wanted{.served = settings.http_max_connections,
                                      .delivered = delivery::HttpClientOptions{}.connections};
  const std::size_t limit = base::raise_descriptor_limit();
  const base::DescriptorShares shares = base::share_descriptors(limit, wanted);
  if (shares.served < wanted.served)
    base::log_warning("the limit of open files allows fewer connections than http.max_connections",
                      {{"open_files", limit}, {"connections", shares.served}});
  return shares;
}

api::ServiceLimits service_limits(const Settings& settings) {
  api::ServiceLimits limits;
  limits.body_bytes = settings.api_max_body_bytes;
  limits.json_depth = settings.api_max_json_depth;
  limits.requests_per_second = settings.api_requests_per_second;
  return limits;
}

}  // namespace sluice::app
