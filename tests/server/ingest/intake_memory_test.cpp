// The memory of a body does not grow with its size: what is live at most while a large one is taken,
// counted by operator new.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "server/ingest/gzip_text.hpp"
#include "server/ingest/intake_rig.hpp"

// Roles:      any thread allocates and frees; the test reads when nothing is under way.
// Invariants: none but that each counter is a sum; relaxed: no other memory depends on it.

namespace {

std::atomic<std::ptrdiff_t> live_bytes{0};
std::atomic<std::ptrdiff_t> peak_bytes{0};

void note(std::ptrdiff_t bytes) noexcept {
  // relaxed: a peak that two threads reach at once may be missed by one of their blocks.
  const std::ptrdiff_t live = live_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  if (live > peak_bytes.load(std::memory_order_relaxed))
    peak_bytes.store(live, std::memory_order_relaxed);
}

}  // namespace

// Not inlined: g++-12 would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* const block = std::malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  note(static_cast<std::ptrdiff_t>(malloc_usable_size(block)));
  return block;
}

[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (block != nullptr) note(-static_cast<std::ptrdiff_t>(malloc_usable_size(block)));
  std::free(block);
}

[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace sluice::ingest {
namespace {

constexpr std::ptrdiff_t kMiB = 1 << 20;

/// A sink that forgets.
class DroppingSink final : public EventSink {
 public:
  journal::BatchBuilder make_builder() const override {
    return {journal::IdKey{{}}, std::size_t{64} << 20U};
  }
  void append(journal::Batch, journal::AppendCallback callback) override { callback({}); }
  bool has_room() const noexcept override { return true; }
  std::error_code refusal() const override { return {}; }
  void set_room_listener(std::function<void()>) override {}
};

/// The most that is live above what was before, while `count` times `piece` follow `start`.
std::ptrdiff_t growth(const testkit::Body& head, std::string_view start, std::string_view piece,
                      int count, IngestResult& result) {
  const Matcher matcher;
  DroppingSink sink;
  const testkit::ManualClock clock;
  IntakeOptions options;
  options.threads = 1;
  options.reader.cache_bytes = 0;
  EventIntake intake{matcher, sink, clock, options};
  testkit::BodyWatch watch;
  IngestRequest request;
  request.content_type = head.content_type;
  request.content_encoding = head.content_encoding;
  const std::ptrdiff_t before = live_bytes.load(std::memory_order_relaxed);
  peak_bytes.store(before, std::memory_order_relaxed);
  const auto body = intake.begin(request, watch.callbacks());
  body->receive(start);
  for (int i = 0; i != count; ++i) {
    watch.will_wait();
    if (!body->receive(piece)) watch.wait_to_go_on();
  }
  body->finish();
  result = watch.result();
  return peak_bytes.load(std::memory_order_relaxed) - before;
}

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string result;
  while (result.size() < bytes) result += text;
  return result;
}

TEST(IntakeMemory, DoesNotGrowWithTheLinesOfABody) {
  IngestResult result;
  const std::string piece = repeated("{\"event_type\":\"a\"}\n", 1U << 16U);
  EXPECT_LT(growth({}, "", piece, 320, result), 12 * kMiB);  // of 20
  EXPECT_EQ(result.rejected, 0U);
  EXPECT_GT(result.accepted, 1'000'000U);
}

TEST(IntakeMemory, DoesNotGrowWithTheElementsOfAnArray) {
  IngestResult result;
  const std::string piece = repeated("{\"event_type\":\"a\"},\n", 1U << 16U);
  EXPECT_LT(growth({.content_type = "application/json"}, "[", piece, 320, result), 12 * kMiB);
  EXPECT_GT(result.accepted, 1'000'000U);
}

TEST(IntakeMemory, DoesNotGrowWithWhatABodyUnfoldsTo) {
  IngestResult result;
  const std::string zipped = testkit::gzip(std::string(std::size_t{1} << 20U, 'x'), 9);
  EXPECT_LT(growth({.content_encoding = "gzip"}, "", zipped, 64, result), 12 * kMiB);  // of 64
  EXPECT_EQ(result.status, 413);
}

}  // namespace
}  // namespace sluice::ingest
