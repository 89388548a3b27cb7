// What the outside world does to a database is told in words that help, and nothing half done stays.
#include "config_store/database.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "config_store/connections.hpp"
#include "config_store/migration.hpp"
#include "tests/server/support/manual_clock.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::store {
namespace {

using Kind = StoreError::Kind;
using testkit::TemporaryDirectory;

constexpr Migration kFirst{"first", "CREATE TABLE t (a INTEGER, b TEXT) STRICT"};
constexpr Migration kSecond{"second", "CREATE INDEX t_by_a ON t(a); INSERT INTO t VALUES (1, 'x')"};
constexpr Migration kBroken{"broken",
                            "INSERT INTO t VALUES (2, 'y'); INSERT INTO nowhere VALUES (1)"};

std::int64_t count(Database& database) {
  Statement row = database.prepare("SELECT count(*) FROM t");
  row.step();
  return row.integer(0);
}

/// What `action` throws; fails the test if that is no StoreError of this kind that names the file.
template <class Action>
std::string reason(Kind kind, const std::string& path, Action&& action) {
  try {
    action();
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

struct DatabaseTest : testing::Test {
  void make(std::span<const Migration> migrations) {
    Database database(path, Database::Use::write);
    migrate(database, migrations, clock.now());
  }
  void overwrite(std::streamoff at, const std::string& bytes) const {
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(at);
    file << bytes;
  }
  TemporaryDirectory directory{testkit::memory_path()};
  testkit::ManualClock clock;
  std::string path = directory / "some.db";
};

TEST_F(DatabaseTest, FilesAreForTheirOwnerOnly) {
  ::umask(0);
  Connections connections(path, {&kFirst, 1}, clock.now());
  connections.write([](Database& database) { database.run("INSERT INTO t VALUES (1, 'x')"); });
  for (const char* name : {"some.db", "some.db-wal", "some.db-shm"}) {
    struct stat status {};
    ASSERT_EQ(::stat((directory / name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 07777U, 0600U) << name;
  }
}

TEST_F(DatabaseTest, MigrationsAreAppliedOnceAndInOrder) {
  const Migration both[] = {kFirst, kSecond};
  make({both, 1});
  make(both);
  make(both);
  Database database(path, Database::Use::read);
  EXPECT_EQ(count(database), 1);
  Statement row = database.prepare("SELECT number, name, applied_at FROM migrations");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.text(1), "first");
  EXPECT_EQ(row.time(2), clock.now());
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), 2);
  EXPECT_FALSE(row.step());
}

TEST_F(DatabaseTest, AMigrationThatFailsLeavesTheFileAsItWas) {
  make({&kFirst, 1});
  const Migration all[] = {kFirst, kSecond, kBroken};
  EXPECT_THROW(make(all), StoreError);
  {
    Database database(path, Database::Use::write);
    EXPECT_EQ(count(database), 0);
  }
  make({all, 2});
  Database database(path, Database::Use::write);
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, AFileOfALaterVersionIsRefused) {
  const Migration both[] = {kFirst, kSecond};
  make(both);
  reason(Kind::too_new, path, [&] { make({both, 1}); });
}

TEST_F(DatabaseTest, ThoseThatMakeItAtOnceAllSucceed) {
  for (int round = 0; round < 5; ++round) {
    path = directory / ("round" + std::to_string(round));
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([this] {
        Connections connections(path, {&kFirst, 1}, clock.now());
        connections.write([](Database& database) { database.run("INSERT INTO t VALUES (1, '')"); });
      });
    threads.clear();
    Database database(path, Database::Use::read);
    EXPECT_EQ(count(database), 4);
  }
}

TEST_F(DatabaseTest, AnExceptionUndoesTheTransaction) {
  Connections connections(path, {&kFirst, 1}, clock.now());
  EXPECT_THROW(connections.write([](Database& database) {
    database.run("INSERT INTO t VALUES (1, 'x')");
    throw std::runtime_error("enough");
  }),
               std::runtime_error);
  EXPECT_EQ(connections.read(count), 0);
  connections.write([](Database& database) { database.run("INSERT INTO t VALUES (1, 'x')"); });
  EXPECT_EQ(connections.read(count), 1);
}

TEST_F(DatabaseTest, ReadersSeeWhatIsCommittedAndCannotWrite) {
  Connections connections(path, {&kFirst, 1}, clock.now());
  connections.write([&](Database& writer) {
    writer.run("INSERT INTO t VALUES (1, 'x')");
    EXPECT_EQ(connections.read(count), 0);
  });
  EXPECT_EQ(connections.read(count), 1);
  EXPECT_THROW(connections.read([](Database& database) { database.run("DELETE FROM t"); }),
               StoreError);
  EXPECT_EQ(connections.read(count), 1);
}

TEST_F(DatabaseTest, AFileThatIsNoDatabaseIsRefused) {
  std::ofstream(path) << std::string(10'000, 'x');
  const std::string text = reason(Kind::corrupt, path, [&] { make({&kFirst, 1}); });
  EXPECT_NE(text.find("backup"), std::string::npos);
}

TEST_F(DatabaseTest, ADamagedFileIsNamed) {
  make({&kFirst, 1});
  {
    Database database(path, Database::Use::write);
    for (int i = 0; i < 1'000; ++i)
      database.run("INSERT INTO t VALUES (?1, ?2)", i, std::string(100, 'b'));
  }
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  overwrite(4'096, std::string(static_cast<std::size_t>(size - 4'096), '\xff'));
  const std::string text = reason(Kind::corrupt, path, [&] {
    Database database(path, Database::Use::read);
    count(database);
  });
  EXPECT_NE(text.find(".recover"), std::string::npos);
}

TEST_F(DatabaseTest, ATruncatedFileIsNamed) {
  make({&kFirst, 1});
  std::filesystem::resize_file(path, 4'096);
  reason(Kind::corrupt, path, [&] {
    Database database(path, Database::Use::write);
    database.run("INSERT INTO t VALUES (1, 'x')");
  });
}

TEST_F(DatabaseTest, AFullDiskStoresNothingAndIsOverOnceThereIsRoom) {
  Connections connections(path, {&kFirst, 1}, clock.now());
  const auto fill = [](Database& database) {
    database.run("INSERT INTO t VALUES (1, ?1)", std::string(100'000, 'b'));
  };
  connections.write([](Database& database) { database.execute("PRAGMA max_page_count = 10"); });
  for (int i = 0; i < 3; ++i) {
    const std::string text = reason(Kind::disk_full, path, [&] { connections.write(fill); });
    EXPECT_NE(text.find("free some space"), std::string::npos);
    EXPECT_EQ(connections.read(count), 0);
  }
  connections.write([](Database& database) { database.execute("PRAGMA max_page_count = 1000"); });
  connections.write(fill);
  EXPECT_EQ(connections.read(count), 1);
}

TEST_F(DatabaseTest, ADirectoryThatIsMissingIsNamed) {
  path = directory / "missing/some.db";
  reason(Kind::inaccessible, path, [&] { make({&kFirst, 1}); });
  reason(Kind::inaccessible, path, [&] { Database database(path, Database::Use::read); });
}

}  // namespace
}  // namespace sluice::store
