#include "server/journal/simulated_disk.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice::testkit {
namespace {

constexpr std::size_t kSector = 512;

std::error_code error_of(std::errc code) { return std::make_error_code(code); }

}  // namespace

class SimulatedDisk::OpenFile final : public journal::File {
 public:
  OpenFile(SimulatedDisk& disk, Path path, std::shared_ptr<Inode> inode, std::uint64_t life)
      : disk_(disk), path_(std::move(path)), inode_(std::move(inode)), life_(life) {}

  std::error_code write_some(std::span<const ::iovec> pieces, std::uint64_t offset,
                             std::size_t& written) override {
    return on_disk(DiskOperation::write, [&] {
      disk_.mutex_.assert_held();
      return disk_.write(*inode_, pieces, offset, written);
    });
  }

  std::error_code read_some(std::span<std::byte> into, std::uint64_t offset,
                            std::size_t& count) override {
    return on_disk(DiskOperation::read, [&]() -> std::error_code {
      const auto& content = inode_->content;
      const std::size_t begin = std::min<std::uint64_t>(offset, content.size());
      count = std::min(into.size(), content.size() - begin);
      std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(begin), count, into.begin());
      return {};
    });
  }

  std::error_code sync() override {
    return on_disk(DiskOperation::sync, [&]() -> std::error_code {
      disk_.mutex_.assert_held();
      for (const std::size_t sector : std::exchange(inode_->dirty, {}))
        make_durable(*inode_, sector);
      inode_->durable.resize(inode_->content.size());
      ++disk_.syncs_;
      return {};
    });
  }

  std::error_code reserve(std::uint64_t bytes) override {
    return on_disk(DiskOperation::reserve, [&] {
      disk_.mutex_.assert_held();
      return disk_.grow(*inode_, bytes);
    });
  }

  std::error_code truncate(std::uint64_t bytes) override {
    return on_disk(DiskOperation::write, [&]() -> std::error_code {
      disk_.mutex_.assert_held();
      disk_.used_ -= inode_->content.size() - std::min<std::uint64_t>(bytes, inode_->content.size());
      inode_->content.resize(std::min<std::uint64_t>(bytes, inode_->content.size()));
      return {};
    });
  }

  std::error_code size(std::uint64_t& bytes) override {
    return on_disk(DiskOperation::read, [&]() -> std::error_code {
      bytes = inode_->content.size();
      return {};
    });
  }

 private:
  template <class Action>
  std::error_code on_disk(DiskOperation operation, Action action) {
    const base::MutexLock lock(disk_.mutex_);
    if (life_ != disk_.life_) return error_of(std::errc::io_error);
    if (const auto error = disk_.check(operation, path_)) return error;
    return action();
  }

  SimulatedDisk& disk_;
  const Path path_;  // that it was opened by
  const std::shared_ptr<Inode> inode_;
  const std::uint64_t life_;
};

class SimulatedDisk::HeldLock final : public journal::FileLock {
 public:
  HeldLock(SimulatedDisk& disk, Path path) : disk_(disk), path_(std::move(path)) {}
  ~HeldLock() override {
    const base::MutexLock lock(disk_.mutex_);
    disk_.locks_.erase(path_);
  }

 private:
  SimulatedDisk& disk_;
  const Path path_;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : random_(seed) {}
SimulatedDisk::~SimulatedDisk() = default;

void SimulatedDisk::set_fault(Fault fault) {
  const base::MutexLock lock(mutex_);
  fault_ = std::move(fault);
}

void SimulatedDisk::set_short_writes(bool are_short) {
  const base::MutexLock lock(mutex_);
  are_writes_short_ = are_short;
}

void SimulatedDisk::set_capacity(std::uint64_t bytes) {
  const base::MutexLock lock(mutex_);
  capacity_ = bytes;
}

std::uint64_t SimulatedDisk::used_bytes() const {
  const base::MutexLock lock(mutex_);
  return used_;
}

std::size_t SimulatedDisk::syncs() const {
  const base::MutexLock lock(mutex_);
  return syncs_;
}

std::vector<std::byte> SimulatedDisk::content(const Path& path) const {
  const base::MutexLock lock(mutex_);
  return names_.at(path)->content;
}

void SimulatedDisk::set_content(const Path& path, std::vector<std::byte> content) {
  const base::MutexLock lock(mutex_);
  auto inode = std::make_shared<Inode>();
  inode->durable = content;
  inode->content = std::move(content);
  names_[path] = inode;
  durable_names_[path] = inode;
}

std::vector<std::string> SimulatedDisk::names() const {
  const base::MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [path, inode] : names_) names.push_back(path.filename().string());
  return names;
}

std::error_code SimulatedDisk::check(DiskOperation operation, const Path& path) {
  if (!has_power_) return error_of(std::errc::io_error);
  return fault_ ? fault_(operation, path) : std::error_code{};
}

void SimulatedDisk::change_names(NameChange change) {
  change(names_);
  name_changes_.push_back(std::move(change));
}

std::error_code SimulatedDisk::open(const Path& path, journal::OpenMode mode,
                                    std::unique_ptr<journal::File>& file) {
  const base::MutexLock lock(mutex_);
  if (const auto error = check(DiskOperation::open, path)) return error;
  const bool is_there = names_.contains(path);
  if (mode == journal::OpenMode::create) {
    if (is_there) return error_of(std::errc::file_exists);
    change_names([path, inode = std::make_shared<Inode>()](Names& names) { names[path] = inode; });
  } else if (!is_there) {
    return error_of(std::errc::no_such_file_or_directory);
  }
  file = std::make_unique<OpenFile>(*this, path, names_.at(path), life_);
  return {};
}

