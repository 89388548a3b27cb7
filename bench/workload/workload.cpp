#include "bench/workload/workload.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace sluice::bench {

namespace {

template <class Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) take(line);
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::size_t line_count(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

std::pair<std::string_view, std::string_view> split_scope(std::string_view line, bool is_scoped) {
  if (!is_scoped) return {{}, line};
  const std::size_t dot = line.find('.');
  if (dot == std::string_view::npos)
    throw std::runtime_error{"no scope in the line '" + std::string{line} + "'"};
  return {line.substr(0, dot), line.substr(dot + 1)};
}

std::filesystem::path subscription_file(const std::filesystem::path& directory,
                                        std::string_view set) {
  // "w2u" and "w2z" are two streams of events for the subscriptions of "w2".
  return directory / (std::string{set.substr(0, 2)} + ".subs");
}

std::filesystem::path event_file(const std::filesystem::path& directory, std::string_view set) {
  return directory / (std::string{flat_set(set)} + ".events");
}

}  // namespace

Workload::Workload(const std::filesystem::path& directory, std::string_view set)
    : Workload{read_text(subscription_file(directory, set)), read_text(event_file(directory, set)),
               set != flat_set(set)} {}

Workload::Workload(std::string subscription_lines, std::string event_lines, bool is_scoped)
    : subscription_lines_{std::move(subscription_lines)}, event_lines_{std::move(event_lines)} {
  // Exact sizes: what growing vectors leave behind would hide in the memory of an index.
  subscriptions_.reserve(line_count(subscription_lines_));
  events_.reserve(line_count(event_lines_));
  for_each_line(subscription_lines_, [&](std::string_view line) {
    const auto [scope, text] = split_scope(line, is_scoped);
    const Result<Pattern> pattern = Pattern::parse(text);
    if (!pattern) throw std::runtime_error{"bad pattern '" + std::string{line} + "'"};
    subscriptions_.push_back({scope, *pattern});
  });
  for_each_line(event_lines_, [&](std::string_view line) {
    const auto [scope, name] = split_scope(line, is_scoped);
    if (check_event_name(name).code != ErrorCode::none)
      throw std::runtime_error{"bad event name '" + std::string{line} + "'"};
    events_.push_back({name, scope});
  });
  if (subscriptions_.empty() || events_.empty()) throw std::runtime_error{"the workload is empty"};
}

std::string_view flat_set(std::string_view set) { return set == "w3s" ? set.substr(0, 2) : set; }

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::string text(in ? std::filesystem::file_size(file) : 0, '\0');
  if (!in || !in.read(text.data(), static_cast<std::streamsize>(text.size())))
    throw std::runtime_error{"cannot read " + file.string()};
  return text;
}

}  // namespace sluice::bench
