// The subscribers of one node: immutable arrays, replaced as a whole, and spread over a Branch once
// they are many, so that a replaced array stays small.
//
//   id      one settled id, in the slot's word
//   ids     settled ids alone
//   mixed   SubscriberSet: [header][unsettled entries][settled ids][shared ids]
//
// A settled entry is unconditional: its webhook has one pattern, this one. A shared entry belongs
// to a webhook of several patterns, so that an event may meet it twice. An unsettled entry belongs
// to a version in transition: what it is worth, the directory says (matcher_impl.hpp, G1).
#pragma once

#include <cstdint>
#include <span>

#include "operation.hpp"
#include "webhook.hpp"
#include "word.hpp"

namespace sluice::internal {

/// A version in transition, and whether it is on its way in (0) or out (kDoomed).
using Unsettled = std::uintptr_t;
inline constexpr Unsettled kDoomed = 1;
inline Webhook* webhook_of(Unsettled entry) noexcept {
  return reinterpret_cast<Webhook*>(entry & ~kDoomed);
}

struct SubscriberSet {
  std::uint32_t unsettled;
  std::uint32_t settled;
  std::uint32_t shared;
  std::uint32_t reserved;
};

/// What a word of kind id, ids or mixed holds. Lifetime: the word's, and for kind id the View's.
class SubscriberView {
 public:
  explicit SubscriberView(Word word) noexcept;
  SubscriberView(const SubscriberView&) = delete;
  SubscriberView& operator=(const SubscriberView&) = delete;

  std::span<const Unsettled> unsettled;
  std::span<const std::uint32_t> settled;
  std::span<const std::uint32_t> shared;

  std::size_t size() const noexcept { return unsettled.size() + settled.size() + shared.size(); }

 private:
  std::uint32_t own_id_;
};

/// The four steps of a version's life in one node.
enum class Step : std::uint8_t {
  admit,   // it comes in, unsettled
  settle,  // it has become the current version: its entry turns into a plain id
  doom,    // it is about to be replaced: its entry turns unsettled again
  remove,  // it has been replaced, a grace period ago
};

/// The word that `word` becomes by `step` of `webhook`; `word` itself when there is nothing to do.
/// Precondition: `word` is empty or of kind id, ids or mixed. `level`: Branches above it.
/// Errors: std::bad_alloc.
Word stepped(Operation& operation, Word word, Step step, const Webhook& webhook, unsigned level);

/// Hands the memory of a subscribers' word that stepped() made, or that was unlinked, to
/// `operation` (at most kSpreadPieces pieces, which must be reserved).
void retire_subscribers(Operation& operation, Word word) noexcept;

std::size_t mixed_bytes(Word mixed) noexcept;

/// Asks for the lines that a reader of the subscribers needs.
inline void prefetch_subscribers(Word word) noexcept {
  switch (kind_of(word)) {
    case Kind::ids:
      if (count_of(word) > 16) {
        prefetch_lines(piece_of<void>(word), count_of(word) * sizeof(std::uint32_t));
        break;
      }
      prefetch_ends(piece_of<void>(word), count_of(word) * sizeof(std::uint32_t));
      break;
    case Kind::mixed: prefetch_ends(piece_of<void>(word), 64); break;
    default: break;
  }
}

inline constexpr unsigned kMaxFlat = 256;  // entries of one array; more of them go to a Branch
inline constexpr unsigned kSpreadPieces = kFanout + 1;

/// Spreads ids over the slots of Branches.
constexpr std::uint32_t spread(std::uint32_t id) noexcept { return id * 0x9E3779B1U; }

}  // namespace sluice::internal
