#include "journal/duplicate_filter.hpp"

#include <algorithm>

namespace sluice::journal {
namespace {
constexpr std::size_t kAhead = 16;  // ids whose slots are fetched while one is looked up
}  // namespace

void DuplicateFilter::start(base::Time now) {
  window_.advance(now);
  added_.clear();
  batches_ = 0;
}

std::span<const std::uint32_t> DuplicateFilter::judge(const Batch& batch, std::uint64_t first) {
  const std::span<const GivenId> ids = batch.given_ids;
  if (ids.empty()) return {};
  if (batches_ == duplicates_.size()) duplicates_.emplace_back();
  std::vector<std::uint32_t>& duplicates = duplicates_[batches_];
  duplicates.clear();
  duplicates.reserve(ids.size());
  added_.reserve(added_.size() + ids.size());
  const std::size_t kept = added_.size();
  try {
    for (std::size_t i = 0; i < std::min(kAhead, ids.size()); ++i)
      window_.prefetch(ids[i].fingerprint);
    bool is_new = false;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i + kAhead < ids.size()) window_.prefetch(ids[i + kAhead].fingerprint);
      if (ids[i].is_for_find_only) {
        if (is_new) added_.push_back({ids[i].fingerprint, first + ids[i].index, true});
        continue;
      }
      is_new = window_.insert(ids[i].fingerprint);
      if (is_new) {
        added_.push_back({ids[i].fingerprint, first + ids[i].index, false});
      } else {
        duplicates.push_back(ids[i].index);
      }
    }
  } catch (...) {
    take_back_behind(kept);
    throw;
  }
  ++batches_;
  return duplicates;
}

void DuplicateFilter::take_back_behind(std::size_t kept) noexcept {
  for (; added_.size() > kept; added_.pop_back())
    if (!added_.back().is_for_find_only) window_.erase(added_.back().id);
}

void DuplicateFilter::take_back() noexcept { take_back_behind(0); }

}  // namespace sluice::journal
