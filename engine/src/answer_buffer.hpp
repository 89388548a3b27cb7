// The ids of a batch's answers, one after the other, in a vector that only grows.
//
// One thread's own: no atomics.
#pragma once

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "sluice/matcher.hpp"

namespace sluice::internal {

class AnswerBuffer {
 public:
  explicit AnswerBuffer(std::vector<SubscriptionId>& ids) noexcept : ids_(ids) {}
  AnswerBuffer(const AnswerBuffer&) = delete;
  AnswerBuffer& operator=(const AnswerBuffer&) = delete;

  void clear() noexcept { size_ = 0; }
  std::size_t size() const noexcept { return size_; }
  std::span<const std::uint32_t> from(std::size_t begin, std::size_t end) const noexcept {
    return {reinterpret_cast<const std::uint32_t*>(ids_.data()) + begin, end - begin};
  }

  /// Errors: std::bad_alloc, only when there are more ids than ever before.
  void append(std::uint32_t id) {
    if (size_ == ids_.size()) grow(1);
    ids_.data()[size_++] = SubscriptionId{id};
  }
  void append(std::span<const std::uint32_t> ids) {
    if (size_ + ids.size() > ids_.size()) grow(ids.size());
    copy_ids(ids.data(), ids.size(), ids_.data() + size_);
    size_ += ids.size();
  }

  /// Leaves each id that was appended since `begin` once.
  void drop_doubles(std::size_t begin) noexcept;

 private:
  static constexpr unsigned kFilterBits = 14;
  static constexpr std::size_t kMaxFiltered = 512;  // beyond, the filter is full of false alarms

  // Arrays are short: sixteen bytes at a time in line, the last of them overlapping, beat a call of
  // memcpy.
  static void copy_ids(const std::uint32_t* in, std::size_t size, SubscriptionId* out) noexcept {
    const auto copy_four = [&](std::size_t at) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + at),
                       _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + at)));
    };
    if (size >= 4) {
      for (std::size_t at = 0; at + 4 < size; at += 4) copy_four(at);
      return copy_four(size - 4);
    }
    for (std::size_t at = 0; at < size; ++at) out[at] = SubscriptionId{in[at]};
  }

  void grow(std::size_t by);
  bool may_have_doubles(std::span<const SubscriptionId> ids) noexcept;

  std::vector<SubscriptionId>& ids_;
  std::size_t size_ = 0;
  std::array<std::uint64_t, (std::size_t{1} << kFilterBits) / 64> filter_{};  // all 0 between uses
};

}  // namespace sluice::internal
