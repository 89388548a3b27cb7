// Where memory ends, an event is not taken for one that cannot be read.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <optional>
#include <string>

#include "domain/catalogue.hpp"
#include "domain/delivered_event.hpp"

namespace {

// One thread allocates here.
constexpr std::size_t kEndless = std::numeric_limits<std::size_t>::max();
std::size_t left = kEndless;  // allocations that still succeed

}  // namespace

// Not inlined: g++-12 would take malloc and delete for a mismatch. All of them, since simdjson wants
// arrays, and no exceptions, and a sanitizer has each of these by itself.
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  void* const block = left == 0 ? nullptr : std::malloc(bytes);
  if (block != nullptr && left != kEndless) --left;
  return block;
}
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* const block = operator new(bytes, std::nothrow);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
[[gnu::noinline]] void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept {
  return operator new(bytes, std::nothrow);
}
[[gnu::noinline]] void* operator new[](std::size_t bytes) { return operator new(bytes); }
[[gnu::noinline]] void operator delete(void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete[](void* block) noexcept { std::free(block); }
[[gnu::noinline]] void operator delete[](void* block, std::size_t) noexcept { std::free(block); }

namespace sluice::domain {
namespace {

/// What a writer says when so many allocations succeed; nothing: that it was out of memory.
std::optional<bool> append(DeliveredEventWriter& writer, std::string& text, std::size_t allocations) {
  const std::string json =
      R"({"event_type":"order.paid","metadata":")" + std::string(5'000, 'x') + R"("})";
  text.reserve(20'000);
  left = allocations;
  try {
    const bool is_event = writer.append(text, json, {"evt_1", "order.paid", base::Time{}});
    left = kEndless;
    return is_event;
  } catch (const std::bad_alloc&) {
    left = kEndless;
    return std::nullopt;
  }
}

TEST(DeliveredEventMemory, IsWantedAgainAndNoEventIsRefusedForWantOfIt) {
  const Catalogue catalogue;
  std::size_t allocations = 0;
  for (;; ++allocations) {
    DeliveredEventWriter writer(catalogue);
    std::string text;
    const std::optional<bool> outcome = append(writer, text, allocations);
    EXPECT_TRUE(outcome.value_or(true)) << allocations;
    text.clear();
    EXPECT_EQ(append(writer, text, kEndless), true) << allocations;
    EXPECT_GT(text.size(), 5'000U);
    if (outcome) break;
  }
  EXPECT_GT(allocations, 3U);
}

}  // namespace
}  // namespace sluice::domain
