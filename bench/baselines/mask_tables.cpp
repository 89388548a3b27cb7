#include "bench/baselines/mask_tables.hpp"

#include <absl/strings/string_view.h>

#include <algorithm>

namespace sluice::bench {

namespace {

/// The key of a table: literals joined by dots, built in place.
class Key {
 public:
  void append(std::string_view segment) {
    segment.copy(text_.data() + size_, segment.size());
    size_ += segment.size();
    text_[size_++] = '.';
  }
  // Debian builds Abseil with its own string_view, the only one its heterogeneous lookup takes.
  absl::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, kMaxNameBytes + 1> text_;
  std::size_t size_ = 0;
};

std::string key_of(const Segments& segments) {
  Key key;
  for (std::size_t i = 0; i < segments.size(); ++i)
    if (segments[i][0] != '*') key.append(segments[i]);
  return std::string{key.view()};
}

}  // namespace

std::string MaskTables::mask_of(const Segments& segments) {
  std::string mask;
  for (std::size_t i = 0; i < segments.size(); ++i)
    mask += segments[i] == "**" ? '#' : segments[i] == "*" ? '*' : 'l';
  return mask;
}

MaskTables::Table& MaskTables::table_for(const std::string& mask) {
  const auto [found, is_new] = table_of_mask_.try_emplace(mask, tables_.size());
  if (!is_new) return tables_[found->second];
  Table& table = tables_.emplace_back();
  table.mask = mask;
  const std::size_t any = mask.find('#');
  table.has_any = any != std::string::npos;
  table.tail_from = table.has_any ? any : mask.size();
  table.tail_width = table.has_any ? mask.size() - any - 1 : 0;
  const std::size_t fixed = mask.size() - (table.has_any ? 1 : 0);
  const std::size_t longest = table.has_any ? kMaxSegments : fixed;
  for (std::size_t size = std::max<std::size_t>(fixed, 1); size <= longest; ++size)
    tables_of_size_[size].push_back(tables_.size() - 1);
  return table;
}

void MaskTables::add(SubscriptionId id, const Pattern& pattern) {
  const std::size_t number = static_cast<std::uint32_t>(id);
  if (number >= seen_.size()) seen_.resize(std::max(number + 1, 2 * seen_.size()));
  may_repeat_ = may_repeat_ || seen_[number];
  seen_[number] = true;
  const Segments segments = pattern_segments(pattern);
  const std::string mask = mask_of(segments);
  if (std::count(mask.begin(), mask.end(), '#') > 1) {
    many_any_.add(id, pattern);
  } else {
    table_for(mask).ids[key_of(segments)].push_back(id);
  }
}

void MaskTables::remove(SubscriptionId id, const Pattern& pattern) {
  const Segments segments = pattern_segments(pattern);
  const std::string mask = mask_of(segments);
  if (std::count(mask.begin(), mask.end(), '#') > 1) return many_any_.remove(id, pattern);
  Table& table = table_for(mask);
  const auto found = table.ids.find(key_of(segments));
  if (found == table.ids.end()) return;
  std::erase(found->second, id);
  if (found->second.empty()) table.ids.erase(found);
}

void MaskTables::match(std::string_view name, std::vector<SubscriptionId>& ids) const {
  const Segments segments{name};
  for (const std::size_t number : tables_of_size_[segments.size()]) {
    const Table& table = tables_[number];
    Key key;
    for (std::size_t i = 0; i < table.tail_from; ++i)
      if (table.mask[i] == 'l') key.append(segments[i]);
    for (std::size_t i = 0; i < table.tail_width; ++i)
      if (table.mask[table.tail_from + 1 + i] == 'l')
        key.append(segments[segments.size() - table.tail_width + i]);
    const auto found = table.ids.find(key.view());
    if (found != table.ids.end()) ids.insert(ids.end(), found->second.begin(), found->second.end());
  }
  if (many_any_.size() != 0) many_any_.match(name, ids);
  if (may_repeat_) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
}

std::size_t MaskTables::index_bytes() const {
  std::size_t bytes = many_any_.index_bytes();
  for (const Table& table : tables_) {
    bytes +=
        table.ids.capacity() * (1 + sizeof(std::pair<std::string, std::vector<SubscriptionId>>));
    for (const auto& [key, ids] : table.ids)
      bytes += (key.capacity() > 15 ? key.capacity() + 1 : 0) + ids.capacity() * sizeof ids[0];
  }
  return bytes;
}

}  // namespace sluice::bench
