#include <emmintrin.h>

#include <algorithm>
#include <cstring>

#include "reader_impl.hpp"

namespace sluice {

namespace internal {

static_assert(sizeof(SubscriptionId) == sizeof(std::uint32_t));

const MatchedBatch& ReaderImpl::match(std::span<const Query> queries) {
  size_ = 0;
  batch_.ends_.clear();
  batch_.ends_.reserve(queries.size());
  while (!queries.empty()) {
    const std::size_t size = std::min(queries.size(), Walk::kGroup);
    match_group(queries.first(size));
    queries = queries.subspan(size);
  }
  return batch_;
}

void ReaderImpl::match_group(std::span<const Query> queries) {
  const Guard guard;
  const std::span<Event> group{events_.data(), queries.size()};
  has_scope_ = false;
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (i + 4 < group.size()) prefetch_line(queries[i + 4].name.data());
    prepare(group[i], queries[i]);
  }
  if (cache_.is_on()) {
    for (const Event& event : group) cache_.prefetch_entry(event.hash);
    for (Event& event : group) {
      if (event.scope == nullptr) continue;
      event.found =
          cache_.find(event.hash, event.stamp, event.segments.text(), event.segments.bytes());
    }
  }
  walk_unknown(group);
  const std::size_t first = batch_.ends_.size();
  for (std::uint32_t i = 0; i < group.size(); ++i) {
    write(group[i], i);
    batch_.ends_.push_back(size_);
  }
  if (!cache_.is_on()) return;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Event& event = group[i];
    if (!event.is_lasting) continue;
    const auto ids = batch_[first + i];
    cache_.insert(event.hash, event.stamp, event.segments.text(), event.segments.bytes(),
                  {reinterpret_cast<const std::uint32_t*>(ids.data()), ids.size()});
  }
}

void ReaderImpl::prepare(Event& event, const Query& query) {
  event.found = {};
  event.is_walked = false;
  event.is_lasting = false;
  event.hash = 0;
  event.scope = nullptr;
  if (!event.segments.copy(query.name)) return;
  if (!has_scope_ || query.scope != scope_text_) {
    has_scope_ = true;
    scope_text_ = query.scope;
    scope_ = matcher_.find_scope(query.scope);
  }
  event.scope = scope_;
  if (scope_ == nullptr) return;
  // sync[M2] acquire -> M1: a walk that begins now finds the changes of this stamp at least unsettled.
  event.stamp = scope_->stamp.load(std::memory_order_acquire);
  if (!cache_.is_on()) return;
  // The stamp joins the hash, so that one name of many scopes spreads over the whole cache.
  event.hash =
      folded(matcher_.hashing()(event.segments.text(), event.segments.bytes()) ^ event.stamp,
             0x082EFA98EC4E6C89U) &
      matcher_.hashing().mask;
  cache_.prefetch_slots(event.hash);
}

void ReaderImpl::walk_unknown(std::span<Event> group) {
  walk_.clear();
  for (std::uint32_t i = 0; i < group.size(); ++i) {
    Event& event = group[i];
    if (event.scope == nullptr || event.found.ids != nullptr) continue;
    if (!event.segments.split()) continue;
    event.is_walked = true;
    event.segments.resolve(matcher_.symbols(), matcher_.hashing());
    walk_.start(i, event.segments, follow_slot(event.scope->root));
  }
  walk_.run();
}

void ReaderImpl::write(Event& event, std::uint32_t index) {
  if (!event.is_walked) {
    append({event.found.ids, event.found.size});
    return;
  }
  const std::size_t begin = size_;
  bool may_repeat = walk_.may_repeat(index);
  event.is_lasting = true;
  for (std::uint32_t at = walk_.first_hit(index); at != Hit::kNone; at = walk_.hit(at).next) {
    write_subscribers(event, walk_.hit(at).word, may_repeat);
  }
  // sync[M3] acquire -> M1: if no change came in between, each version was met at most once.
  const bool is_same = event.scope->stamp.load(std::memory_order_acquire) == event.stamp;
  event.is_lasting = event.is_lasting && is_same;
  may_repeat = may_repeat || !is_same;
  if (may_repeat) drop_doubles(begin);
}

