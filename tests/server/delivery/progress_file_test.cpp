#include "delivery/production/progress_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/file_descriptor.hpp"
#include "tests/server/delivery/simulation/sim_progress.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::delivery {
namespace {

ChannelProgress busy(std::uint32_t channel, journal::Sequence frontier) {
  return {
      1, channel, false, frontier, {{frontier - 5, frontier - 4}, {frontier - 1, frontier - 1}}};
}

/// No file grows beyond `bytes` while it lives: what is written there is written in part.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uint64_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  using Handler = void (*)(int);
  const Handler handler_ = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before_{};
};

class ProgressFileTest : public testing::Test {
 protected:
  DeliveryProgress restored() { return ProgressFile(path).restore(); }
  void append(const std::string& bytes) {
    std::ofstream(path, std::ios::app | std::ios::binary) << bytes;
  }

  testkit::TemporaryDirectory directory;
  const std::string path = directory / "progress";
};

TEST_F(ProgressFileTest, RestoresWhatWasWrittenLast) {
  {
    ProgressFile file(path);
    file.restore();
    EXPECT_FALSE(file.write(std::vector{busy(7, 100), busy(8, 90)}, 120));
    EXPECT_FALSE(file.write(std::vector{busy(7, 110)}, 130));
  }
  const DeliveryProgress progress = restored();
  EXPECT_EQ(progress.fed_below, 130U);
  ASSERT_EQ(progress.channels.size(), 2U);
  EXPECT_EQ(progress.channels[0].frontier, 110U);
  EXPECT_EQ(progress.channels[1].open, busy(8, 90).open);
}

TEST_F(ProgressFileTest, CutsOffWhatACrashToreAndGoesOnBehindIt) {
  {
    ProgressFile file(path);
    file.restore();
    EXPECT_FALSE(file.write(std::vector{busy(7, 100)}, 120));
  }
  append(std::string("\x50\0\0\0\0\0\0\0half a frame", 20));
  {
    ProgressFile file(path);
    EXPECT_EQ(file.restore().fed_below, 120U);
    EXPECT_FALSE(file.write(std::vector{busy(7, 150)}, 160));
  }
  EXPECT_EQ(restored().fed_below, 160U);
}

TEST_F(ProgressFileTest, CutsOffWhatAFailedWriteLeftBehind) {
  {
    ProgressFile file(path);
    file.restore();
    EXPECT_FALSE(file.write(std::vector{busy(7, 100)}, 120));
    {
      const FileSizeLimit limit(std::filesystem::file_size(path) + 20);
      EXPECT_TRUE(file.write(std::vector{busy(7, 130)}, 140));
    }
    EXPECT_FALSE(file.write(std::vector{busy(7, 150)}, 160));
  }
  EXPECT_EQ(restored().fed_below, 160U);
}

// A frame behind a torn one would never be read, though its writer was told that it is kept.
TEST_F(ProgressFileTest, WritesNothingBehindWhatCannotBeCutOff) {
  const base::FileDescriptor memory(::memfd_create("progress", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_GE(memory.get(), 0);
  const std::string name = "/proc/self/fd/" + std::to_string(memory.get());
  ProgressFile file(name);
  file.restore();
  EXPECT_FALSE(file.write(std::vector{busy(7, 100)}, 120));
  ASSERT_EQ(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
  const std::uint64_t torn_bytes = std::filesystem::file_size(name) + 20;
  {
    const FileSizeLimit limit(torn_bytes);
    EXPECT_TRUE(file.write(std::vector{busy(7, 130)}, 140));
  }
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(file.write(std::vector{busy(7, 150)}, 160));
  EXPECT_EQ(std::filesystem::file_size(name), torn_bytes);
}

// A power cut may leave a file longer than what was written into it: the rest is zeros.
TEST_F(ProgressFileTest, TakesZerosForNoProgress) {
  {
    ProgressFile file(path);
    file.restore();
    EXPECT_FALSE(file.write(std::vector{busy(7, 100)}, 120));
  }
  append(std::string(4'096, '\0'));
  const DeliveryProgress progress = restored();
  EXPECT_EQ(progress.fed_below, 120U);
  EXPECT_EQ(progress.channels.size(), 1U);
}

TEST_F(ProgressFileTest, StaysSmallWhateverIsWritten) {
  ProgressFile file(path);
  file.restore();
  for (journal::Sequence i = 10; i < 60'000; ++i)
    ASSERT_FALSE(file.write(std::vector{busy(static_cast<std::uint32_t>(i % 10), i)}, i));
  EXPECT_LT(std::filesystem::file_size(path), std::uint64_t{2} << 20U);
  const DeliveryProgress progress = restored();
  EXPECT_EQ(progress.fed_below, 59'999U);
  EXPECT_EQ(progress.channels.size(), 10U);
}

TEST_F(ProgressFileTest, RestoresWhatAModelHolds) {
  std::mt19937_64 random(4);
  testkit::SimProgress model;
  for (int life = 0; life < 20; ++life) {
    ProgressFile file(path);
    ASSERT_EQ(file.restore().channels.size(), model.state.channels.size());
    for (int round = 0; round < 50; ++round) {
      ChannelProgress entry = busy(static_cast<std::uint32_t>(random() % 30), 10 + random() % 999);
      entry.is_idle = random() % 3 == 0;
      ASSERT_FALSE(file.write(std::vector{entry}, entry.frontier));
      ASSERT_FALSE(model.write(std::vector{entry}, entry.frontier));
    }
  }
  const DeliveryProgress progress = restored();
  EXPECT_EQ(progress.fed_below, model.state.fed_below);
  ASSERT_EQ(progress.channels.size(), model.state.channels.size());
  for (const ChannelProgress& entry : progress.channels)
    EXPECT_EQ(entry.frontier, model.state.channels.at(entry.channel).frontier);
}

}  // namespace
}  // namespace sluice::delivery
