// The log begins anew only once all of it has been moved, and while somebody writes all the time
// there is always a rest. So when the log has become long, the rest is moved while writers wait:
// what came in during the long first part, a few milliseconds' work. Only where the disk does not keep
// up do they wait for all of it.
#include "config_store/checkpointer.hpp"

#include <exception>
#include <memory>
#include <utility>

#include "base/log.hpp"
#include "config_store/database.hpp"

namespace sluice::store {
namespace {

// Pages of 4 KiB.
constexpr int kDuePages = 1'000;
constexpr int kLongPages = 8'000;
constexpr int kTooLongPages = 16'000;

}  // namespace

Checkpointer::Checkpointer(const std::string& path,
                           std::function<void(const std::function<void()>&)> while_nobody_writes)
    : while_nobody_writes_(std::move(while_nobody_writes)), thread_([this, path] { run(path); }) {}

Checkpointer::~Checkpointer() {
  {
    const base::MutexLock lock(mutex_);
    is_stopping_ = true;
  }
  is_due_.notify_one();
  thread_.join();
}

void Checkpointer::log_has(int pages) {
  if (pages < kDuePages) return;
  {
    const base::MutexLock lock(mutex_);
    pages_ = pages;
  }
  is_due_.notify_one();
}

void Checkpointer::run(const std::string& path) {
  std::unique_ptr<Database> database;  // opened when it is first needed
  for (;;) {
    int pages = 0;
    {
      const base::MutexLock lock(mutex_);
      while (pages_ == 0 && !is_stopping_) is_due_.wait(mutex_);
      if (is_stopping_) return;
      pages = std::exchange(pages_, 0);
    }
    try {
      if (!database) database = std::make_unique<Database>(path, Database::Use::write);
      checkpoint(*database, pages);
    } catch (const std::exception& error) {
      base::log_warning("the log of a database cannot be checkpointed",
                        {{"file", path}, {"error", error.what()}});
    }
  }
}

void Checkpointer::checkpoint(Database& database, int pages) {
  const int rest = pages < kTooLongPages ? database.checkpoint() : pages;
  if (rest > 0 && pages >= kLongPages) while_nobody_writes_([&database] { database.checkpoint(); });
}

}  // namespace sluice::store
