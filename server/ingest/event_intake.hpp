// START HERE. Bodies of events on their way into the journal: bytes in, a result out when everything
// that was accepted is durable. Knows nothing of HTTP but the values of some headers.
//
//   receive() --> chunks --> unzip --> lines --> decode --> match --> batches --> sink --> done
//   I/O thread    |---------- one thread at a time for each body -----------|     its own thread
//
// A small body goes this way at once, on the thread that calls finish(). A large one is worked off
// by the arena's threads while it arrives: its chunks one after the other, so that its events are
// journalled in the order in which they were sent.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.hpp"
#include "ingest/event_sink.hpp"
#include "ingest/ingest_result.hpp"
#include "ingest/intake_options.hpp"
#include "sluice/matcher.hpp"

namespace sluice::ingest {

class BodyWork;
class Workshop;

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

/// What the head of a request says. The views need to live for the call of begin() only.
struct IngestRequest {
  std::uint32_t organisation = 0;
  std::string_view content_type;
  std::string_view content_encoding;
  std::optional<std::uint64_t> content_length;
  std::span<const HeaderField> fields;  // all, or at least those named ce-*, in any case
};

/// Each is called from any thread, must be short, must not throw and must not wait. None is called
/// while another call of them is under way, and none begins once abandon() has returned.
struct IngestCallbacks {
  std::function<void(IngestResult)> done;  // once
  std::function<void()> resume;            // after receive() has said false, or is about to
};

/// Takes one body. Thread safety: one thread at a time. May be destroyed at any time: without
/// finish() that is abandon(). Lifetime: it ends before its EventIntake does.
class IngestBody {
 public:
  explicit IngestBody(std::shared_ptr<BodyWork> work) noexcept;
  ~IngestBody();
  IngestBody(const IngestBody&) = delete;
  IngestBody& operator=(const IngestBody&) = delete;

  /// Where the next bytes may be written, so that receive() need not copy them; empty: nowhere. Until
  /// the next call.
  std::span<char> room() noexcept;

  /// Takes the next bytes, all of them. False: no more until resume is called. After done was
  /// called (503), bytes are dropped. Errors: std::bad_alloc, and then the body is to be abandoned.
  bool receive(std::string_view bytes);

  /// The body is complete: done follows, maybe before this returns. Errors: as receive()'s.
  void finish();

  /// The body will never be complete: there is no result. What came before, but for the bytes that
  /// did not fill a chunk yet, may have been accepted.
  void abandon();

 private:
  std::shared_ptr<BodyWork> work_;
  bool is_finished_ = false;  // or abandoned
};

/// Thread safety: every member, from any thread.
class EventIntake {
 public:
  /// Lifetime: all four outlive it.
  EventIntake(const Matcher& matcher, EventSink& sink, const base::Clock& clock,
              const IntakeOptions& options);
  /// Waits until what is being decoded has been appended. Results of what the sink still has under
  /// way may come later.
  ~EventIntake();
  EventIntake(const EventIntake&) = delete;
  EventIntake& operator=(const EventIntake&) = delete;

  /// Begins a body. Null: it is refused unread, and done has been called (415, 429, 503).
  /// Errors: std::bad_alloc.
  std::unique_ptr<IngestBody> begin(const IngestRequest& request, IngestCallbacks callbacks);

 private:
  std::unique_ptr<Workshop> workshop_;
};

}  // namespace sluice::ingest
