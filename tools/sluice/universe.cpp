#include "universe.hpp"

#include <unordered_set>
#include <utility>

#include "vocabulary.hpp"

namespace sluice::tool {
namespace {

constexpr std::uint64_t kPurpose = 1;

}  // namespace

void NameSegments::append_to(std::string& out, std::size_t count) const {
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) out += '.';
    out += segments_[i];
  }
}

Universe::Universe(const UniverseSize& size, std::uint64_t seed)
    : words_{make_vocabulary(size.levels[0].prefixes, "-"), make_vocabulary(size.words, ""),
             make_vocabulary(size.words, "_")} {
  RandomStream random(seed, kPurpose);
  std::vector<Name> prefixes{Name{}};
  for (std::size_t level = 0; level < size.levels.size(); ++level) {
    const auto [prefix_count, name_count] = size.levels[level];
    std::vector<Name> longer;
    std::unordered_set<std::uint64_t> seen;
    while (longer.size() < prefix_count) {
      // Services are all used; below them the fan-out varies, as it is drawn.
      const std::uint64_t parent = level == 0 ? 0 : random.below(prefixes.size());
      const std::uint64_t word = level == 0 ? longer.size() : random.below(words_[level].size());
      if (!seen.insert(parent << 32U | word).second) continue;
      Name prefix = prefixes[parent];
      prefix.things[level] = static_cast<std::uint16_t>(word);
      prefix.depth = static_cast<std::uint8_t>(level + 1);
      longer.push_back(prefix);
    }
    prefixes = std::move(longer);
    add_names(prefixes, name_count, random);
  }
  for (std::size_t left = names_.size(); left > 1; --left)
    std::swap(names_[left - 1], names_[random.below(left)]);
}

/// Gives every prefix about the same number of different actions.
void Universe::add_names(const std::vector<Name>& prefixes, std::uint32_t count,
                         RandomStream& random) {
  std::vector<std::uint64_t> used(prefixes.size());  // a bit for each action
  static_assert(kActions.size() <= 64);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t prefix = i % prefixes.size();
    std::uint64_t action = random.below(kActions.size());
    while ((used[prefix] >> action & 1U) != 0) action = random.below(kActions.size());
    used[prefix] |= std::uint64_t{1} << action;
    names_.push_back(prefixes[prefix]);
    names_.back().action = static_cast<std::uint8_t>(action);
  }
}

NameSegments Universe::operator[](std::size_t i) const {
  const Name& name = names_[i];
  NameSegments segments;
  for (std::size_t level = 0; level < name.depth; ++level)
    segments.add(words_[level][name.things[level]]);
  segments.add(kActions[name.action]);
  return segments;
}

}  // namespace sluice::tool
