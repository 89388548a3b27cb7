#include "reader_impl.hpp"

namespace sluice {

namespace internal {

const MatchedBatch& ReaderImpl::match(std::span<const Query> queries) {
  answers_.clear();
  batch_.ends_.resize(queries.size());
  for (std::size_t* ends = batch_.ends_.data(); !queries.empty();) {
    const std::size_t size = std::min(queries.size(), Walk::kGroup);
    match_group(queries.first(size), ends);
    queries = queries.subspan(size);
    ends += size;
  }
  return batch_;
}

void ReaderImpl::match_group(std::span<const Query> queries, std::size_t* ends) {
  const Guard guard;
  group_ = {events_.data(), queries.size()};
  find_scopes(queries);
  if (cache_.is_on()) ask_cache();
  find_names();
  walk();
  const std::size_t begin = answers_.size();
  for (std::uint32_t i = 0; i < group_.size(); ++i) {
    if (group_[i].is_open) {
      write(i);
    } else {
      answers_.append(group_[i].answer);
    }
    ends[i] = answers_.size();
  }
  if (cache_.is_on()) tell_cache(begin, ends);
}

void ReaderImpl::find_scopes(std::span<const Query> queries) {
  runs_.clear();
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const Query& query = queries[i];
    if (i + 4 < queries.size()) prefetch_line(queries[i + 4].name.data());
    Event& event = group_[i];
    event.key.text = query.name;
    event.run = runs_.add(query.scope);
    event.answer = {};
    event.is_lasting = false;
    event.is_open = query.name.size() - 1 < kMaxNameBytes;
    if (!event.is_open) continue;
    event.key.hash = matcher_.hashing()(query.name.data(), query.name.size());
  }
  runs_.find(matcher_.scopes(), matcher_.hashing());
}

// A scope without wildcards needs no cache: there, a name is one look-up.
void ReaderImpl::ask_cache() {
  const auto is_cached = [](const Event& event) {
    return event.is_open && event.run->scope != nullptr && event.run->root != 0;
  };
  for (Event& event : group_) {
    if (!is_cached(event)) continue;
    event.cache_hash = matcher_.hashing().within(event.run->stamp, event.key.hash);
    cache_.prefetch_slots(event.cache_hash);
  }
  for (const Event& event : group_) {
    if (is_cached(event)) cache_.prefetch_entry(event.cache_hash);
  }
  for (Event& event : group_) {
    if (!is_cached(event)) continue;
    const std::string_view name = event.key.text;
    const auto found = cache_.find(event.cache_hash, event.run->stamp, name.data(), name.size());
    event.answer = {found.ids, found.size};
    event.is_open = found.ids == nullptr;
  }
}

void ReaderImpl::tell_cache(std::size_t begin, const std::size_t* ends) {
  for (std::size_t i = 0; i < group_.size(); begin = ends[i++]) {
    const Event& event = group_[i];
    if (!event.is_lasting) continue;
    const std::string_view name = event.key.text;
    cache_.insert(event.cache_hash, event.run->stamp, name.data(), name.size(),
                  answers_.from(begin, ends[i]));
  }
}

void ReaderImpl::find_names() {
  const NameTable& names = matcher_.names();
  for (Event& event : group_) {
    event.is_open = event.is_open && event.run->scope != nullptr;
    if (!event.is_open) continue;
    event.key.scope = event.run->scope->number;
    event.key.hash = matcher_.hashing().within(event.key.scope, event.key.hash);
    names.prefetch_part(event.key.hash);
  }
  for (Event& event : group_) {
    if (!event.is_open) continue;
    event.bucket = names.bucket_of(event.key.hash);
    NameTable::prefetch_bucket(event.bucket);
  }
  for (Event& event : group_) {
    if (!event.is_open) continue;
    event.name = NameTable::candidate_in(event.bucket, event.key.hash);
    NameTable::prefetch_entry(event.name);
  }
  for (Event& event : group_) {
    if (event.is_open) answer_by_name(event);
  }
}

// All of the answer, if the name's subscribers are one array and there are no others.
void ReaderImpl::answer_by_name(Event& event) {
  event.subscribers = 0;
  if (event.name != nullptr && !NameTable::is_entry_of(*event.name, event.key)) {
    event.name = NameTable::find_in(event.bucket, event.key);
  }
  if (event.name != nullptr) {
    event.subscribers = follow_slot(event.name->subscribers);
    prefetch_subscribers(event.subscribers);
  }
  if (event.run->root != 0) return;
  event.is_open = false;
  switch (kind_of(event.subscribers)) {
    case Kind::empty: return;
    case Kind::id:
      event.only_id = id_of(event.subscribers);
      event.answer = {&event.only_id, 1};
      return;
    case Kind::ids: event.answer = SubscriberView{event.subscribers}.settled; return;
    default: event.is_open = true;
  }
}

void ReaderImpl::walk() {
  walk_.clear();
  for (std::uint32_t i = 0; i < group_.size(); ++i) {
    Event& event = group_[i];
    if (!event.is_open) continue;
    event.is_walked =
        event.run->root != 0 && segments_[i].copy(event.key.text) && segments_[i].split();
    if (!event.is_walked) continue;
    segments_[i].resolve(matcher_.symbols(), matcher_.hashing());
    walk_.start(i, segments_[i], event.run->root);
  }
  walk_.run();
}

void ReaderImpl::write(std::uint32_t index) {
  Event& event = group_[index];
  const std::size_t begin = answers_.size();
  bool may_repeat = false;
  event.is_lasting = event.is_walked;
  if (event.subscribers != 0) write_subscribers(index, event.subscribers, may_repeat);
  if (event.is_walked) {
    may_repeat = may_repeat || walk_.may_repeat(index);
    for (std::uint32_t at = walk_.first_hit(index); at != Hit::kNone; at = walk_.hit(at).next) {
      write_subscribers(index, walk_.hit(at).word, may_repeat);
    }
    // sync[M3] acquire -> M1: if no change came in between, each version was met at most once.
    const std::uint64_t stamp = event.run->scope->stamp.load(std::memory_order_acquire);
    if (stamp != event.run->stamp) {
      event.is_lasting = false;
      may_repeat = true;
    }
  }
  if (may_repeat) answers_.drop_doubles(begin);
}

void ReaderImpl::write_subscribers(std::uint32_t index, Word subscribers, bool& may_repeat) {
  if (kind_of(subscribers) == Kind::id_branch) {
    for (const Slot& slot : piece_of<Branch>(subscribers)->slots) {
      write_subscribers(index, follow_slot(slot), may_repeat);
    }
    return;
  }
  if (kind_of(subscribers) == Kind::id) return answers_.append(id_of(subscribers));
  const SubscriberView view{subscribers};
  answers_.append(view.settled);
  if (kind_of(subscribers) == Kind::ids) return;
  answers_.append(view.shared);
  may_repeat = may_repeat || !view.shared.empty();
  for (const Unsettled entry : view.unsettled) {
    group_[index].is_lasting = false;
    const Webhook& version = *webhook_of(entry);
    if (!is_current(index, version)) continue;
    answers_.append(version.id);
    may_repeat = true;
  }
}

// Whether the webhook, in the version that the directory holds at this moment, wants the event.
bool ReaderImpl::is_current(std::uint32_t index, const Webhook& version) {
  const Event& event = group_[index];
  const Webhook* const current = matcher_.directory().find(version.id);
  if (current == &version) return true;
  if (current == nullptr || current->scope != event.run->scope) return false;
  // The current version may lie at a name, or hold segments, that were nobody's when the event's
  // were looked up.
  const NameEntry* const name = matcher_.names().find(event.key);
  Segments& segments = segments_[index];
  if (!event.is_walked && !(segments.copy(event.key.text) && segments.split())) return false;
  segments.resolve(matcher_.symbols(), matcher_.hashing());
  return current->any_pattern([&](const Place& place) {
    return place.path.empty() ? place.name == name : covers(place.path, segments.symbols());
  });
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
