// The log of a database does not grow for ever, also while somebody always writes.
#include "config_store/checkpointer.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "config_store/database.hpp"
#include "tests/server/support/temporary_directory.hpp"

namespace sluice::store {
namespace {

TEST(Checkpointer, TheLogBeginsAnewAlthoughSomebodyAlwaysWrites) {
  const testkit::TemporaryDirectory directory;
  const std::string path = directory / "some.db";
  Database writer(path, Database::Use::write);
  writer.execute("CREATE TABLE t (b BLOB)");
  std::mutex write_mutex;
  Checkpointer checkpointer(path, [&](const std::function<void()>& work) {
    const std::lock_guard lock(write_mutex);
    work();
  });
  int pages = 0;
  int restarts = 0;
  writer.on_commit([&](int now) {
    if (now < pages) ++restarts;
    pages = now;
    checkpointer.log_has(now);
  });
  int commits = 0;
  for (; commits < 20'000 && restarts < 2; ++commits) {
    const std::lock_guard lock(write_mutex);
    writer.run("DELETE FROM t");
    writer.run("INSERT INTO t VALUES (zeroblob(200000))");
  }
  EXPECT_EQ(restarts, 2) << commits;
  // What was moved is all there.
  Database reader(path, Database::Use::read);
  Statement row = reader.prepare("SELECT count(*), sum(length(b)) FROM t");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), 1);
  EXPECT_EQ(row.integer(1), 200'000);
}

TEST(Checkpointer, AShortLogIsLeftAlone) {
  const testkit::TemporaryDirectory directory;
  const std::string path = directory / "some.db";
  Database writer(path, Database::Use::write);
  writer.execute("CREATE TABLE t (a INTEGER)");
  const int before = writer.checkpoint();
  EXPECT_EQ(before, 0);
  {
    Checkpointer checkpointer(path, [](const std::function<void()>&) { ADD_FAILURE(); });
    writer.on_commit([&](int pages) { checkpointer.log_has(pages); });
    for (int i = 0; i < 20; ++i) writer.run("INSERT INTO t VALUES (1)");
  }
  writer.on_commit([](int) {});
}

}  // namespace
}  // namespace sluice::store
