#include "domain/catalogue.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <numeric>

#include "domain/name_cover.hpp"

namespace sluice::domain {
namespace {

constexpr std::size_t kMaxTypes = 5'000;
constexpr std::size_t kMaxMeaningBytes = 1'000;
constexpr std::array<std::string_view, 4> kScopes{"", "key", "collection", "namespace"};

std::optional<CacheScope> scope_of(const boost::json::object& entry) {
  const boost::json::value* scope = entry.if_contains("cache_scope");
  if (scope == nullptr || scope->is_null()) return CacheScope::none;
  if (!scope->is_string()) return std::nullopt;
  const auto found = std::ranges::find(kScopes, std::string_view{scope->get_string()});
  if (found == kScopes.end() || found == kScopes.begin()) return std::nullopt;
  return static_cast<CacheScope>(found - kScopes.begin());
}

std::variant<EventType, std::string> read_event_type(const boost::json::value& value) {
  const boost::json::object* entry = value.if_object();
  const boost::json::value* name = entry ? entry->if_contains("name") : nullptr;
  if (name == nullptr || !name->is_string()) return "expected an object with a name";
  EventType type{.name = std::string{name->get_string()}, .meaning = {}};
  if (check_event_name(type.name).code != ErrorCode::none) {
    return "'" + type.name.substr(0, kMaxNameBytes) + "' is no event name";
  }
  if (const boost::json::value* meaning = entry->if_contains("meaning")) {
    if (!meaning->is_string() || meaning->get_string().size() > kMaxMeaningBytes) {
      return "the meaning of '" + type.name + "' must be a string of at most 1000 bytes";
    }
    type.meaning = meaning->get_string();
  }
  const std::optional<CacheScope> scope = scope_of(*entry);
  if (!scope) {
    return "the cache_scope of '" + type.name + "' must be key, collection, namespace or null";
  }
  type.cache_scope = *scope;
  return type;
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; `limit` or
/// more when they are at least that many. Source: optimal string alignment distance.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) >= limit) return limit;
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  std::iota(rows[0].begin(), rows[0].end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t>& row = rows[i % 3];
    const std::vector<std::size_t>& above = rows[(i + 2) % 3];
    const std::vector<std::size_t>& second_above = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      const bool is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (is_swap) row[j] = std::min(row[j], second_above[j - 2] + 1);
    }
    if (*std::ranges::min_element(row) >= limit) return limit;
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string_view to_text(CacheScope scope) noexcept {
  return kScopes[static_cast<std::size_t>(scope)];
}

Catalogue::Catalogue(Mode mode) : mode_(mode) {
  (void)add_all(boost::json::parse(standard_event_types()).as_array());
}

std::variant<Catalogue, std::string> Catalogue::load(std::string_view json_text, Mode mode) {
  boost::json::error_code error;
  const boost::json::value document = boost::json::parse(json_text, error);
  if (error) return "it is not JSON: " + error.message();
  const boost::json::array* entries = document.if_array();
  bool is_extension = false;
  if (const boost::json::object* wrapper = document.if_object()) {
    const boost::json::value* list = wrapper->if_contains("event_types");
    entries = list ? list->if_array() : nullptr;
    const boost::json::value* extend = wrapper->if_contains("extend");
    is_extension = extend != nullptr && extend->is_bool() && extend->get_bool();
  }
  if (entries == nullptr) {
    return R"(expected an array of event types, or {"extend": true, "event_types": [...]})";
  }
  Catalogue catalogue = is_extension ? Catalogue{mode} : Catalogue{mode, Empty{}};
  if (auto problem = catalogue.add_all(*entries)) return *std::move(problem);
  return catalogue;
}

std::optional<std::string> Catalogue::add_all(const boost::json::array& entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::variant<EventType, std::string> read = read_event_type(entries[i]);
    if (auto* problem = std::get_if<std::string>(&read)) {
      return "event type " + std::to_string(i) + ": " + *problem;
    }
    EventType& type = std::get<EventType>(read);
    const auto same = std::ranges::find(event_types_, type.name, &EventType::name);
    if (same != event_types_.end()) {
      *same = std::move(type);
    } else if (event_types_.size() == kMaxTypes) {
      return "there are more than " + std::to_string(kMaxTypes) + " event types";
    } else {
      event_types_.push_back(std::move(type));
    }
  }
  return std::nullopt;
}

const EventType* Catalogue::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(event_types_, name, &EventType::name);
  return found == event_types_.end() ? nullptr : &*found;
}

bool Catalogue::has_match(Pattern pattern) const {
  return std::ranges::any_of(event_types_,
                             [&](const EventType& type) { return covers(pattern, type.name); });
}

std::optional<std::string_view> Catalogue::nearest(std::string_view name) const {
  if (name.size() > kMaxNameBytes) return std::nullopt;
  std::size_t limit = std::max<std::size_t>(3, name.size() / 3);
  std::optional<std::string_view> best;
  for (const EventType& type : event_types_) {
    const std::size_t distance = edit_distance(name, type.name, limit);
    if (distance >= limit) continue;
    limit = distance;
    best = type.name;
  }
  return best;
}

boost::json::array Catalogue::to_json() const {
  boost::json::array list;
  for (const EventType& type : event_types_) {
    boost::json::value scope;
    if (type.cache_scope != CacheScope::none) scope = to_text(type.cache_scope);
    list.push_back(boost::json::object{
        {"name", type.name}, {"meaning", type.meaning}, {"cache_scope", std::move(scope)}});
  }
  return list;
}

}  // namespace sluice::domain
