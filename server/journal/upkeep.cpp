#include "journal/upkeep.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "journal/segment_index.hpp"

namespace sluice::journal {

void Upkeep::start() {
  thread_ = std::thread([this] { run(); });
}

void Upkeep::stop() {
  if (!thread_.joinable()) return;
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
  finish();
}

void Upkeep::wake() {
  const base::MutexLock lock(mutex_);
  is_woken_ = true;
  changed_.notify_one();
}

void Upkeep::release_below(Sequence sequence) {
  const base::MutexLock lock(mutex_);
  released_ = std::max(released_, sequence);
}

bool Upkeep::is_stopping() const {
  const base::MutexLock lock(mutex_);
  return is_stopping_;
}

Sequence Upkeep::released() const {
  const base::MutexLock lock(mutex_);
  return released_;
}

std::error_code Upkeep::error() const {
  const base::MutexLock lock(mutex_);
  return error_;
}

void Upkeep::run() {
  for (;;) {
    std::error_code error;
    try {
      error = do_round();
    } catch (const std::bad_alloc&) {
      error = std::make_error_code(std::errc::not_enough_memory);
    }
    const auto deadline = std::chrono::steady_clock::now() + parts_.options.upkeep_interval;
    const base::MutexLock lock(mutex_);
    error_ = error;
    while (!is_stopping_ && !is_woken_ && changed_.wait_until(mutex_, deadline)) {
    }
    if (is_stopping_) return;
    is_woken_ = false;
  }
}

/// So that the next start need not read full segments again.
void Upkeep::finish() noexcept {
  try {
    write_indexes();
  } catch (const std::bad_alloc&) {
  }
}

/// What the writer may be waiting for comes first. What fails is tried again in the next round.
/// The disk follows and files come free before new ones are made: a flood may use them up as fast as
/// they can be made, and then this would never come to anything else.
std::error_code Upkeep::do_round() {
  std::error_code first_error;
  const auto note = [&](std::error_code error) {
    if (!first_error) first_error = error;
    return !error;
  };
  // Where memory ends here there may still be some for the segment.
  const auto free_files = [&] {
    try {
      note(write_indexes());
      note(retention_.apply(parts_.clock.now(), released()));
    } catch (const std::bad_alloc&) {
      note(std::make_error_code(std::errc::not_enough_memory));
    }
  };
  const auto follow = [&] {
    if (parts_.options.durability != Durability::os) return;
    if (const std::error_code error = parts_.writer.sync_behind(); !note(error))
      parts_.writer.refuse(error);
  };
  while (parts_.supply.is_short() && !is_stopping()) {
    if (!parts_.supply.has_spare()) {
      follow();
      free_files();
    }
    if (!note(parts_.supply.prepare_one())) break;
  }
  free_files();
  note(parts_.supply.trim(parts_.clock.steady_now()));
  follow();
  return first_error;
}

/// Of full segments that have none: all but the newest.
std::error_code Upkeep::write_indexes() {
  const auto segments = parts_.segments.all();
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    Segment& segment = *segments[i];
    if (segment.has_index()) continue;
    SegmentIndex index{.number = segment.number(),
                       .segment_crc = segment.crc(),
                       .first = segment.first(),
                       .end = segment.end(),
                       .places = segment.places(),
                       .id_count = segment.ids(),
                       .ids = segment.live_ids().copy()};
    const auto error = write_index(parts_.file_system, parts_.options.directory, index);
    if (error) return error;
    segment.set_has_index();
  }
  return {};
}

}  // namespace sluice::journal
