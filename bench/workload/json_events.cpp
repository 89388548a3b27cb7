#include "bench/workload/json_events.hpp"

#include <algorithm>
#include <random>

namespace sluice::bench {
namespace {

constexpr std::size_t kRoomBehind = 256;

class EventMaker {
 public:
  EventMaker(EventShape shape, std::size_t event_bytes, std::uint64_t seed)
      : shape_(shape), event_bytes_(event_bytes), random_(seed) {}

  std::string make() {
    std::vector<std::string> fields = {
        R"("event_id":"evt_)" + hex(24) + '"',
        R"("event_type":")" + std::string{kNames[below(std::size(kNames))]} + '"',
        R"("organization":"org_)" + hex(10) + '"',
        R"("occurred_at":"2025-12-01T10:15:)" + std::to_string(10 + below(50)) + R"(Z")",
        R"("namespace_id":"ns_)" + hex(12) + '"',
    };
    if (event_bytes_ > 300)
      fields.push_back(R"("subject":{"type":"object","id":"obj_)" + hex(16) + R"("})");
    std::size_t bytes = 2;
    for (const std::string& field : fields) bytes += field.size() + 1;
    fields.push_back(metadata(bytes));
    if (shape_ == EventShape::irregular) std::shuffle(fields.begin(), fields.end(), random_);
    std::string event;
    for (const std::string& field : fields) event += (event.empty() ? '{' : ',') + field;
    return event + '}';
  }

 private:
  static constexpr std::string_view kNames[] = {"object.created",
                                                "object.updated",
                                                "collection.documents.written",
                                                "cluster.execution.completed",
                                                "trigger.fired",
                                                "alert.triggered"};

  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  std::string hex(std::size_t digits) {
    std::string text;
    while (text.size() < digits) text += "0123456789abcdef"[below(16)];
    return text;
  }

  /// What fills an event of `used` bytes up to its size.
  std::string metadata(std::size_t used) {
    std::string json = R"("metadata":{)";
    for (std::size_t i = 0; used + json.size() + 60 < event_bytes_; ++i)
      json += entry(shape_ == EventShape::regular ? i : random_()) + ',';
    const std::size_t end = used + json.size() + 10;
    return json + R"("pad":")" + hex(end < event_bytes_ ? event_bytes_ - end : 0) + "\"}";
  }

  std::string entry(std::size_t kind) {
    switch (kind % 8) {
      case 0: return "\"count_" + hex(3) + "\":" + std::to_string(below(100'000));
      case 1: return "\"text_" + hex(2) + R"(":"some words that go on )" + hex(below(30)) + '"';
      case 2: return "\"flag_" + hex(2) + "\":" + (below(2) == 0 ? "true" : "false");
      case 3: return R"("ratio":)" + std::to_string(static_cast<double>(below(1'000'000)) / 1e3);
      case 4: return R"("tags":["alpha","beta",")" + hex(8) + "\"]";
      case 5: return R"("owner":{"id":"usr_)" + hex(12) + R"(","kind":"user"})";
      case 6: return R"("parent":null)";
      default: return R"("url":"https://example.com/)" + hex(16) + '"';
    }
  }

  const EventShape shape_;
  const std::size_t event_bytes_;
  std::mt19937_64 random_;
};

}  // namespace

JsonEvents::JsonEvents(EventShape shape, std::size_t event_bytes, std::size_t total_bytes,
                       std::uint64_t seed) {
  EventMaker maker{shape, event_bytes, seed};
  std::vector<std::size_t> sizes;
  while (text_.size() < total_bytes) {
    const std::string event = maker.make();
    sizes.push_back(event.size());
    text_ += event + '\n';
  }
  text_.reserve(text_.size() + kRoomBehind);
  std::string_view left = text_;
  for (const std::size_t size : sizes) {
    lines_.push_back(left.substr(0, size));
    left.remove_prefix(size + 1);
  }
}

std::vector<std::string_view> JsonEvents::chunks(std::size_t bytes) const {
  std::vector<std::string_view> pieces;
  std::string_view left = text_;
  while (!left.empty()) {
    const std::size_t newline = left.find('\n', std::min(bytes, left.size()) - 1);
    pieces.push_back(left.substr(0, newline == left.npos ? newline : newline + 1));
    left.remove_prefix(pieces.back().size());
  }
  return pieces;
}

}  // namespace sluice::bench
