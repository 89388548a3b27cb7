// The event types that are known by name: what they mean, and which caches they make stale.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/pattern.hpp"

namespace sluice::domain {

/// The catalogue that is compiled in: the bytes of data/event_types.json.
std::string_view standard_event_types() noexcept;

enum class CacheScope : std::uint8_t { none, key, collection, namespace_ };

/// "key", "collection", "namespace"; empty for none. Static storage.
std::string_view to_text(CacheScope scope) noexcept;

struct EventType {
  std::string name;
  std::string meaning;
  CacheScope cache_scope = CacheScope::none;
};

/// Thread safety: const members from any thread.
class Catalogue {
 public:
  /// open: subscriptions may name anything well-formed. closed: only what is listed here.
  enum class Mode : std::uint8_t { open, closed };

  /// The compiled-in catalogue.
  explicit Catalogue(Mode mode = Mode::open);

  /// An operator's file: an array of `{"name", "meaning", "cache_scope"}` replaces the compiled-in
  /// catalogue; `{"extend": true, "event_types": [...]}` adds to it or redefines names of it. Or what
  /// is wrong with it, as a sentence.
  static std::variant<Catalogue, std::string> load(std::string_view json_text, Mode mode);

  Mode mode() const noexcept { return mode_; }
  const std::vector<EventType>& event_types() const noexcept { return event_types_; }

  const EventType* find(std::string_view name) const noexcept;

  /// Whether a known name is covered by `pattern`.
  bool has_match(Pattern pattern) const;

  /// The known name that `name` is most likely a misspelling of, if any is close.
  /// Complexity: O(types x length squared): for error messages only.
  std::optional<std::string_view> nearest(std::string_view name) const;

  /// As `GET /v1/event-types` shows it.
  boost::json::array to_json() const;

 private:
  struct Empty {};
  Catalogue(Mode mode, Empty) noexcept : mode_(mode) {}
  std::optional<std::string> add_all(const boost::json::array& entries);

  Mode mode_;
  std::vector<EventType> event_types_;  // in the order of the file
};

}  // namespace sluice::domain
