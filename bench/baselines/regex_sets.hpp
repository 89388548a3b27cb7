// Baselines: the two usual engines for many regular expressions at once. They solve a harder
// problem and it shows in what they cost to build, so that they are measured on few patterns only.
#pragma once

#include <re2/re2.h>
#include <re2/set.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/matcher.hpp"

#ifdef SLUICE_HAS_HYPERSCAN
#include <hs/hs.h>
#endif

namespace sluice::bench {

/// An anchored regular expression for the names that the pattern covers.
std::string regex_of(const Pattern& pattern);

/// Thread safety: after freeze(), any number of readers.
class Re2Set {
 public:
  Re2Set();
  void add(SubscriptionId id, const Pattern& pattern);
  void freeze();
  void match(std::string_view name, std::vector<SubscriptionId>& ids) const;
  /// RE2 does not tell what it holds; this is the memory that it was allowed.
  std::size_t index_bytes() const { return kMaxBytes; }

 private:
  static constexpr std::size_t kMaxBytes = std::size_t{512} << 20U;

  RE2::Set set_;
  std::vector<SubscriptionId> ids_;
  bool may_repeat_ = false;
};

#ifdef SLUICE_HAS_HYPERSCAN
/// Thread safety: after freeze(), one reader at a time.
class HyperscanSet {
 public:
  HyperscanSet() = default;
  ~HyperscanSet();
  HyperscanSet(const HyperscanSet&) = delete;
  HyperscanSet& operator=(const HyperscanSet&) = delete;

  void add(SubscriptionId id, const Pattern& pattern);
  void freeze();
  void match(std::string_view name, std::vector<SubscriptionId>& ids) const;
  std::size_t index_bytes() const;

 private:
  std::vector<std::string> regexes_;
  std::vector<unsigned> ids_;
  hs_database_t* database_ = nullptr;
  hs_scratch_t* scratch_ = nullptr;  // written by every match
};
#endif

}  // namespace sluice::bench
