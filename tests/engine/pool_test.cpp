// No piece is handed out twice, whoever else is at the same free list.
#include "pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <latch>
#include <thread>
#include <vector>

#include "index_rig.hpp"
#include "support/random.hpp"

namespace sluice::internal {
namespace {

TEST(Pool, CountsWhatIsInUse) {
  Pool pool;
  std::vector<std::pair<void*, std::size_t>> pieces;
  for (const std::size_t bytes : {1U, 8U, 9U, 64U, 1'500U, 1'600U, 70'000U}) {
    const std::size_t before = pool.used();
    pieces.emplace_back(pool.allocate(bytes), bytes);
    EXPECT_GE(pool.used() - before, bytes);
    EXPECT_LT(pool.used() - before, bytes + 64);
    std::memset(pieces.back().first, 0x5A, bytes);
  }
  for (const auto& [piece, bytes] : pieces) pool.release(piece, bytes);
  EXPECT_EQ(pool.used(), 0U);
}

TEST(Pool, KeepsPiecesApartAndAligned) {
  Pool pool;
  testkit::Random random{1};
  struct Piece {
    std::byte* begin;
    std::size_t bytes;
  };
  std::vector<Piece> pieces;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t bytes = random.between(1, 400);
    pieces.push_back({static_cast<std::byte*>(pool.allocate(bytes)), bytes});
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(pieces[i].begin) % 8, 0U);
    if (i > 0) {
      ASSERT_LE(pieces[i - 1].begin + pieces[i - 1].bytes, pieces[i].begin);
    }
  }
  for (const Piece& piece : pieces) pool.release(piece.begin, piece.bytes);
}

#if defined(SLUICE_UNDER_SANITIZER)
constexpr int kRounds = 5'000;
#else
constexpr int kRounds = 150'000;
#endif

// Each thread writes its mark into what it was handed, and finds it untouched when it hands it back.
TEST(PoolRace, HandsNoPieceOutTwice) {
  IndexRig rig;
  std::array<std::thread, 2> threads;
  std::array<int, 2> spoilt{};
  std::latch start{2};
  for (std::size_t t = 0; t < threads.size(); ++t) {
    threads[t] = std::thread([&rig, &spoilt, &start, t] {
      start.arrive_and_wait();
      testkit::Random random{t};
      for (int round = 0; round < kRounds; ++round) {
        rig.write([&](Operation& operation) {
          std::array<std::uint64_t*, 16> pieces;
          const std::size_t bytes = 16;
          operation.reserve(pieces.size());
          for (std::uint64_t*& piece : pieces) {
            piece = static_cast<std::uint64_t*>(operation.allocate(bytes));
            piece[0] = piece[1] = (t << 32U) | static_cast<unsigned>(round);
          }
          if (random.is_one_in(64)) std::this_thread::yield();
          for (std::uint64_t* const piece : pieces) {
            const std::uint64_t mark = (t << 32U) | static_cast<unsigned>(round);
            if (piece[0] != mark || piece[1] != mark) ++spoilt[t];
            operation.retire(piece, bytes);
          }
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(spoilt[0] + spoilt[1], 0);
  rig.drain();
  EXPECT_EQ(rig.used(), 0U);
}

}  // namespace
}  // namespace sluice::internal
