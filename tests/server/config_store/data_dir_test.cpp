// A data directory is its owner's, and one server's at a time.
#include "config_store/data_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "config_store/store_error.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::store {
namespace {

using testkit::TemporaryDirectory;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
}

TEST(DataDir, IsMadeForItsOwnerOnly) {
  const TemporaryDirectory directory;
  for (const char* name : {"plain", "a/b/deep", "slash/"}) {
    const DataDir data(directory / name);
    EXPECT_EQ(mode_of(directory / name), 0700U) << name;
    const DataDir again(directory / name);
  }
}

TEST(DataDir, SaysWhereEverythingIs) {
  const TemporaryDirectory directory;
  const DataDir data(directory / "data");
  EXPECT_EQ(data.config(), directory / "data/config.db");
  EXPECT_EQ(data.deliveries(), directory / "data/deliveries.db");
  EXPECT_EQ(data.master_key(), directory / "data/master.key");
  EXPECT_EQ(data.journal(), directory / "data/journal");
}

TEST(DataDir, AFileInItsPlaceIsNamed) {
  const TemporaryDirectory directory;
  std::ofstream(directory / "file") << "x";
  for (const char* name : {"file", "file/data"}) {
    try {
      const DataDir data(directory / name);
      ADD_FAILURE();
    } catch (const StoreError& error) {
      EXPECT_EQ(error.kind(), StoreError::Kind::inaccessible);
      EXPECT_NE(std::string(error.what()).find(directory / name), std::string::npos);
    }
  }
}

TEST(DataDir, OneServerAtATime) {
  const TemporaryDirectory directory;
  const DataDir data(directory / "data");
  base::FileDescriptor lock = data.lock_for_server();
  try {
    DataDir(directory / "data").lock_for_server();
    ADD_FAILURE();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), StoreError::Kind::locked);
  }
  lock.reset();
  EXPECT_TRUE(data.lock_for_server());
}

}  // namespace
}  // namespace sluice::store
