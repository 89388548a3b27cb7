#include "load_bodies.hpp"

#include <algorithm>
#include <fstream>

#include "exit_code.hpp"
#include "json_text.hpp"

namespace sluice::tool {
namespace {

constexpr std::size_t kBodies = 16;  // so that types of several bodies differ
constexpr std::size_t kFileLimit = std::size_t{1} << 30U;

void append_event(std::string& body, const std::string& event_type, std::size_t number,
                  std::size_t event_bytes) {
  const std::size_t begin = body.size();
  body += R"({"event_type":)";
  append_quoted(body, event_type);
  body += R"(,"occurred_at":"2026-01-01T00:00:00Z","namespace_id":"ns_load","subject":{"type":)"
          R"("object","id":"obj_)";
  append_number(body, number);
  body += R"("},"metadata":{"source":"sluice load","padding":")";
  const std::size_t used = body.size() - begin + 4;
  body.append(event_bytes > used ? event_bytes - used : 0, 'x');
  body += "\"}}\n";
}

}  // namespace

std::vector<std::string> made_up_bodies(const std::vector<std::string>& event_types,
                                        std::size_t batch, std::size_t event_bytes) {
  std::vector<std::string> bodies(kBodies);
  std::size_t number = 0;
  for (std::string& body : bodies) {
    for (std::size_t i = 0; i < batch; ++i, ++number)
      append_event(body, event_types[number % event_types.size()], number, event_bytes);
  }
  return bodies;
}

std::vector<std::string> bodies_of_file(const std::string& path, std::size_t batch) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure(ExitCode::failed, path + ": cannot be read");
  std::vector<std::string> bodies;
  std::string line;
  std::size_t bytes = 0;
  for (std::size_t lines = 0; std::getline(file, line); ++lines) {
    if (lines % batch == 0) bodies.emplace_back();
    bodies.back() += line + '\n';
    bytes += line.size() + 1;
    if (bytes > kFileLimit)
      throw Failure(ExitCode::bad_usage, path + ": larger than 1 GiB, which is kept in memory");
  }
  if (bodies.empty()) throw Failure(ExitCode::bad_usage, path + ": holds no event");
  return bodies;
}

}  // namespace sluice::tool
