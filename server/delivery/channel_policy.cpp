#include "delivery/channel_policy.hpp"

#include <algorithm>
#include <boost/json/value.hpp>
#include <cmath>
#include <optional>
#include <string_view>

namespace sluice::delivery {
namespace {

constexpr double kMaxInFlight = 1'000;
constexpr double kMaxBatchEvents = 10'000;
constexpr double kMaxBatchWait = 60'000;  // ms

std::optional<double> number(const boost::json::object& from, std::string_view name) {
  const boost::json::value* value = from.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const double number = value->to_number<double>();
  if (!std::isfinite(number) || number <= 0) return std::nullopt;
  return number;
}

void read_batch(const boost::json::object& batch, ChannelPolicy& policy) {
  const double events = std::clamp(number(batch, "max_events").value_or(1), 1.0, kMaxBatchEvents);
  policy.batch_events = static_cast<std::size_t>(events);
  const double wait = std::min(number(batch, "max_wait_ms").value_or(0), kMaxBatchWait);
  policy.batch_wait = std::chrono::milliseconds(static_cast<std::int64_t>(wait));
}

}  // namespace

ChannelPolicy read_policy(const domain::Channel& channel, const PolicyDefaults& defaults) {
  const boost::json::object& configs = channel.configs;
  ChannelPolicy policy;
  policy.max_in_flight = std::max(defaults.max_in_flight, 1U);
  if (const auto most = number(configs, "max_in_flight"))
    policy.max_in_flight = static_cast<std::uint32_t>(std::clamp(*most, 1.0, kMaxInFlight));
  if (channel.kind == domain::ChannelKind::slack) policy.per_second = defaults.slack_per_second;
  if (const auto rate = number(configs, "rate_limit")) policy.per_second = *rate;
  const boost::json::value* ordered = configs.if_contains("ordered");
  policy.is_ordered = ordered != nullptr && ordered->is_bool() && ordered->get_bool();
  if (policy.is_ordered) policy.max_in_flight = 1;
  if (const boost::json::value* batch = configs.if_contains("batch");
      batch != nullptr && batch->is_object()) {
    read_batch(batch->get_object(), policy);
  }
  return policy;
}

}  // namespace sluice::delivery
