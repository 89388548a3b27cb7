// Header lines, serialised once. It is the only way for a header to reach the wire, and it takes
// nothing that could end a line early: no event or setting can inject a header or a second request.
#pragma once

#include <string>
#include <string_view>

namespace sluice::delivery {

class HeaderBlock {
 public:
  /// Adds `name: value`. False, and nothing is added: the name is no token (RFC 9110 section 5.6.2)
  /// or one that frames the message and is the client's own (see is_reserved), or the value holds a
  /// control character other than a tab. Blanks around the value are dropped.
  bool add(std::string_view name, std::string_view value);

  /// Whether the client sets this header itself: host, content-length, transfer-encoding,
  /// connection and their kin. Any case.
  static bool is_reserved(std::string_view name) noexcept;

  void reserve(std::size_t bytes) { lines_.reserve(bytes); }
  void clear() noexcept { lines_.clear(); }
  /// Lines that each end in CR LF.
  const std::string& lines() const noexcept { return lines_; }

 private:
  std::string lines_;
};

}  // namespace sluice::delivery
