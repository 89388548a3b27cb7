// One body under way: its bytes wait here in chunks, and are worked off one step at a time, by one
// thread at a time. The I/O thread and the worker meet in the queue and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "ingest/body_outcome.hpp"
#include "ingest/body_place.hpp"
#include "ingest/body_text.hpp"
#include "ingest/chunk.hpp"

namespace sluice::ingest {

class Workshop;

/// Thread safety: room(), receive(), finish() and abandon() by one thread at a time, step() by one thread at
/// a time, the others by any.
class BodyWork : public std::enable_shared_from_this<BodyWork> {
 public:
  enum class Next : std::uint8_t {
    step,    // there is more to do
    input,   // nothing to do until receive() or finish() starts it again
    room,    // the sink must have room first
    nothing  // the body is over
  };

  /// Lifetime: `workshop` outlives it.
  BodyWork(Workshop& workshop, std::uint32_t organisation, BodyFormat format, BodyCoding coding,
           std::optional<BinaryCloudEvent> binary, std::optional<std::uint64_t> content_length,
           IngestCallbacks callbacks);
  ~BodyWork();
  BodyWork(const BodyWork&) = delete;
  BodyWork& operator=(const BodyWork&) = delete;

  /// As IngestBody's.
  std::span<char> room() noexcept;
  bool receive(std::string_view bytes);
  void finish();
  void abandon();

  /// Does a bounded part of what is to be done. Whatever goes wrong becomes the body's outcome.
  Next step() noexcept;
  /// The sink has had no room for too long. step() ends the body then.
  void give_up() { outcome_->fail(); }
  /// Asks for more bytes, if receive() has said that there were enough.
  void resume();
  /// Whether step() has nothing left to do but to end the body.
  bool is_over();

  std::shared_ptr<BodyWork> behind;  // in a ReadyQueue, whose own this is

 private:
  struct Input {
    Chunk chunk;
    bool is_last;
  };

  bool is_told_large() const noexcept;
  bool fill_small(std::string_view bytes);
  void fill_large(std::string_view bytes);
  void push(bool is_last);
  bool has_to_pause();
  bool has_to_wait() const;
  Next work();
  bool take_input();
  void finish_items();
  Next end() noexcept;
  void drop_queue() noexcept;

  Workshop& workshop_;
  const std::optional<std::uint64_t> content_length_;
  const std::shared_ptr<BodyOutcome> outcome_;

  // Of the thread that receives.
  std::optional<Chunk> filling_;
  bool is_large_ = false;  // chunks are the pool's and counted; set before the first is pushed

  base::Mutex mutex_;
  std::vector<Input> queue_ SLUICE_GUARDED_BY(mutex_);
  bool is_scheduled_ SLUICE_GUARDED_BY(mutex_) = false;  // somebody calls step(), or will
  bool is_paused_ SLUICE_GUARDED_BY(mutex_) = false;     // receive() says false
  bool is_over_ SLUICE_GUARDED_BY(mutex_) = false;       // what comes is dropped

  // Of the thread that calls step().
  BodyText text_;
  BodyPlace place_;
  std::string_view lines_;  // that are not processed yet
  bool has_chunk_ = false;  // one of those that are counted is being worked on
};

}  // namespace sluice::ingest
