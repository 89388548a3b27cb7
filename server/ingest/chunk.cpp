#include "ingest/chunk.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice::ingest {

Chunk::Chunk(std::size_t front, std::size_t capacity)
    : buffer_(new char[front + capacity + 1 + EventDecoder::kPadding]),
      front_(front),
      capacity_(capacity) {}

std::size_t Chunk::take(std::string_view bytes) noexcept {
  const std::size_t taken = std::min(bytes.size(), room());
  char* const end = data() + size_;
  if (taken != 0 && bytes.data() != end) std::memcpy(end, bytes.data(), taken);
  size_ += taken;
  return taken;
}

ChunkPool::ChunkPool(std::size_t front, std::size_t capacity, std::size_t most_kept)
    : front_(front), capacity_(capacity), most_kept_(most_kept) {
  kept_.reserve(most_kept_);
}

Chunk ChunkPool::take() {
  {
    const base::MutexLock lock(mutex_);
    if (!kept_.empty()) {
      Chunk chunk = std::move(kept_.back());
      kept_.pop_back();
      return chunk;
    }
  }
  return Chunk{front_, capacity_};
}

void ChunkPool::give_back(Chunk chunk) noexcept {
  if (chunk.front() != front_ || chunk.capacity() != capacity_) return;
  chunk.set_size(0);
  const base::MutexLock lock(mutex_);
  if (kept_.size() != most_kept_) kept_.push_back(std::move(chunk));
}

}  // namespace sluice::ingest
