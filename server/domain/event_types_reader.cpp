#include "domain/event_types_reader.hpp"

#include <algorithm>

#include "domain/webhook_reader.hpp"
#include "sluice/pattern.hpp"

namespace sluice::domain {
namespace {

// Looking for the nearest name is the costliest part of reading: a few are help enough.
constexpr std::size_t kMaxSuggestions = 20;

class EventTypeCheck {
 public:
  explicit EventTypeCheck(const Catalogue& catalogue) : catalogue_(catalogue) {}

  std::optional<Complaint> operator()(const std::string& text) {
    const Result<Pattern> pattern = Pattern::parse(text);
    if (!pattern) return Complaint{"value_error", grammar_message(text, pattern.error())};
    if (catalogue_.mode() == Catalogue::Mode::open) return std::nullopt;
    const bool is_pattern = text.find('*') != std::string::npos;
    if (is_pattern ? catalogue_.has_match(*pattern) : catalogue_.find(text) != nullptr) {
      return std::nullopt;
    }
    return Complaint{"enum", unknown_message(text, is_pattern)};
  }

 private:
  std::string unknown_message(const std::string& text, bool is_pattern) {
    std::string message = is_pattern ? "expected a pattern that covers a known event type, which " +
                                           quoted(text) + " does not"
                                     : "expected a known event type, not " + quoted(text);
    const bool may_look = suggestions_++ < kMaxSuggestions;
    const auto nearest = may_look ? catalogue_.nearest(text) : std::nullopt;
    if (nearest) return message + "; did you mean " + quoted(*nearest) + "?";
    return message + "; GET /v1/event-types lists them";
  }

  std::string grammar_message(const std::string& text, const Error& error) {
    if (error.code == ErrorCode::wildcard_inside_segment)
      return wildcard_message(text, error.offset);
    return "expected an event name such as 'object.created' or a pattern such as 'object.*': " +
           std::string{describe(error.code)} + " (byte " + std::to_string(error.offset) + ")";
  }

  /// `obj*`: the star is part of a segment. A known name that begins like it shows what to write.
  std::string wildcard_message(const std::string& text, std::size_t star) const {
    const std::size_t end = std::min(text.find('.', star), text.size());
    std::string fix = "*" + text.substr(end);
    const std::string_view beginning = std::string_view{text}.substr(0, star);
    const auto begins_so = [&](const EventType& type) {
      return type.name.starts_with(beginning) && type.name.size() > star;
    };
    const auto& types = catalogue_.event_types();
    const auto known = std::ranges::find_if(types, begins_so);
    if (star > 0 && text[star - 1] != '.' && known != types.end()) {
      const std::size_t dot = known->name.find('.', star);
      const bool is_whole_tail = end == text.size() && dot != std::string::npos;
      fix = known->name.substr(0, dot) + (is_whole_tail ? ".*" : text.substr(end));
    } else {
      const std::size_t start = text.rfind('.', star);
      fix.insert(0, start == std::string::npos ? "" : text.substr(0, start + 1));
    }
    return "expected '*' to be a whole segment, which it is not in " + quoted(text) + "; write " +
           quoted(fix) + " or name the event types";
  }

  const Catalogue& catalogue_;
  std::size_t suggestions_ = 0;
};

}  // namespace

std::vector<std::string> read_event_types(Fields& fields, const Catalogue& catalogue) {
  const ListRule rule{.min_elements = 1,
                      .max_elements = kMaxEventTypes,
                      .what = "event types such as 'object.created', 'object.*' or '*'"};
  if (!fields.require("event_types", "a list of event types such as ['object.created']")) return {};
  return fields.texts("event_types", rule, EventTypeCheck{catalogue});
}

}  // namespace sluice::domain
