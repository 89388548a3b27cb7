// How brackets pair up among 64 tokens, and what stands in an array, without walking from bracket to
// bracket: an opening bracket right before a closing one is a pair; with such pairs taken away,
// others become neighbours. So a turn takes away all innermost pairs at once.
#pragma once

#include "json/block_avx512.hpp"

#if defined(__x86_64__)

#include <cstdint>

#include "json/block_avx2.hpp"

namespace sluice::json {

/// The brackets among 64 tokens.
struct Brackets {
  std::uint64_t left;
  std::uint64_t right;
  std::uint64_t squares;  // of both
};

class TokenNesting {
 public:
  explicit TokenNesting(std::uint64_t depth_limit) noexcept : depth_limit_(depth_limit) {}

  std::uint64_t depth() const noexcept { return depth_; }

  /// Opens an object, outside of all others.
  void start() noexcept {
    depth_ = 1;
    arrays_ = 0;
  }

  /// Takes the brackets of the next tokens. False: some do not match, or they nest too deeply.
  SLUICE_AVX512_INLINE bool take(const Brackets& brackets) noexcept {
    std::uint64_t open = brackets.left | brackets.right;  // not in pairs yet
    in_array_ = in_pair_ = 0;
    std::uint64_t deepest = depth_;
    for (;; ++deepest) {
      const std::uint64_t lefts = _pext_u64(brackets.left, open);
      const std::uint64_t rights = _pext_u64(brackets.right, open);
      const std::uint64_t squares = _pext_u64(brackets.squares, open);
      const std::uint64_t pairs = lefts & (rights >> 1U);
      if (pairs == 0) return take_unpaired(lefts, rights, squares, open, deepest);
      if (((squares ^ squares >> 1U) & pairs) != 0) return false;
      const std::uint64_t opens = _pdep_u64(pairs, open);
      const std::uint64_t closes = _pdep_u64(pairs << 1U, open);
      // From behind the opening bracket to the closing one; what is in a pair already stays there.
      // Since pairs of one turn are apart, each difference of two bits fills the space between.
      const std::uint64_t of_arrays = (closes & brackets.squares) - (opens & brackets.squares);
      in_array_ |= of_arrays << 1U & ~in_pair_;
      in_pair_ |= (closes - opens) << 1U;
      open ^= opens | closes;
    }
  }

  /// Of the tokens taken last: whether the innermost container around each is an array. (Around a
  /// closing bracket, this is the container that it closes.)
  std::uint64_t in_array() const noexcept { return in_array_; }
  /// Of the brackets taken last: those that pair with none of them.
  std::uint64_t unpaired() const noexcept { return unpaired_; }
  /// Of the tokens taken last: those at depth 1.
  std::uint64_t at_top() const noexcept { return at_top_; }

 private:
  /// Closes and opens what begins or ends elsewhere: first come all closing brackets.
  SLUICE_AVX512_INLINE bool take_unpaired(std::uint64_t lefts, std::uint64_t rights,
                                          std::uint64_t squares, std::uint64_t open,
                                          std::uint64_t deepest) noexcept {
    const auto closed = static_cast<std::uint64_t>(_mm_popcnt_u64(rights));
    const auto opened = static_cast<std::uint64_t>(_mm_popcnt_u64(lefts));
    const std::uint64_t of_closed = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(closed));
    if (closed > depth_ || deepest + opened > depth_limit_) return false;
    if (((squares ^ arrays_) & of_closed) != 0) return false;
    unpaired_ = open;
    set_tops(closed, opened, open);
    if ((arrays_ | squares) != 0) set_arrays(closed, opened, squares, open);
    arrays_ >>= closed;
    arrays_ <<= opened;
    depth_ = depth_ - closed + opened;
    for (std::uint64_t i = 0, kinds = squares >> closed; kinds != 0; ++i, kinds >>= 1U)
      arrays_ |= (kinds & 1U) << (opened - 1 - i);
    return true;
  }

  SLUICE_AVX512_INLINE void set_tops(std::uint64_t closed, std::uint64_t opened,
                                     std::uint64_t open) noexcept {
    at_top_ = 0;
    if (depth_ > closed + 1) return;
    // From the bracket that closes the container at depth 2 to the next one that opens one.
    const std::uint64_t before =
        depth_ == 1 ? 0 : _pdep_u64(std::uint64_t{1} << (depth_ - 2), open);
    const std::uint64_t after = opened == 0 ? 0 : _pdep_u64(std::uint64_t{1} << closed, open);
    at_top_ = (after - 1) & (before == 0 ? ~std::uint64_t{0} : 0 - before) & ~in_pair_;
  }

  SLUICE_AVX512_INLINE void set_arrays(std::uint64_t closed, std::uint64_t opened,
                                       std::uint64_t squares, std::uint64_t open) noexcept {
    // The kinds of the containers from before the first of the unpaired brackets to behind the last.
    const std::uint64_t around = arrays_ >> closed & 1U;
    const std::uint64_t of_closed = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(closed));
    const std::uint64_t kinds =
        (arrays_ & of_closed) | around << closed | (squares & ~of_closed) << 1U;
    const std::uint64_t all = _bzhi_u64(~std::uint64_t{0}, static_cast<unsigned>(closed + opened));
    const std::uint64_t changes = _pdep_u64((kinds ^ kinds >> 1U) & all, open);
    const std::uint64_t unpaired = prefix_xor(changes) << 1U ^ (0 - (kinds & 1U));
    in_array_ |= unpaired & ~in_pair_;
  }

  const std::uint64_t depth_limit_;
  std::uint64_t depth_ = 0;
  std::uint64_t arrays_ = 0;  // a bit for each container, bit 0 the innermost: whether it is a [ ]
  std::uint64_t in_array_ = 0;
  std::uint64_t in_pair_ = 0;
  std::uint64_t unpaired_ = 0;
  std::uint64_t at_top_ = 0;
};

}  // namespace sluice::json

#endif
