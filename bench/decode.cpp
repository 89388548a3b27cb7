// Decode: NDJSON lines to events, fully validated, beside what bounds it in the same run: reading
// the bytes at all (memcpy, memchr), simdjson's first stage alone, its DOM, which validates as
// much, and On-Demand reading two fields, which does not.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/stage.hpp"
#include "bench/workload/json_events.hpp"
#include "sluice/event.hpp"

namespace sluice::bench {

void register_decode(Stage& stage);

namespace {

constexpr std::size_t kTextBytes = std::size_t{1} << 19U;
constexpr std::size_t kChunkBytes = std::size_t{1} << 16U;

struct DecodeInput {
  JsonEvents events;
  std::vector<std::string_view> chunks;

  DecodeInput(EventShape shape, std::size_t event_bytes, std::uint64_t seed)
      : events(shape, event_bytes, kTextBytes, seed), chunks(events.chunks(kChunkBytes)) {}
};

/// Each way to take the text's lines, as one pass that says how many it took.
template <EventFields kFields>
class SluicePass {
 public:
  std::size_t operator()(const DecodeInput& input) {
    std::size_t events = 0;
    for (const std::string_view chunk : input.chunks)
      events += decoder_.decode_lines(chunk).events.size();
    return events;
  }

 private:
  EventDecoder decoder_{{}, kFields};
};

class Stage1Pass {
 public:
  Stage1Pass() {
    const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
        2 * kTextBytes, simdjson::DEFAULT_MAX_DEPTH, parser_);
    if (error != simdjson::SUCCESS) throw simdjson::simdjson_error(error);
  }

  std::size_t operator()(const DecodeInput& input) {
    for (const std::string_view chunk : input.chunks) {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(chunk.data());
      if (parser_->stage1(bytes, chunk.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS)
        return 0;
    }
    return input.events.lines().size();
  }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
};

class DomPass {
 public:
  std::size_t operator()(const DecodeInput& input) {
    std::size_t events = 0;
    simdjson::dom::element root;
    std::string_view name;
    for (const std::string_view line : input.events.lines()) {
      if (parser_.parse(line.data(), line.size(), false).get(root) != simdjson::SUCCESS) continue;
      if (root["event_type"].get(name) == simdjson::SUCCESS) ++events;
    }
    return events;
  }

 private:
  simdjson::dom::parser parser_;
};

class OnDemandPass {
 public:
  std::size_t operator()(const DecodeInput& input) {
    std::size_t events = 0;
    std::string_view name;
    std::string_view organization;
    for (const std::string_view line : input.events.lines()) {
      simdjson::ondemand::document event;
      const std::size_t room = line.size() + simdjson::SIMDJSON_PADDING;
      if (parser_.iterate(line.data(), line.size(), room).get(event) != simdjson::SUCCESS) continue;
      if (event["event_type"].get(name) == simdjson::SUCCESS &&
          event["organization"].get(organization) == simdjson::SUCCESS)
        ++events;
    }
    return events;
  }

 private:
  simdjson::ondemand::parser parser_;
};

class MemcpyPass {
 public:
  std::size_t operator()(const DecodeInput& input) {
    copy_.resize(input.events.text().size());
    std::memcpy(copy_.data(), input.events.text().data(), copy_.size());
    benchmark::DoNotOptimize(copy_.data());
    benchmark::ClobberMemory();
    return input.events.lines().size();
  }

 private:
  std::string copy_;
};

class MemchrPass {
 public:
  std::size_t operator()(const DecodeInput& input) {
    std::size_t lines = 0;
    for (std::string_view left = input.events.text();;) {
      const void* newline = std::memchr(left.data(), '\n', left.size());
      if (newline == nullptr) return lines;
      left.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(newline) - left.data()) +
                         1);
      ++lines;
    }
  }
};

/// Whether the decoder says of every line what DOM says of it.
bool is_right(const DecodeInput& input) {
  EventDecoder decoder;
  const DecodedEvents decoded = decoder.decode_lines(input.events.text());
  const std::vector<std::string_view>& lines = input.events.lines();
  if (decoded.events.size() != lines.size()) return false;
  simdjson::dom::parser parser;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    simdjson::dom::element root;
    std::string_view name;
    std::string_view organization;
    if (parser.parse(lines[i].data(), lines[i].size()).get(root) != simdjson::SUCCESS ||
        root["event_type"].get(name) != simdjson::SUCCESS ||
        root["organization"].get(organization) != simdjson::SUCCESS)
      return false;
    const Event& event = decoded.events[i];
    if (event.name != name || event.organization != organization || event.json != lines[i] ||
        event.line != i + 1)
      return false;
  }
  return true;
}

template <class Pass>
void run(benchmark::State& state, const DecodeInput& input) {
  if (!is_right(input)) return state.SkipWithError("the decoder and DOM differ");
  Pass pass;
  const std::size_t expected = input.events.lines().size();
  std::size_t events = 0;
  for (auto _ : state) events += pass(input);
  const auto passes = static_cast<std::size_t>(state.iterations());
  if (events != passes * expected) return state.SkipWithError("an event was lost while timing");
  state.SetItemsProcessed(static_cast<std::int64_t>(events));
  state.SetBytesProcessed(static_cast<std::int64_t>(passes * input.events.text().size()));
}

template <class Pass>
void register_pass(const std::string& name, std::shared_ptr<const DecodeInput> input) {
  benchmark::RegisterBenchmark(name.c_str(), [input](benchmark::State& state) {
    run<Pass>(state, *input);
  })->UseRealTime();
}

}  // namespace

void register_decode(Stage& stage) {
  for (const EventShape shape : {EventShape::regular, EventShape::irregular}) {
    for (const std::size_t bytes : {200U, 500U, 1'024U, 4'096U, 65'536U}) {
      const auto input = std::make_shared<const DecodeInput>(shape, bytes, stage.options().seed);
      const std::string suffix = std::string{shape == EventShape::regular ? "" : "/irregular"} +
                                 "/bytes:" + std::to_string(bytes);
      register_pass<SluicePass<EventFields::matching>>("Decode/sluice" + suffix, input);
      register_pass<SluicePass<EventFields::ingest>>("Decode/sluice_for_ingest" + suffix, input);
      register_pass<Stage1Pass>("Decode/simdjson_stage1_only" + suffix, input);
      register_pass<DomPass>("Decode/simdjson_dom" + suffix, input);
      register_pass<OnDemandPass>("Decode/simdjson_on_demand_two_fields" + suffix, input);
      register_pass<MemcpyPass>("Decode/memcpy" + suffix, input);
      register_pass<MemchrPass>("Decode/memchr_lines" + suffix, input);
    }
  }
}

}  // namespace sluice::bench
