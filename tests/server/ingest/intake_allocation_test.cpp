// Memory that is not there, at any point of a body's way: the body fails or does not, and everything
// else goes on. Allocations of a body are made to fail in turn, alone and with those behind them.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include "server/ingest/gzip_text.hpp"
#include "server/ingest/intake_rig.hpp"

// Roles:      any thread allocates and counts; the test sets both numbers when nothing is under way.
// Invariants: none but that each counter is a sum; relaxed: no other memory depends on it.

namespace {

std::atomic<std::ptrdiff_t> left{0};      // allocations until those that fail
std::atomic<std::ptrdiff_t> failures{0};  // how many of them fail; 0: none

bool fails() noexcept {
  // relaxed: see above.
  if (failures.load(std::memory_order_relaxed) == 0) return false;
  const std::ptrdiff_t before = left.fetch_sub(1, std::memory_order_relaxed);
  return before <= 0 && -before < failures.load(std::memory_order_relaxed);
}

/// After `first` allocations, `count` fail.
void fail_allocations(std::ptrdiff_t first, std::ptrdiff_t count) noexcept {
  // relaxed: see above.
  left.store(first, std::memory_order_relaxed);
  failures.store(count, std::memory_order_relaxed);
}

}  // namespace

// Not inlined: g++-12 would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* const block = fails() ? nullptr : std::malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace sluice::ingest {
namespace {

/// Commits at once, and after every second batch has no room the next time that it is asked.
class MoodySink final : public EventSink {
 public:
  journal::BatchBuilder make_builder() const override {
    return {journal::IdKey{{}}, std::size_t{64} << 20U};
  }
  void append(journal::Batch batch, journal::AppendCallback callback) override {
    {
      const base::MutexLock lock(mutex_);
      events_ += batch.size();
      is_full_ = ++batches_ % 2 == 0;
    }
    callback({});
  }
  bool has_room() const noexcept override {
    const base::MutexLock lock(mutex_);
    return !std::exchange(is_full_, false);
  }
  std::error_code refusal() const override { return {}; }
  void set_room_listener(std::function<void()>) override {}

  std::uint64_t events() const {
    const base::MutexLock lock(mutex_);
    return events_;
  }

 private:
  mutable base::Mutex mutex_;
  mutable bool is_full_ SLUICE_GUARDED_BY(mutex_) = false;
  std::uint64_t batches_ SLUICE_GUARDED_BY(mutex_) = 0;
  std::uint64_t events_ SLUICE_GUARDED_BY(mutex_) = 0;
};

class IntakeAllocation : public testing::TestWithParam<const char*> {
 protected:
  IntakeAllocation() {
    for (int i = 0; i != 100; ++i) lines_ += R"({"event_type":"a","n":)" + std::to_string(i) + "}\n";
    lines_ += "{\"event_type\":\n";
    options_.threads = 2;
    options_.inline_bytes = 512;
    options_.chunk_bytes = 1024;
    options_.chunks_per_body = 3;
    options_.chunks = 4;
  }

  /// Sends the body. Whether there was a result; a body that could not be sent on has none.
  /// `watch` outlives the intake: a callback may be under way when the body is given up.
  bool send(EventIntake& intake, std::string_view text, testkit::BodyWatch& watch,
            IngestResult& result) {
    const bool is_answered = try_to_send(intake, text, watch);
    // relaxed: nothing is under way that another thread's count could change.
    fail_allocations(left.load(std::memory_order_relaxed), 0);
    if (is_answered) result = watch.result();
    return is_answered;
  }

  bool try_to_send(EventIntake& intake, std::string_view text, testkit::BodyWatch& watch) {
    std::unique_ptr<IngestBody> body;
    IngestRequest request;
    request.content_type = "application/x-ndjson";
    request.content_encoding = GetParam();
    try {
      body = intake.begin(request, watch.callbacks());
      if (!body) return false;  // there was no room
      for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(100, text.size()))) {
        watch.will_wait();
        if (!body->receive(text.substr(0, 100))) watch.wait_to_go_on();
      }
      body->finish();
    } catch (const std::bad_alloc&) {
      return false;
    }
    while (!watch.is_done()) std::this_thread::yield();  // result() needs memory
    return true;
  }

  std::string lines_;
  IntakeOptions options_;
};

TEST_P(IntakeAllocation, AnyMayFailAndEndsNothingButABody) {
  const std::string text = *GetParam() == '\0' ? lines_ : testkit::gzip(lines_);
  for (const std::ptrdiff_t burst : {1, 30}) {
    bool has_failed = true;
    for (std::ptrdiff_t n = 0; has_failed; n += 1 + n / 64) {
      const Matcher matcher;
      MoodySink sink;
      const testkit::ManualClock clock;
      std::deque<testkit::BodyWatch> watches(1);
      EventIntake intake{matcher, sink, clock, options_};
      fail_allocations(n, burst);
      IngestResult result;
      const bool is_answered = send(intake, text, watches.back(), result);
      has_failed = !is_answered || left.load(std::memory_order_relaxed) < 0;
      if (is_answered) {
        EXPECT_TRUE(result.status == 503 || result.status == 202) << result.status;
        EXPECT_EQ(result.accepted, sink.events()) << n;
        EXPECT_TRUE(result.status == 503 || result.accepted == 100U) << n;
      }
      // The next one is taken as if nothing had been.
      IngestResult next;
      while (!send(intake, text, watches.emplace_back(), next)) continue;
      EXPECT_EQ(next.status, 202) << n;
      EXPECT_EQ(next.accepted, 100U) << n;
      ASSERT_LT(n, 100'000);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codings, IntakeAllocation, testing::Values("", "gzip"));

}  // namespace
}  // namespace sluice::ingest
