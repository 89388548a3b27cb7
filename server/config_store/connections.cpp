#include "config_store/connections.hpp"

namespace sluice::store {

Connections::Connections(std::string path, std::span<const Migration> migrations, base::Time now)
    : path_(std::move(path)), writer_(std::make_unique<Database>(path_, Database::Use::write)) {
  {
    const FairLock lock(write_mutex_);
    migrate(*writer_, migrations, now);
  }
  idle_readers_.reserve(kMaxReaders);  // so that giving one back cannot fail
  checkpointer_ = std::make_unique<Checkpointer>(path_, [this](const std::function<void()>& work) {
    const FairLock lock(write_mutex_);
    work();
  });
  const FairLock lock(write_mutex_);
  writer_->on_commit([this](int pages) { checkpointer_->log_has(pages); });
}

Connections::~Connections() = default;

std::unique_ptr<Database> Connections::take_reader() {
  {
    const base::MutexLock lock(read_mutex_);
    while (idle_readers_.empty() && readers_ == kMaxReaders) reader_is_back_.wait(read_mutex_);
    if (!idle_readers_.empty()) {
      std::unique_ptr<Database> reader = std::move(idle_readers_.back());
      idle_readers_.pop_back();
      return reader;
    }
    ++readers_;
  }
  try {
    return std::make_unique<Database>(path_, Database::Use::read);
  } catch (...) {
    const base::MutexLock lock(read_mutex_);
    --readers_;
    reader_is_back_.notify_one();
    throw;
  }
}

void Connections::return_reader(std::unique_ptr<Database> reader) noexcept {
  const base::MutexLock lock(read_mutex_);
  idle_readers_.push_back(std::move(reader));
  reader_is_back_.notify_one();
}

}  // namespace sluice::store
