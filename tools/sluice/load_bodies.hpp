// The NDJSON bodies that `sluice load` posts, made before the clock starts.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::tool {

/// Made-up events of about `event_bytes` each, whose types are taken by turns.
std::vector<std::string> made_up_bodies(const std::vector<std::string>& event_types,
                                        std::size_t batch, std::size_t event_bytes);

/// The lines of a file, `batch` to a body; the last body may hold fewer. Errors: Failure.
std::vector<std::string> bodies_of_file(const std::string& path, std::size_t batch);

}  // namespace sluice::tool
