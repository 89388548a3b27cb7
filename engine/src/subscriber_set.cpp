#include "subscriber_set.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <vector>

namespace sluice::internal {

namespace {

std::size_t mixed_bytes(std::size_t unsettled, std::size_t settled, std::size_t shared) noexcept {
  return sizeof(SubscriberSet) + unsettled * sizeof(Unsettled) +
         (settled + shared) * sizeof(std::uint32_t);
}

// One entry of one list taken out, one put in.
struct Edit {
  enum class List : std::uint8_t { none, unsettled, settled, shared };
  List from = List::none;
  std::size_t index = 0;
  List to = List::none;
  std::uint64_t entry = 0;
};

using List = Edit::List;

std::size_t size_after(const Edit& edit, List list, std::size_t size) noexcept {
  return size - (edit.from == list ? 1 : 0) + (edit.to == list ? 1 : 0);
}

template <class T>
T* copy_list(const Edit& edit, List list, std::span<const T> from, T* to) noexcept {
  if (edit.from == list) {
    to = std::copy(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(edit.index), to);
    from = from.subspan(edit.index + 1);
  }
  to = std::copy(from.begin(), from.end(), to);
  if (edit.to == list) *to++ = static_cast<T>(edit.entry);
  return to;
}

Word edited(Operation& operation, const SubscriberView& view, const Edit& edit) {
  const std::size_t unsettled = size_after(edit, List::unsettled, view.unsettled.size());
  const std::size_t settled = size_after(edit, List::settled, view.settled.size());
  const std::size_t shared = size_after(edit, List::shared, view.shared.size());
  if (unsettled == 0 && shared == 0) {
    if (settled == 0) return 0;
    if (settled == 1) {
      std::array<std::uint32_t, 1> id;
      copy_list(edit, List::settled, view.settled, id.data());
      return make_id_word(id[0]);
    }
    auto* const ids =
        static_cast<std::uint32_t*>(operation.allocate(settled * sizeof(std::uint32_t)));
    copy_list(edit, List::settled, view.settled, ids);
    return make_word(Kind::ids, ids, static_cast<unsigned>(settled));
  }
  auto* const set = ::new (operation.allocate(mixed_bytes(unsettled, settled, shared)))
      SubscriberSet{static_cast<std::uint32_t>(unsettled), static_cast<std::uint32_t>(settled),
                    static_cast<std::uint32_t>(shared), 0};
  Unsettled* const after =
      copy_list(edit, List::unsettled, view.unsettled, reinterpret_cast<Unsettled*>(set + 1));
  auto* ids = reinterpret_cast<std::uint32_t*>(after);
  ids = copy_list(edit, List::settled, view.settled, ids);
  copy_list(edit, List::shared, view.shared, ids);
  return make_word(Kind::mixed, set);
}

template <class T>
std::size_t index_of(std::span<const T> list, T entry) noexcept {
  return static_cast<std::size_t>(std::ranges::find(list, entry) - list.begin());
}

// The edit that `step` asks for; without lists when there is nothing to do.
Edit edit_for(const SubscriberView& view, Step step, const Webhook& webhook) noexcept {
  const auto coming = reinterpret_cast<Unsettled>(&webhook);
  const Unsettled going = coming | kDoomed;
  const List settled_list = webhook.is_single() ? List::settled : List::shared;
  const std::size_t none = view.unsettled.size();
  const std::size_t at_coming = index_of(view.unsettled, coming);
  const std::size_t at_going = index_of(view.unsettled, going);
  switch (step) {
    case Step::admit:
      if (at_coming != none || at_going != none) return {};
      return {List::none, 0, List::unsettled, coming};
    case Step::settle:
      if (at_coming == none) return {};
      return {List::unsettled, at_coming, settled_list, webhook.id};
    case Step::doom: {
      if (at_going != none) return {};
      if (at_coming != none) return {List::unsettled, at_coming, List::unsettled, going};
      const auto ids = webhook.is_single() ? view.settled : view.shared;
      const std::size_t at_id = index_of(ids, webhook.id);
      if (at_id == ids.size()) return {};
      return {settled_list, at_id, List::unsettled, going};
    }
    case Step::remove:
      if (at_going != none) return {List::unsettled, at_going, List::none, 0};
      if (at_coming != none) return {List::unsettled, at_coming, List::none, 0};
      return {};
  }
  return {};
}

struct Part {
  std::vector<Unsettled> unsettled;
  std::vector<std::uint32_t> settled;
  std::vector<std::uint32_t> shared;
};

Word joined(Operation& operation, const Part& part) {
  if (part.unsettled.empty() && part.shared.empty() && part.settled.size() == 1) {
    return make_id_word(part.settled[0]);
  }
  const bool is_plain = part.unsettled.empty() && part.shared.empty();
  if (is_plain && part.settled.empty()) return 0;
  std::uint32_t* ids = nullptr;
  Word word = 0;
  if (is_plain) {
    ids = static_cast<std::uint32_t*>(operation.allocate(part.settled.size() * sizeof(*ids)));
    word = make_word(Kind::ids, ids, static_cast<unsigned>(part.settled.size()));
  } else {
    void* const memory = operation.allocate(
        mixed_bytes(part.unsettled.size(), part.settled.size(), part.shared.size()));
    auto* const set =
        ::new (memory) SubscriberSet{static_cast<std::uint32_t>(part.unsettled.size()),
                                     static_cast<std::uint32_t>(part.settled.size()),
                                     static_cast<std::uint32_t>(part.shared.size()), 0};
    ids = reinterpret_cast<std::uint32_t*>(
        std::ranges::copy(part.unsettled, reinterpret_cast<Unsettled*>(set + 1)).out);
    word = make_word(Kind::mixed, set);
  }
  ids = std::ranges::copy(part.settled, ids).out;
  std::ranges::copy(part.shared, ids);
  return word;
}

// The same entries on a Branch, by their ids' digits at `level`.
Word spread_out(Operation& operation, const SubscriberView& view, unsigned level) {
  std::array<Part, kFanout> parts;
  const auto part_of = [&](std::uint32_t id) -> Part& {
    return parts[digit_of(spread(id), level)];
  };
  for (const Unsettled entry : view.unsettled) {
    part_of(webhook_of(entry)->id).unsettled.push_back(entry);
  }
  for (const std::uint32_t id : view.settled) part_of(id).settled.push_back(id);
  for (const std::uint32_t id : view.shared) part_of(id).shared.push_back(id);
  Branch* const branch = make_branch(operation);
  for (unsigned i = 0; i < kFanout; ++i) {
    // relaxed: published with the Branch.
    branch->slots[i].store(joined(operation, parts[i]), std::memory_order_relaxed);
  }
  return make_word(Kind::id_branch, branch);
}

}  // namespace

std::size_t mixed_bytes(Word mixed) noexcept {
  const auto* const set = piece_of<SubscriberSet>(mixed);
  return mixed_bytes(set->unsettled, set->settled, set->shared);
}

SubscriberView::SubscriberView(Word word) noexcept : own_id_(id_of(word)) {
  switch (kind_of(word)) {
    case Kind::id: settled = {&own_id_, 1}; break;
    case Kind::ids: settled = {piece_of<std::uint32_t>(word), count_of(word)}; break;
    case Kind::mixed: {
      const auto* const set = piece_of<SubscriberSet>(word);
      unsettled = {reinterpret_cast<const Unsettled*>(set + 1), set->unsettled};
      const auto* const ids =
          reinterpret_cast<const std::uint32_t*>(unsettled.data() + set->unsettled);
      settled = {ids, set->settled};
      shared = {ids + set->settled, set->shared};
      break;
    }
    default: break;
  }
}

Word stepped(Operation& operation, Word word, Step step, const Webhook& webhook, unsigned level) {
  const SubscriberView view{word};
  const Edit edit = edit_for(view, step, webhook);
  if (edit.from == List::none && edit.to == List::none) return word;
  const Word flat = edited(operation, view, edit);
  // Only what stays counts: entries in transit are few, and soon gone.
  const std::size_t lasting = view.settled.size() + view.shared.size();
  if (step != Step::settle || lasting < kMaxFlat || level >= kLevels) return flat;
  operation.reserve(kSpreadPieces + 3);
  const Word branch = spread_out(operation, SubscriberView{flat}, level);
  retire_subscribers(operation, flat);
  return branch;
}

void retire_subscribers(Operation& operation, Word word) noexcept {
  switch (kind_of(word)) {
    case Kind::ids:
      operation.retire(piece_of<void>(word), count_of(word) * sizeof(std::uint32_t));
      break;
    case Kind::mixed: operation.retire(piece_of<void>(word), mixed_bytes(word)); break;
    case Kind::id_branch:
      for (const Slot& slot : piece_of<Branch>(word)->slots) {
        // relaxed: never published, or frozen; either way it does not change.
        retire_subscribers(operation, thawed(slot.load(std::memory_order_relaxed)));
      }
      operation.retire(piece_of<void>(word), sizeof(Branch));
      break;
    default: break;
  }
}

}  // namespace sluice::internal
