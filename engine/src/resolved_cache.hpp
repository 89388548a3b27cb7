// Names that one Reader resolved before: (stamp of the scope, name) to ids. A scope's stamp is a
// number that is never used twice and changes with the scope, so an entry of an older state, or of
// another scope, is simply never found again. Oldest entries are overwritten.
//
//   slots_  sets of 4: [tag | position]       a name enters when it is asked for a second time, so
//   ring_   [stamp, sizes][name][ids] ...     that names which never repeat cost no copying
//
// Its memory is the kernel's own zeroed pages: what is not used yet costs nothing, neither to make nor
// to keep. (calloc clears a large block by hand once the program has freed one.)
//
// One thread's own: no atomics.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace sluice::internal {

class ResolvedCache {
 public:
  /// Errors: std::bad_alloc. 0 bytes: a cache that never holds anything.
  explicit ResolvedCache(std::size_t bytes);

  bool is_on() const noexcept { return ring_words_ != 0; }

  /// Asks for the slots, and then the entry, that a find() will look at.
  void prefetch_slots(std::uint64_t hash) const noexcept;
  void prefetch_entry(std::uint64_t hash) const noexcept;

  /// The ids of a name, or null data. Lifetime: until the next insert().
  struct Found {
    const std::uint32_t* ids = nullptr;
    std::uint32_t size = 0;
  };
  Found find(std::uint64_t hash, std::uint64_t stamp, const char* name,
             std::size_t size) const noexcept;

  /// Remembers a name that find() did not know; nothing happens the first time it is seen.
  void insert(std::uint64_t hash, std::uint64_t stamp, const char* name, std::size_t size,
              std::span<const std::uint32_t> ids) noexcept;

 private:
  struct Header {
    std::uint64_t stamp;
    std::uint32_t id_count;
    std::uint32_t name_bytes;
  };
  struct Unmapped {
    std::size_t bytes;
    void operator()(std::uint64_t* memory) const noexcept;
  };

  static constexpr unsigned kWays = 4;
  static constexpr unsigned kPositionBits = 40;

  std::uint64_t* set_of(std::uint64_t hash) const noexcept;
  static std::uint64_t tag_of(std::uint64_t hash) noexcept { return hash >> kPositionBits; }
  const Header* live_entry(std::uint64_t slot) const noexcept;

  std::size_t ring_words_ = 0;  // of 8 bytes
  std::size_t set_mask_ = 0;
  std::uint64_t end_ = 0;  // words ever written: where the next entry begins
  std::unique_ptr<std::uint64_t[], Unmapped> memory_;  // slots_, ring_, seen_
  std::uint64_t* slots_ = nullptr;
  std::uint64_t* ring_ = nullptr;
  std::uint16_t* seen_ = nullptr;  // by hash: the tag of the last name that was not let in
};

}  // namespace sluice::internal
