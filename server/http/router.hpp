// Which route a request takes: patterns such as "/v1/webhooks/{identifier}/test", compared segment
// by segment. Pure: no request, no response, no socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/method.hpp"

namespace sluice::http {

/// What find() found. `found`: call `route`. `options`: answer 204 with Allow. The others: 404, 405
/// with Allow, 400.
struct RouteMatch {
  enum class Outcome : std::uint8_t { found, not_found, method_not_allowed, options, bad_path };
  struct Parameter {
    std::string_view name;  // lives as long as the Router
    std::string value;      // percent-decoded, valid UTF-8 without control characters
  };

  Outcome outcome = Outcome::not_found;
  std::size_t route = 0;
  std::vector<Parameter> parameters = {};
  std::string allow = {};  // for `options` and `method_not_allowed`: "GET, HEAD, OPTIONS"

  /// Empty when the pattern has no parameter of that name.
  std::string_view parameter(std::string_view name) const noexcept;
};

/// Thread safety: find() from any thread once every add() is done.
class Router {
 public:
  /// `pattern` begins with '/'; a segment is text or `{name}`. `route` is the caller's number for
  /// what to call. Where several patterns fit a path, the one whose text reaches further wins.
  /// Errors: std::invalid_argument for a bad pattern, or one that is there with that method.
  void add(Method method, std::string_view pattern, std::size_t route);

  /// A trailing slash makes no difference. HEAD takes the route of GET unless it has its own.
  /// Complexity: O(patterns + segments).
  RouteMatch find(Method method, std::string_view path) const;

 private:
  struct Segment {
    std::string text;  // or the parameter's name
    bool is_parameter;
  };
  struct Target {
    Method method;
    std::size_t route;
  };
  struct Entry {
    std::vector<Segment> segments;
    std::vector<Target> targets;

    bool fits(std::span<const std::string_view> path) const noexcept;
    const Target* target_of(Method wanted) const noexcept;  // null when there is none
  };

  Entry& entry_of(std::vector<Segment> segments);

  std::vector<Entry> entries_;  // more literal ones first
};

}  // namespace sluice::http
