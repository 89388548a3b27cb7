#include "http/router.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/percent.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t kMaxSegments = 16;

// The segments of a path, in place, and the text of those that had to be decoded.
class Path {
 public:
  // False: no path that a pattern could fit.
  bool split(std::string_view text) {
    if (text.empty() || text.front() != '/') return false;
    text.remove_prefix(1);
    if (!text.empty() && text.back() == '/') text.remove_suffix(1);
    while (!text.empty()) {
      const std::size_t length = std::min(text.find('/'), text.size());
      if (length == 0 || length + 1 == text.size() || size_ == kMaxSegments) return false;
      segments_.at(size_++) = text.substr(0, length);
      text.remove_prefix(std::min(length + 1, text.size()));
    }
    return true;
  }

  // False: a segment is badly encoded.
  bool decode() {
    for (std::size_t index = 0; index < size_; ++index) {
      std::string_view& segment = segments_.at(index);
      const bool is_plain = std::all_of(segment.begin(), segment.end(), [](char letter) {
        return letter > 0x20 && letter < 0x7f && letter != '%';
      });
      if (is_plain) continue;
      auto& owner = decoded_.at(index);
      owner = percent_decoded(segment);
      if (!owner) return false;
      segment = *owner;
    }
    return true;
  }

  std::span<const std::string_view> segments() const { return {segments_.data(), size_}; }

 private:
  std::array<std::string_view, kMaxSegments> segments_;
  std::array<std::optional<std::string>, kMaxSegments> decoded_;
  std::size_t size_ = 0;
};

std::uint32_t bit_of(Method method) noexcept { return 1U << static_cast<unsigned>(method); }

// "GET, HEAD, OPTIONS": in the order of Method, so that it does not depend on the routes' order.
std::string allow_text(std::uint32_t methods) {
  if ((methods & bit_of(Method::get)) != 0) methods |= bit_of(Method::head);
  methods |= bit_of(Method::options);
  std::string text;
  for (unsigned index = 0; index < static_cast<unsigned>(Method::other); ++index) {
    if ((methods & (1U << index)) == 0) continue;
    if (!text.empty()) text += ", ";
    text += to_text(static_cast<Method>(index));
  }
  return text;
}

}  // namespace

std::string_view RouteMatch::parameter(std::string_view name) const noexcept {
  for (const Parameter& each : parameters) {
    if (each.name == name) return each.value;
  }
  return {};
}

void Router::add(Method method, std::string_view pattern, std::size_t route) {
  Path path;
  if (!path.split(pattern)) {
    throw std::invalid_argument("no route pattern: " + std::string(pattern));
  }
  std::vector<Segment> segments;
  for (const std::string_view text : path.segments()) {
    const bool is_parameter = text.size() > 2 && text.front() == '{' && text.back() == '}';
    if (!is_parameter && text.find_first_of("{}%") != std::string_view::npos) {
      throw std::invalid_argument("no route pattern: " + std::string(pattern));
    }
    segments.push_back({std::string(is_parameter ? text.substr(1, text.size() - 2) : text),
                        is_parameter});
  }
  Entry& entry = entry_of(std::move(segments));
  const Target* there = entry.target_of(method);
  if (there != nullptr && there->method == method) {
    throw std::invalid_argument("a second route for " + std::string(pattern));
  }
  entry.targets.push_back({method, route});
}

Router::Entry& Router::entry_of(std::vector<Segment> segments) {
  // Text before a parameter in the first segment that differs; the names of parameters are no
  // difference in what fits.
  const auto is_same = [](const Segment& a, const Segment& b) {
    return a.is_parameter == b.is_parameter && (a.is_parameter || a.text == b.text);
  };
  const auto is_before = [&](const std::vector<Segment>& a, const std::vector<Segment>& b) {
    const auto differs = std::mismatch(a.begin(), a.end(), b.begin(), b.end(), is_same);
    if (differs.first == a.end() || differs.second == b.end()) return a.size() < b.size();
    return !differs.first->is_parameter && differs.second->is_parameter;
  };
  auto place = entries_.begin();
  for (; place != entries_.end(); ++place) {
    if (std::equal(segments.begin(), segments.end(), place->segments.begin(),
                   place->segments.end(), is_same)) {
      return *place;
    }
  }
  for (place = entries_.begin(); place != entries_.end(); ++place) {
    if (is_before(segments, place->segments)) break;
  }
  return *entries_.insert(place, Entry{std::move(segments), {}});
}

const Router::Target* Router::Entry::target_of(Method wanted) const noexcept {
  const auto find = [&](Method method) {
    return std::find_if(targets.begin(), targets.end(),
                        [&](const Target& target) { return target.method == method; });
  };
  auto target = find(wanted);
  if (target == targets.end() && wanted == Method::head) target = find(Method::get);
  return target == targets.end() ? nullptr : &*target;
}

bool Router::Entry::fits(std::span<const std::string_view> path) const noexcept {
  return std::equal(segments.begin(), segments.end(), path.begin(), path.end(),
                    [](const Segment& segment, std::string_view text) {
                      return segment.is_parameter || segment.text == text;
                    });
}

RouteMatch Router::find(Method method, std::string_view path_text) const {
  RouteMatch match;
  Path path;
  if (!path.split(path_text)) return match;
  if (!path.decode()) {
    match.outcome = RouteMatch::Outcome::bad_path;
    return match;
  }
  std::uint32_t methods = 0;
  for (const Entry& entry : entries_) {
    if (!entry.fits(path.segments())) continue;
    if (const Target* target = entry.target_of(method)) {
      match.outcome = RouteMatch::Outcome::found;
      match.route = target->route;
      for (std::size_t index = 0; index < entry.segments.size(); ++index) {
        const Segment& segment = entry.segments[index];
        if (!segment.is_parameter) continue;
        match.parameters.push_back({segment.text, std::string(path.segments()[index])});
      }
      return match;
    }
    for (const Target& each : entry.targets) methods |= bit_of(each.method);
  }
  if (methods != 0) {
    match.outcome = method == Method::options ? RouteMatch::Outcome::options
                                              : RouteMatch::Outcome::method_not_allowed;
    match.allow = allow_text(methods);
  }
  return match;
}

}  // namespace sluice::http
