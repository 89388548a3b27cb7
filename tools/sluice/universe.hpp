// The event names that exist in a generated workload. Names share prefixes as real ones do: a tree
// of services, their resources and sub-resources, with actions as leaves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "random_stream.hpp"

namespace sluice::tool {

/// How many names of two, three and four segments there are, and how many different beginnings
/// (service; service.resource; service.resource.sub-resource) they share.
struct UniverseSize {
  struct Level {
    std::uint32_t prefixes;
    std::uint32_t names;
  };
  std::array<Level, 3> levels;
  std::uint32_t words;  // different resources, and different sub-resources
};

/// The segments of one name.
class NameSegments {
 public:
  void add(std::string_view segment) noexcept { segments_[size_++] = segment; }
  std::size_t size() const noexcept { return size_; }
  std::string_view& operator[](std::size_t i) noexcept { return segments_[i]; }
  /// Appends the first `count` segments, joined by dots.
  void append_to(std::string& out, std::size_t count) const;
  void append_to(std::string& out) const { append_to(out, size_); }

 private:
  std::array<std::string_view, 4> segments_;
  std::size_t size_ = 0;
};

/// Distinct names in random order: a name's position can serve as its popularity.
class Universe {
 public:
  Universe(const UniverseSize& size, std::uint64_t seed);

  std::size_t size() const noexcept { return names_.size(); }
  /// Lifetime: the Universe's.
  NameSegments operator[](std::size_t i) const;

 private:
  struct Name {
    std::array<std::uint16_t, 3> things;  // in words_
    std::uint8_t depth;                   // how many of them are used
    std::uint8_t action;
  };

  void add_names(const std::vector<Name>& prefixes, std::uint32_t count, RandomStream& random);

  std::array<std::vector<std::string>, 3> words_;  // services, resources, sub-resources
  std::vector<Name> names_;
};

}  // namespace sluice::tool
