// What responses show in the place of secrets, and how such a text is known when it comes back.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "domain/channel.hpp"

namespace sluice::domain {

/// `****`, and the last four characters when at least sixteen others stay hidden.
std::string mask_of(std::string_view secret);

/// The mask of a Slack URL: the path is the secret, scheme and host are shown.
std::string mask_of_url(std::string_view url);

/// Whether `text` is what one of the masks makes. No signing secret, token or URL looks so.
bool is_mask(std::string_view text) noexcept;

/// A channel's settings with all secrets masked, and without those that are the server's alone.
boost::json::object masked_configs(const Channel& channel);

}  // namespace sluice::domain
