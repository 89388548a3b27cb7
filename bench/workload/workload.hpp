// A workload: the subscriptions and the events of one pair of text files, one pattern or event name
// a line. The id of a subscription is its 0-based line number, so that any other engine can
// reproduce the answers.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/matcher.hpp"
#include "sluice/pattern.hpp"

namespace sluice::bench {

/// Subscription `i` of a workload, whose id is `i`.
struct Subscription {
  std::string_view scope;
  Pattern pattern;
};

/// Lifetime: the views point into the texts, which live as long as the Workload; hence no copies.
class Workload {
 public:
  /// Of `set` "w2u" the files are w2.subs and w2u.events in `directory`. The set "w3s" is w3 with
  /// the first segment of every line taken off as the scope.
  /// Errors: std::runtime_error for a file that is absent, empty or holds a malformed line.
  Workload(const std::filesystem::path& directory, std::string_view set);
  /// The same from texts in memory; `is_scoped` takes the first segment off as the scope.
  Workload(std::string subscription_lines, std::string event_lines, bool is_scoped);
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  const std::vector<Subscription>& subscriptions() const noexcept { return subscriptions_; }
  const std::vector<Query>& events() const noexcept { return events_; }

 private:
  const std::string subscription_lines_;
  const std::string event_lines_;
  std::vector<Subscription> subscriptions_;
  std::vector<Query> events_;
};

/// The set that has the same lines as `set` without scopes: "w3" for "w3s", else `set` itself.
std::string_view flat_set(std::string_view set);

/// The whole file. Errors: std::runtime_error, naming the file.
std::string read_text(const std::filesystem::path& file);

}  // namespace sluice::bench
