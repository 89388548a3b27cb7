// Reads workload files: one pattern, event or name a line, as `sluice generate` and its kin write
// them. A subscription's id is its 0-based line number.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/pattern.hpp"

namespace sluice::testkit {

/// The lines of one file, without their ends. Lifetime: the lines live as long as this.
class WorkloadFile {
 public:
  /// Errors: std::runtime_error that names the file which cannot be read.
  explicit WorkloadFile(const std::filesystem::path& path);
  WorkloadFile(const WorkloadFile&) = delete;
  WorkloadFile& operator=(const WorkloadFile&) = delete;

  std::size_t size() const noexcept { return lines_.size(); }
  std::string_view operator[](std::size_t line) const noexcept { return lines_[line]; }
  auto begin() const noexcept { return lines_.begin(); }
  auto end() const noexcept { return lines_.end(); }

  /// Every line as a Pattern. Errors: std::runtime_error that names file, line and column.
  std::vector<Pattern> patterns() const;

 private:
  std::filesystem::path path_;
  std::string text_;
  std::vector<std::string_view> lines_;
};

/// Where a text of the tenant workload belongs: its first segment is the scope, the rest the name.
struct ScopedText {
  std::string_view scope;
  std::string_view text;
};

/// Splits at the first dot. A text without one has the empty scope.
ScopedText split_scope(std::string_view line);

}  // namespace sluice::testkit
