#include "config_store/secret_seal.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <limits>

#include "domain/secret.hpp"

namespace sluice::store {
namespace {

namespace json = boost::json;

/// Appends the way to `wanted`, as in "/headers/x-token"; false: it is not in `value`.
bool find_place(const json::value& value, const json::string& wanted, std::string& place) {
  if (const json::string* text = value.if_string()) return text == &wanted;
  const std::size_t length = place.size();
  const auto is_in = [&](std::string_view step, const json::value& inner) {
    place.append("/").append(step);
    if (find_place(inner, wanted, place)) return true;
    place.resize(length);
    return false;
  };
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object)
      if (is_in(member.key(), member.value())) return true;
  } else if (const json::array* array = value.if_array()) {
    for (std::size_t i = 0; i < array->size(); ++i)
      if (is_in(std::to_string(i), (*array)[i])) return true;
  }
  return false;
}

std::string place_of(const json::object& configs, const json::string& secret) {
  std::string place;
  for (const auto& member : configs) {
    place.assign("/").append(member.key());
    if (find_place(member.value(), secret, place)) break;
  }
  return place;
}

}  // namespace

std::string SecretSeal::context_of(std::string_view place) const {
  std::string context = "channels.configs ";
  context.append(webhook_id_).append(" ").append(std::to_string(channel_)).append(" ");
  return context.append(place);
}

std::string SecretSeal::seal(domain::ChannelKind kind, json::object configs) const {
  domain::for_each_secret(kind, configs, [&](json::string& secret) {
    secret = vault_.seal(secret, context_of(place_of(configs, secret)));
  });
  return json::serialize(configs);
}

bool SecretSeal::open(domain::ChannelKind kind, std::string_view text,
                      json::object& configs) const {
  json::parse_options options;
  // What was let in has to come out, whatever api.max_json_depth is now.
  options.max_depth = std::numeric_limits<std::size_t>::max();
  json::error_code error;
  json::value value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return false;
  configs = std::move(value.get_object());
  bool is_good = true;
  domain::for_each_secret(kind, configs, [&](json::string& secret) {
    const std::optional<std::string> plain =
        vault_.open(secret, context_of(place_of(configs, secret)));
    if (plain)
      secret = *plain;
    else
      is_good = false;
  });
  return is_good;
}

}  // namespace sluice::store
