#include "domain/stored_channels.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <string>

#include "domain/mask.hpp"

namespace sluice::domain {
namespace {

struct Given {
  ChannelKind kind;
  std::string target;
};

struct Stored {
  const Channel* channel;
  std::string target;
  std::string masked_target;
  bool is_taken = false;

  bool is_target_of(const Given& given) const {
    return !is_taken && channel->kind == given.kind &&
           (given.target == target || given.target == masked_target);
  }
};

/// A channel of a request before it is checked; nothing if it has no kind or no settings.
std::optional<Given> given_channel(const boost::json::value& element) {
  const boost::json::object* object = element.if_object();
  const boost::json::value* kind_name = object ? object->if_contains("channel") : nullptr;
  const boost::json::value* configs = object ? object->if_contains("configs") : nullptr;
  if (kind_name == nullptr || !kind_name->is_string()) return std::nullopt;
  if (configs == nullptr || !configs->is_object()) return std::nullopt;
  const std::optional<ChannelKind> kind = channel_kind_from(kind_name->get_string());
  if (!kind) return std::nullopt;
  return Given{*kind, target_of({.number = 0, .kind = *kind, .configs = configs->get_object()})};
}

std::vector<Stored> stored_channels(const Webhook& webhook) {
  std::vector<Stored> list;
  for (const Channel& channel : webhook.draft.channels) {
    const Channel masked{.number = 0, .kind = channel.kind, .configs = masked_configs(channel)};
    list.push_back({&channel, target_of(channel), target_of(masked)});
  }
  return list;
}

}  // namespace

std::vector<const Channel*> stored_counterparts(const Webhook* previous,
                                                const boost::json::array& channels) {
  std::vector<const Channel*> result(channels.size(), nullptr);
  if (previous == nullptr) return result;
  std::vector<Stored> stored = stored_channels(*previous);
  std::vector<std::optional<Given>> given;
  for (const boost::json::value& element : channels) given.push_back(given_channel(element));

  const auto take = [&](std::size_t i, Stored& from) {
    from.is_taken = true;
    result[i] = from.channel;
  };
  for (std::size_t i = 0; i < std::min(given.size(), stored.size()); ++i) {
    if (given[i] && stored[i].is_target_of(*given[i])) take(i, stored[i]);
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i] || result[i] != nullptr) continue;
    const auto found = std::ranges::find_if(
        stored, [&](const Stored& from) { return from.is_target_of(*given[i]); });
    if (found != stored.end()) take(i, *found);
  }
  for (std::size_t i = 0; i < std::min(given.size(), stored.size()); ++i) {
    const bool is_same_place = given[i] && result[i] == nullptr && !stored[i].is_taken;
    if (is_same_place && stored[i].channel->kind == given[i]->kind) take(i, stored[i]);
  }
  return result;
}

}  // namespace sluice::domain
