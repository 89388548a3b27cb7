// The subscriptions of `sluice match`: a file of webhooks (`.ndjson`) or of patterns, one a line
// (any other name), either of them gzipped or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/matcher.hpp"

namespace sluice::tool {

/// What the lines of a subscription file are called in the output: a webhook by its webhook_id, a
/// pattern by its line number. The id of a subscription is the 0-based number of its line. A blank
/// line holds no subscription, and its number is not used.
class SubscriptionLabels {
 public:
  /// The label of `id` as JSON.
  void append(SubscriptionId id, std::string& out) const;

 private:
  friend class SubscriptionFile;
  void append(const SubscriptionLabels& of_later_lines);

  /// Two lines, counted from 0, with one id.
  struct Repeated {
    std::uint64_t earlier;
    std::uint64_t line;
  };
  /// The first line whose id an earlier one has.
  std::optional<Repeated> find_repeated() const;
  std::string_view at(std::uint64_t line) const;

  std::string json_;                 // of webhooks: the quoted ids one after the other
  std::vector<std::uint64_t> ends_;  // in json_, by line; none for patterns
};

class SubscriptionFile {
 public:
  /// Reads the whole file. Errors: Failure.
  explicit SubscriptionFile(const std::string& path);

  /// Puts every subscription into `matcher`, from several threads: writers do not wait for each
  /// other. Errors: Failure, naming file, line and column of the first mistake.
  SubscriptionLabels load(Matcher& matcher, unsigned threads) const;

 private:
  /// A part of the file: whole lines.
  struct Block {
    std::string_view text;
    std::uint64_t first_line;  // 0-based
  };

  std::vector<Block> cut_into_blocks(unsigned count) const;
  SubscriptionLabels load_patterns(const Block& block, Matcher& matcher) const;
  SubscriptionLabels load_webhooks(const Block& block, Matcher& matcher) const;
  std::string at(std::uint64_t line, std::size_t column) const;

  const std::string path_;
  std::string content_;
  std::size_t size_;  // of content_, without the padding that parsing needs
};

}  // namespace sluice::tool
