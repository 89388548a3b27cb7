#include "delivery/waiting_book.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluice::delivery {
namespace {

WaitingKey key_of(const WaitingBook::Entry& entry) { return {entry.due_at, entry.first()}; }

}  // namespace

void WaitingBook::set_order(WaitingOrder order) {
  if (order == order_) return;
  order_ = order;
  has_more_ = has_more_ || !entries_.empty();
  entries_.clear();
  horizon_.reset();
  is_reading_ = false;
  ++generation_;
}

void WaitingBook::begin(std::uint64_t count) {
  count_ = count;
  has_more_ = count > 0;
}

WaitingBook::Entry WaitingBook::take() {
  Entry entry = std::move(entries_.front());
  entries_.erase(entries_.begin());
  return entry;
}

void WaitingBook::insert(Entry entry, bool was_taken) {
  const bool was_here = erase(entry.first());
  if (!was_taken && !was_here) ++count_;
  const WaitingKey key = key_of(entry);
  if (has_more_ && (!horizon_ || is_before(*horizon_, key))) return;  // a page will bring it
  place(std::move(entry));
  forget_beyond_most();
}

WaitingBook::PageRequest WaitingBook::begin_page() {
  is_reading_ = true;
  return {order_, horizon_, generation_};
}

void WaitingBook::add_page(std::vector<Entry> page, std::uint32_t generation,
                           std::span<const journal::Sequence> taken) {
  if (generation != generation_) return;
  is_reading_ = false;
  has_more_ = page.size() == kPage;
  if (has_more_) horizon_ = key_of(page.back());
  for (Entry& entry : page) {
    if (std::find(taken.begin(), taken.end(), entry.first()) != taken.end()) continue;
    erase(entry.first());
    place(std::move(entry));
  }
  if (!has_more_) count_ = entries_.size() + taken.size();
  forget_beyond_most();
}

bool WaitingBook::is_before(const WaitingKey& one, const WaitingKey& other) const {
  if (order_ == WaitingOrder::sequence) return one.first < other.first;
  return std::tie(one.due_at, one.first) < std::tie(other.due_at, other.first);
}

void WaitingBook::place(Entry entry) {
  const auto behind = std::upper_bound(
      entries_.begin(), entries_.end(), key_of(entry),
      [this](const WaitingKey& key, const Entry& each) { return is_before(key, key_of(each)); });
  entries_.insert(behind, std::move(entry));
}

void WaitingBook::forget_beyond_most() {
  if (entries_.size() <= kMost) return;
  entries_.resize(kMost);
  horizon_ = key_of(entries_.back());
  has_more_ = true;
}

bool WaitingBook::erase(journal::Sequence first) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [first](const Entry& each) { return each.first() == first; });
  if (found == entries_.end()) return false;
  entries_.erase(found);
  return true;
}

}  // namespace sluice::delivery
