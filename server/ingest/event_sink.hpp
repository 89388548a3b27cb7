// Where matched events go. The journal is behind it; tests put their own there.
#pragma once

#include <functional>
#include <system_error>
#include <utility>

#include "journal/batch.hpp"
#include "journal/journal.hpp"

namespace sluice::ingest {

/// Thread safety: every member, from any thread.
class EventSink {
 public:
  virtual ~EventSink() = default;
  EventSink(const EventSink&) = delete;
  EventSink& operator=(const EventSink&) = delete;

  virtual journal::BatchBuilder make_builder() const = 0;
  /// Batches are kept in the order of the calls. The callback comes once, when the batch is durable
  /// or refused, from any thread, maybe before this returns. Errors: std::bad_alloc, and then the
  /// callback does not come.
  virtual void append(journal::Batch batch, journal::AppendCallback callback) = 0;
  /// False: nothing should be appended at present.
  virtual bool has_room() const noexcept = 0;
  /// Why nothing can be appended at present; none: it can, or only room is missing.
  virtual std::error_code refusal() const = 0;
  /// `listener` is called when one of these two may have changed: from any thread, often for nothing.
  /// It must be short, must not throw and must not wait. Null ends it: when this returns, it is not
  /// running and will not be called again.
  virtual void set_room_listener(std::function<void()> listener) = 0;

 protected:
  EventSink() = default;
};

class JournalSink final : public EventSink {
 public:
  explicit JournalSink(journal::Journal& journal) noexcept : journal_(journal) {}

  journal::BatchBuilder make_builder() const override { return journal_.make_builder(); }
  void append(journal::Batch batch, journal::AppendCallback callback) override {
    journal_.append(std::move(batch), std::move(callback));
  }
  bool has_room() const noexcept override { return journal_.has_room(); }
  std::error_code refusal() const override { return journal_.refusal(); }
  void set_room_listener(std::function<void()> listener) override {
    journal_.set_room_listener(std::move(listener));
  }

 private:
  journal::Journal& journal_;
};

}  // namespace sluice::ingest
