#include "support/workload.hpp"

#include <fstream>
#include <stdexcept>

namespace sluice::testkit {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string text(file ? static_cast<std::size_t>(file.tellg()) : 0, '\0');
  file.seekg(0);
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    throw std::runtime_error("cannot read " + path.string());
  }
  return text;
}

}  // namespace

WorkloadFile::WorkloadFile(const std::filesystem::path& path)
    : path_(path), text_(read_file(path)) {
  std::string_view rest = text_;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    lines_.push_back(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

std::vector<Pattern> WorkloadFile::patterns() const {
  std::vector<Pattern> parsed;
  parsed.reserve(lines_.size());
  for (const std::string_view line : lines_) {
    const Result<Pattern> pattern = Pattern::parse(line);
    if (!pattern) {
      throw std::runtime_error(path_.string() + ':' + std::to_string(parsed.size() + 1) + ':' +
                               std::to_string(pattern.error().offset + 1) + ": " +
                               std::string{describe(pattern.error().code)});
    }
    parsed.push_back(*pattern);
  }
  return parsed;
}

ScopedText split_scope(std::string_view line) {
  const std::size_t dot = line.find('.');
  if (dot == std::string_view::npos) return {"", line};
  return {line.substr(0, dot), line.substr(dot + 1)};
}

}  // namespace sluice::testkit
