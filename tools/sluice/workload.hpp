// What `sluice generate` draws: subscriptions and events of one of three shapes. Both are drawn
// from the same universe of names, which depends on the seed and the shape alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "random_stream.hpp"
#include "universe.hpp"
#include "zipf_table.hpp"

namespace sluice::tool {

enum class WorkloadShape {
  flat,     // exact names only, of 10,000
  wild,     // of a million names: 75 % exact, 20 % with `*`, 5 % with a `**` at the end
  tenants,  // of 400 names, for each of many organisations: 60 % exact, 25 % `*`, 15 % `**`
};

struct WorkloadOptions {
  WorkloadShape shape = WorkloadShape::flat;
  std::uint64_t seed = 0;
  double name_skew = 0;  // Zipf's exponent; in shape tenants of subscriptions too
  std::uint64_t organizations = 10'000;
};

/// One subscription or one event.
struct Draw {
  std::string text;                           // a pattern or a name
  std::optional<std::uint64_t> organization;  // in shape tenants only
};

/// Deterministic: the same options give the same subscriptions and the same events everywhere, in
/// whatever order the two are drawn. Thread safety: one thread at a time.
class Workload {
 public:
  explicit Workload(const WorkloadOptions& options);

  /// Lifetime: until the next draw.
  const Draw& draw_subscription();
  const Draw& draw_event();

 private:
  // One kind of draw: how popular names and organisations are in it.
  struct Popularity {
    ZipfTable names;
    ZipfTable organizations;
    RandomStream random;
  };

  NameSegments draw_name(Popularity& popularity);

  const WorkloadShape shape_;
  const Universe universe_;
  const std::vector<std::uint64_t> organizations_;  // by rank
  Popularity subscriptions_;
  Popularity events_;
  Draw draw_;
};

/// As in `o00042`.
void append_organization(std::string& out, std::uint64_t number);

}  // namespace sluice::tool
