// One line of a `.ndjson` subscription file: a webhook object, of which matching needs four fields.
#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/pattern.hpp"

namespace sluice::tool {

/// Lifetime: the views live until the parser's next parse.
struct Webhook {
  std::string_view id;
  std::string_view organization;
  std::vector<Pattern> patterns;
  bool is_active = true;
};

/// Why a line is no webhook, and at which 1-based column.
class WebhookError : public std::runtime_error {
 public:
  WebhookError(std::size_t column, const std::string& message)
      : std::runtime_error(message), column_(column) {}
  std::size_t column() const noexcept { return column_; }

 private:
  std::size_t column_;
};

/// Thread safety: one thread at a time.
class WebhookParser {
 public:
  /// Bytes after the end of every line that must be readable.
  static constexpr std::size_t kPadding = 64;

  WebhookParser();
  ~WebhookParser();
  WebhookParser(const WebhookParser&) = delete;
  WebhookParser& operator=(const WebhookParser&) = delete;

  /// Errors: WebhookError.
  const Webhook& parse(std::string_view line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::tool