void ReaderImpl::write_subscribers(Event& event, Word subscribers, bool& may_repeat) {
  if (kind_of(subscribers) == Kind::id_branch) {
    for (const Slot& slot : piece_of<Branch>(subscribers)->slots) {
      write_subscribers(event, follow_slot(slot), may_repeat);
    }
    return;
  }
  const SubscriberView view{subscribers};
  append(view.settled);
  if (kind_of(subscribers) != Kind::mixed) return;
  append(view.shared);
  may_repeat = may_repeat || !view.shared.empty();
  for (const Unsettled entry : view.unsettled) {
    event.is_lasting = false;
    const Webhook& version = *webhook_of(entry);
    if (!is_current(event, version)) continue;
    append({&version.id, 1});
    may_repeat = true;
  }
}

// Whether the webhook, in the version that the directory holds at this moment, wants the event.
bool ReaderImpl::is_current(Event& event, const Webhook& version) {
  const Webhook* const current = matcher_.directory().find(version.id);
  if (current == &version) return true;
  if (current == nullptr || current->scope != event.scope) return false;
  // The current version may hold segments that were nobody's when the name was resolved.
  event.segments.resolve(matcher_.symbols(), matcher_.hashing());
  return current->any_pattern(
      [&](std::span<const Symbol> path) { return covers(path, event.segments.symbols()); });
}

void ReaderImpl::append(std::span<const std::uint32_t> ids) {
  auto& to = batch_.ids_;
  if (size_ + ids.size() > to.size()) {
    to.resize(std::max({2 * to.size(), size_ + ids.size(), std::size_t{256}}));
  }
  SubscriptionId* out = to.data() + size_;
  size_ += ids.size();
  // Arrays are short: four at a time in line beat a call of memcpy.
  const std::uint32_t* in = ids.data();
  std::size_t left = ids.size();
  for (; left >= 4; left -= 4, in += 4, out += 4) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out),
                     _mm_loadu_si128(reinterpret_cast<const __m128i*>(in)));
  }
  for (; left != 0; --left) *out++ = SubscriptionId{*in++};
}

void ReaderImpl::drop_doubles(std::size_t begin) {
  const std::span<SubscriptionId> ids{batch_.ids_.data() + begin, size_ - begin};
  if (!may_have_doubles(ids)) return;
  std::sort(ids.begin(), ids.end());
  size_ = begin + static_cast<std::size_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
}

// A bitmap of the ids' hashes spares most results the sorting: doubles are rare.
bool ReaderImpl::may_have_doubles(std::span<const SubscriptionId> ids) noexcept {
  if (ids.size() > kMaxFiltered) return true;
  const auto bit_of = [](SubscriptionId id) {
    return spread(static_cast<std::uint32_t>(id)) >> (32U - kFilterBits);
  };
  bool is_seen = false;
  for (const SubscriptionId id : ids) {
    std::uint64_t& word = filter_[bit_of(id) / 64];
    const std::uint64_t bit = std::uint64_t{1} << (bit_of(id) % 64);
    is_seen = is_seen || (word & bit) != 0;
    word |= bit;
  }
  for (const SubscriptionId id : ids) filter_[bit_of(id) / 64] = 0;
  return is_seen;
}

}  // namespace internal

Reader::Reader(const Matcher& matcher, ReaderOptions options)
    : impl_(std::make_unique<internal::ReaderImpl>(*matcher.impl_, options)) {}
Reader::~Reader() = default;

std::span<const SubscriptionId> Reader::match(std::string_view event_name, std::string_view scope) {
  const Query query{event_name, scope};
  return impl_->match({&query, 1})[0];
}

const MatchedBatch& Reader::match(std::span<const Query> queries) { return impl_->match(queries); }

}  // namespace sluice
