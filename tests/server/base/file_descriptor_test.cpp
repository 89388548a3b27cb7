// A descriptor is closed exactly once, by whoever holds it last.
#include "base/file_descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace sluice::base {
namespace {

int open_null() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

TEST(FileDescriptor, ClosesWhenItEnds) {
  const int fd = open_null();
  {
    const FileDescriptor held{fd};
    EXPECT_TRUE(held);
    EXPECT_EQ(held.get(), fd);
  }
  EXPECT_FALSE(is_open(fd));
}

TEST(FileDescriptor, MovesWithoutClosing) {
  const int fd = open_null();
  FileDescriptor from{fd};
  FileDescriptor to{std::move(from)};
  EXPECT_FALSE(from);  // NOLINT(bugprone-use-after-move): moved from means empty
  EXPECT_TRUE(is_open(fd));
  const int other = open_null();
  to = FileDescriptor{other};
  EXPECT_FALSE(is_open(fd));
  EXPECT_TRUE(is_open(other));
}

TEST(FileDescriptor, ReleaseGivesItAway) {
  FileDescriptor held{open_null()};
  const int fd = held.release();
  EXPECT_FALSE(held);
  held.reset();
  EXPECT_TRUE(is_open(fd));
  ::close(fd);
}

}  // namespace
}  // namespace sluice::base
