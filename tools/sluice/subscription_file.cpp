#include "subscription_file.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <limits>
#include <thread>
#include <utility>

#include "exit_code.hpp"
#include "input_file.hpp"
#include "json_text.hpp"
#include "webhook_line.hpp"

namespace sluice::tool {
namespace {

bool holds_webhooks(std::string_view path) {
  return path.ends_with(".ndjson") || path.ends_with(".ndjson.gz");
}

/// Calls `take(line, number)` for every line, without its newline and carriage return.
template <class Take>
void for_each_line(std::string_view content, std::uint64_t number, Take take) {
  for (std::size_t from = 0; from < content.size(); ++number) {
    const std::size_t newline = content.find('\n', from);
    const std::size_t to = newline == std::string_view::npos ? content.size() : newline;
    std::string_view line = content.substr(from, to - from);
    if (line.ends_with('\r')) line.remove_suffix(1);
    take(line, number);
    from = to + 1;
  }
}

SubscriptionId id_of(std::uint64_t line) {
  if (line > std::numeric_limits<std::uint32_t>::max())
    throw Failure(ExitCode::bad_usage, "a subscription file may have 4294967296 lines at most");
  return SubscriptionId{static_cast<std::uint32_t>(line)};
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

void SubscriptionLabels::append(SubscriptionId id, std::string& out) const {
  const auto number = static_cast<std::uint32_t>(id);
  if (ends_.empty()) {
    append_number(out, number);
    return;
  }
  const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  out.append(json_, begin, ends_[number] - begin);
}

void SubscriptionLabels::append(const SubscriptionLabels& of_later_lines) {
  const std::uint64_t offset = json_.size();
  json_ += of_later_lines.json_;
  for (const std::uint64_t end : of_later_lines.ends_) ends_.push_back(offset + end);
}

std::string_view SubscriptionLabels::at(std::uint64_t line) const {
  const std::uint64_t begin = line == 0 ? 0 : ends_[line - 1];
  return std::string_view(json_).substr(begin, ends_[line] - begin);
}

std::optional<SubscriptionLabels::Repeated> SubscriptionLabels::find_repeated() const {
  struct Entry {
    std::size_t hash;
    std::uint64_t line;
  };
  std::vector<Entry> entries;
  entries.reserve(ends_.size());
  for (std::uint64_t line = 0; line < ends_.size(); ++line)
    if (const std::string_view text = at(line); !text.empty())
      entries.push_back({std::hash<std::string_view>{}(text), line});
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.line < b.line;
  });
  std::optional<Repeated> first;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const Entry& earlier = entries[i - 1];
    const Entry& later = entries[i];
    const bool is_same = earlier.hash == later.hash && at(earlier.line) == at(later.line);
    if (is_same && (!first || later.line < first->line)) first = {earlier.line, later.line};
  }
  return first;
}

SubscriptionFile::SubscriptionFile(const std::string& path)
    : path_(path), content_(read_whole(path)), size_(content_.size()) {
  content_.append(WebhookParser::kPadding, '\0');
}

SubscriptionLabels SubscriptionFile::load(Matcher& matcher, unsigned threads) const {
  const std::vector<Block> blocks = cut_into_blocks(threads);
  std::vector<SubscriptionLabels> labels(blocks.size());
  std::vector<std::exception_ptr> failures(blocks.size());
  const auto load_block = [&](std::size_t i) {
    try {
      labels[i] = holds_webhooks(path_) ? load_webhooks(blocks[i], matcher)
                                        : load_patterns(blocks[i], matcher);
    } catch (...) {
      failures[i] = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < blocks.size(); ++i) others.emplace_back(load_block, i);
    load_block(0);
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  for (std::size_t i = 1; i < labels.size(); ++i) labels[0].append(labels[i]);
  if (const auto repeated = labels[0].find_repeated())
    throw Failure(ExitCode::bad_usage,
                  at(repeated->line, 1) + "the webhook_id " +
                      std::string(labels[0].at(repeated->line)) + " is that of line " +
                      std::to_string(repeated->earlier + 1) + " already");
  return std::move(labels[0]);
}

/// At least one block, and `count` of them if there are lines enough.
std::vector<SubscriptionFile::Block> SubscriptionFile::cut_into_blocks(unsigned count) const {
  std::string_view rest(content_.data(), size_);
  std::vector<Block> blocks;
  std::uint64_t line = 0;
  for (unsigned left = count; left > 1 && !rest.empty(); --left) {
    const std::size_t newline = rest.find('\n', rest.size() / left);
    if (newline == std::string_view::npos) break;
    const std::string_view text = rest.substr(0, newline + 1);
    blocks.push_back({text, line});
    line += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    rest.remove_prefix(text.size());
  }
  if (!rest.empty() || blocks.empty()) blocks.push_back({rest, line});
  return blocks;
}

SubscriptionLabels SubscriptionFile::load_patterns(const Block& block, Matcher& matcher) const {
  for_each_line(block.text, block.first_line, [&](std::string_view line, std::uint64_t number) {
    if (is_blank(line)) return;
    const Result<Pattern> pattern = Pattern::parse(line);
    if (pattern) {
      matcher.put(id_of(number), {}, {*pattern});
      return;
    }
    const char* hint =
        line.starts_with('{') ? " (a file of webhooks must be named .ndjson or .ndjson.gz)" : "";
    throw Failure(ExitCode::bad_usage, at(number, pattern.error().offset + 1) + "the pattern " +
                                           quoted_start(line) + ": " +
                                           std::string(describe(pattern.error().code)) + hint);
  });
  return {};
}

SubscriptionLabels SubscriptionFile::load_webhooks(const Block& block, Matcher& matcher) const {
  SubscriptionLabels labels;
  WebhookParser parser;
  for_each_line(block.text, block.first_line, [&](std::string_view line, std::uint64_t number) {
    if (!is_blank(line)) {
      try {
        const Webhook& webhook = parser.parse(line);
        append_quoted(labels.json_, webhook.id);
        if (webhook.is_active) matcher.put(id_of(number), webhook.organization, webhook.patterns);
      } catch (const WebhookError& error) {
        throw Failure(ExitCode::bad_usage, at(number, error.column()) + error.what());
      }
    }
    labels.ends_.push_back(labels.json_.size());
  });
  return labels;
}

std::string SubscriptionFile::at(std::uint64_t line, std::size_t column) const {
  return path_ + ":" + std::to_string(line + 1) + ":" + std::to_string(column) + ": ";
}

}  // namespace sluice::tool
