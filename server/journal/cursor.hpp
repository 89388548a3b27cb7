// Reading the journal in order.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "journal/record_view.hpp"

namespace sluice::journal {

enum class ReadOutcome : std::uint8_t {
  record,   // here is one
  skipped,  // of Wanted::owed: one that owes nobody, of which the view has no events to look at
  end,      // nothing more is committed yet; a later next() may give a record
  dropped,  // retention took what came next; the next next() goes on behind it
  failed    // the disk refuses or a checksum is wrong; error() says which and where
};

enum class Wanted : std::uint8_t {
  all,
  owed  // what records that owe nobody hold is not read: most of a flood may do that
};

/// Reads committed records in order, from the page cache, a chunk at a time: its memory does not
/// grow with what there is to read. What retention drops meanwhile is read to the end of the segment
/// that the cursor stands in.
/// Thread safety: one thread at a time. Lifetime: it ends before its Journal does.
class Cursor {
 public:
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) noexcept;
  ~Cursor();

  /// The next record into `record`, whose views live until the next call. Duplicates are in it, and
  /// marked. Errors: ReadOutcome; std::bad_alloc.
  ReadOutcome next(RecordView& record);

  /// The next event that next() will give, or wait for.
  Sequence position() const noexcept;
  /// Why the last next() failed. It names the file and the byte.
  const std::string& error() const noexcept;
  /// After `failed`: goes on behind the segment that failed, and says how many events that leaves
  /// out. For those who have told somebody.
  std::uint64_t skip_segment();

 private:
  friend class Journal;
  class State;
  explicit Cursor(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace sluice::journal
