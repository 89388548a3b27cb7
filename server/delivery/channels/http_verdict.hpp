// What the outcome of an HTTP request means for a delivery, as far as all channels agree.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "delivery/outbound.hpp"
#include "domain/url.hpp"
#include "delivery/sender.hpp"

namespace sluice::delivery {

/// A verdict with everything but the meaning of a response: status, times, Retry-After, and for
/// requests that got none, the error. Its decision is retry. Whatever the receiver sent, its texts are
/// UTF-8, since they are shown as JSON.
Verdict http_verdict(OutboundResult&& result, std::string_view request, base::Time now);

/// At most so many bytes of the beginning of `text`, which are UTF-8.
std::string beginning(std::string_view text, std::size_t bytes);

/// "POST https://example.com/path (512 bytes)": without query, user or fragment.
std::string request_line(const domain::Url& url, std::size_t body_bytes, bool is_path_secret);

}  // namespace sluice::delivery