std::error_code SimulatedDisk::rename(const Path& from, const Path& to) {
  const base::MutexLock lock(mutex_);
  if (const auto error = check(DiskOperation::rename, from)) return error;
  if (!names_.contains(from)) return error_of(std::errc::no_such_file_or_directory);
  if (names_.contains(to)) used_ -= names_.at(to)->content.size();
  change_names([from, to](Names& names) {
    names[to] = std::move(names.at(from));
    names.erase(from);
  });
  return {};
}

std::error_code SimulatedDisk::remove(const Path& path) {
  const base::MutexLock lock(mutex_);
  if (const auto error = check(DiskOperation::remove, path)) return error;
  const auto found = names_.find(path);
  if (found == names_.end()) return error_of(std::errc::no_such_file_or_directory);
  used_ -= found->second->content.size();
  change_names([path](Names& names) { names.erase(path); });
  return {};
}

std::error_code SimulatedDisk::make_directory(const Path& /*path*/) {
  const base::MutexLock lock(mutex_);
  return has_power_ ? std::error_code{} : error_of(std::errc::io_error);
}

std::error_code SimulatedDisk::list(const Path& directory, std::vector<std::string>& names) {
  const base::MutexLock lock(mutex_);
  if (const auto error = check(DiskOperation::list, directory)) return error;
  names.clear();
  for (const auto& [path, inode] : names_)
    if (path.parent_path() == directory) names.push_back(path.filename().string());
  return {};
}

std::error_code SimulatedDisk::sync_directory(const Path& directory) {
  const base::MutexLock lock(mutex_);
  if (const auto error = check(DiskOperation::sync, directory)) return error;
  for (const NameChange& change : std::exchange(name_changes_, {})) change(durable_names_);
  ++syncs_;
  return {};
}

std::error_code SimulatedDisk::lock(const Path& path, std::unique_ptr<journal::FileLock>& held) {
  const base::MutexLock lock(mutex_);
  if (!has_power_) return error_of(std::errc::io_error);
  if (!locks_.insert(path).second) return error_of(std::errc::resource_unavailable_try_again);
  held = std::make_unique<HeldLock>(*this, path);
  return {};
}

std::error_code SimulatedDisk::grow(Inode& inode, std::uint64_t bytes) {
  if (bytes <= inode.content.size()) return {};
  const std::uint64_t more = bytes - inode.content.size();
  if (used_ + more > capacity_) return error_of(std::errc::no_space_on_device);
  used_ += more;
  inode.content.resize(bytes);
  return {};
}

std::error_code SimulatedDisk::write(Inode& inode, std::span<const ::iovec> pieces,
                                     std::uint64_t offset, std::size_t& written) {
  std::size_t wanted = 0;
  for (const ::iovec& piece : pieces) wanted += piece.iov_len;
  if (are_writes_short_ && random_.is_one_in(2)) {
    const std::size_t first = kSector - offset % kSector;  // bytes up to the next sector
    if (wanted > first) wanted = first + random_.below((wanted - first) / kSector + 1) * kSector;
  }
  if (const auto error = grow(inode, offset + wanted)) return error;
  written = 0;
  for (const ::iovec& piece : pieces) {
    const std::size_t bytes = std::min(piece.iov_len, wanted - written);
    if (bytes > 0) std::memcpy(inode.content.data() + offset + written, piece.iov_base, bytes);
    written += bytes;
  }
  for (std::size_t sector = offset / kSector; sector * kSector < offset + written; ++sector)
    inode.dirty.insert(sector);
  return {};
}

void SimulatedDisk::make_durable(Inode& inode, std::size_t sector) {
  const std::size_t begin = sector * kSector;
  const std::size_t end = std::min(begin + kSector, inode.content.size());
  if (begin >= end) return;
  if (inode.durable.size() < end) inode.durable.resize(end);
  std::memcpy(inode.durable.data() + begin, inode.content.data() + begin, end - begin);
}

/// Some of what was not synced has reached the disk all the same: all, none, a beginning, or any.
void SimulatedDisk::survive(Inode& inode) {
  const std::size_t how = random_.below(4);
  const std::size_t count = how == 2 ? random_.below(inode.dirty.size() + 1) : inode.dirty.size();
  std::size_t seen = 0;
  for (const std::size_t sector : inode.dirty) {
    const bool survives = how == 0 || (how == 2 && seen < count) || (how == 3 && random_.below(2) == 0);
    if (survives) make_durable(inode, sector);
    ++seen;
  }
}

void SimulatedDisk::cut_power() {
  const base::MutexLock lock(mutex_);
  has_power_ = false;
}

void SimulatedDisk::lose_what_was_not_synced() {
  const std::size_t kept = random_.below(name_changes_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) name_changes_[i](durable_names_);
  name_changes_.clear();
  names_.clear();
  used_ = 0;
  for (auto& [path, inode] : durable_names_) {
    survive(*inode);
    auto survivor = std::make_shared<Inode>();
    survivor->durable = inode->durable;
    survivor->content = inode->durable;
    used_ += survivor->content.size();
    names_[path] = survivor;
  }
  durable_names_ = names_;
}

void SimulatedDisk::restore_power(Survives survives) {
  const base::MutexLock lock(mutex_);
  if (survives == Survives::what_was_synced) lose_what_was_not_synced();
  locks_.clear();
  ++life_;
  has_power_ = true;
}

}  // namespace sluice::testkit
