// A call that fills the memory is answered all the same: what it filled goes first.
#include <gtest/gtest.h>

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "api/call_receiver.hpp"
#include "api/route.hpp"

namespace {

// One thread allocates here.
bool is_counting = false;
std::ptrdiff_t room = 0;  // bytes that may still be allocated

}  // namespace

// Not inlined: g++-12 would take malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* const block = is_counting && static_cast<std::ptrdiff_t>(bytes) > room ? nullptr
                                                                              : std::malloc(bytes);
  if (block == nullptr) throw std::bad_alloc();
  if (is_counting) room -= static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
  return block;
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  if (is_counting && block != nullptr)
    room += static_cast<std::ptrdiff_t>(::malloc_usable_size(block));
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace sluice::api {
namespace {

struct Recorder final : http::ReplyTarget {
  void send(http::Response&& response) override {
    ++answers;
    status = response.status;
  }
  void resume() override {}
  void release() noexcept override { ++released; }
  void set_route(std::size_t /*route*/) noexcept override {}
  int answers = 0;
  int status = 0;
  int released = 0;
};

/// What a call with a body of so many bytes is answered when so many more may be allocated.
int status_of(std::size_t body_bytes, std::ptrdiff_t more, bool fills_memory) {
  Recorder recorder;
  const Route route{http::Method::post, "/", std::nullopt, [&](Call&) -> http::Response {
                      if (fills_memory) throw std::bad_alloc();
                      return {};
                    }};
  PendingCall pending;
  pending.route = &route;
  pending.body = '"' + std::string(body_bytes, 'x') + '"';
  pending.reply = http::Reply(recorder);
  room = more;
  is_counting = true;
  pending.run();
  is_counting = false;
  EXPECT_LE(recorder.answers, 1);
  return recorder.status;
}

TEST(CallMemory, ACallThatFindsItIsAnswered) { EXPECT_EQ(status_of(100, 1 << 20, false), 200); }

TEST(CallMemory, ABodyThatFillsItGoesBeforeTheAnswer) {
  EXPECT_EQ(status_of(1 << 20, 0, false), 503);
  // Enough for the JSON value, and not for an answer.
  for (std::ptrdiff_t more = 0; more < 3 << 20; more += 65'537) {
    const int status = status_of(1 << 20, more, false);
    EXPECT_TRUE(status == 503 || status == 200) << status << " with room for " << more;
  }
}

TEST(CallMemory, ARouteThatFindsNoneIsAnswered) { EXPECT_EQ(status_of(1 << 20, 4 << 20, true), 503); }

}  // namespace
}  // namespace sluice::api
