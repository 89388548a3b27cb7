// Stream: NDJSON bytes in, matches out through match_stream, on 1 and 2 threads, beside decoding
// alone in the same run, which is what the stream could reach if matching cost nothing.
#include "sluice/stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/stage.hpp"
#include "bench/workload/shapes.hpp"

namespace sluice::bench {

namespace {

constexpr std::size_t kEventBytes = 500;
constexpr std::size_t kEvents = 100'000;

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : left_{text} {}
  std::size_t read(std::span<char> into) override {
    const std::size_t size = std::min(into.size(), left_.size());
    std::memcpy(into.data(), left_.data(), size);
    left_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view left_;
};

/// Takes the matches and writes nothing: what StreamStats counts is the answer.
class CountingSink : public MatchSink {
 public:
  void encode(const MatchedChunk&, std::string&) override {}
  bool write(std::string_view encoded, std::span<const RejectedEvent>) override {
    bytes_ += encoded.size();
    return true;
  }
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  std::uint64_t bytes_ = 0;
};

/// One NDJSON line for each event that matched.
class LineSink final : public CountingSink {
 public:
  void encode(const MatchedChunk& chunk, std::string& out) override {
    for (std::size_t i = 0; i < chunk.events.size(); ++i) {
      if (chunk.matches[i].empty()) continue;
      out += R"({"event_type":")";
      out += chunk.events[i].name;
      out += R"(","matches":[)";
      for (const SubscriptionId id : chunk.matches[i]) {
        append_number(static_cast<std::uint32_t>(id), out);
        out += ',';
      }
      out.back() = ']';
      out += "}\n";
    }
  }

 private:
  static void append_number(std::uint32_t number, std::string& out) {
    std::array<char, 10> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
  }
};

/// The text of a set's first events with room behind it for the decoder, and a loaded Matcher.
struct StreamInput {
  std::shared_ptr<const Workload> workload;
  std::string text;
  std::size_t events = 0;
  Matcher matcher;

  StreamInput(Stage& stage, std::string_view set) : workload{stage.workload(set)} {
    events = std::min(kEvents, workload->events().size());
    text = ndjson_events(std::span{workload->events()}.first(events), kEventBytes);
    text.reserve(text.size() + EventDecoder::kPadding);
    std::uint32_t id = 0;
    for (const Subscription& subscription : workload->subscriptions())
      matcher.put(SubscriptionId{id++}, subscription.scope, {&subscription.pattern, 1});
  }
};

/// The inputs of all sets, each made when it is first asked for.
class StreamInputs {
 public:
  explicit StreamInputs(Stage& stage) : stage_{stage} {}
  Stage& stage() const noexcept { return stage_; }
  const StreamInput& operator[](const std::string& set) {
    auto& input = inputs_[set];
    if (!input) input = std::make_unique<StreamInput>(stage_, set);
    return *input;
  }

 private:
  Stage& stage_;
  std::map<std::string, std::unique_ptr<StreamInput>> inputs_;
};

struct StreamCase {
  std::string set;
  unsigned threads;
  bool is_ordered;
  bool is_cached;
  bool has_output;
};

void report(benchmark::State& state, const StreamInput& input) {
  const auto runs = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(runs * static_cast<std::int64_t>(input.events));
  state.SetBytesProcessed(runs * static_cast<std::int64_t>(input.text.size()));
}

void run_stream(benchmark::State& state, StreamInputs& inputs, const StreamCase& stream) {
  const StreamInput& input = inputs[stream.set];
  const Tally exact = inputs.stage().expected(stream.set)->tally(0, input.events);
  StreamOptions options;
  options.threads = stream.threads;
  options.is_ordered = stream.is_ordered;
  if (!stream.is_cached) options.reader.cache_bytes = 0;
  std::uint64_t output_bytes = 0;
  for (auto _ : state) {
    TextSource source{input.text};
    CountingSink counting;
    LineSink lines;
    CountingSink& sink = stream.has_output ? lines : counting;
    const StreamStats stats = match_stream(input.matcher, source, sink, options);
    if (stats.rejected != 0 || Tally{stats.events, stats.matches, stats.id_sum} != exact)
      return state.SkipWithError("the stream's answers are wrong");
    output_bytes = sink.bytes();
  }
  report(state, input);
  state.counters["output_bytes_per_event"] =
      static_cast<double>(output_bytes) / static_cast<double>(input.events);
}

/// Decodes whole lines in chunks of the stream's size; gives the number of accepted events.
std::size_t decode_part(EventDecoder& decoder, std::string_view text) {
  std::size_t events = 0;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), StreamOptions{}.chunk_bytes);
    if (size < text.size()) size = text.rfind('\n', size - 1) + 1;
    events += decoder.decode_lines(text.substr(0, size)).events.size();
    text.remove_prefix(size);
  }
  return events;
}

void run_decode(benchmark::State& state, StreamInputs& inputs, const std::string& set,
                unsigned threads) {
  const StreamInput& input = inputs[set];
  std::vector<EventDecoder> decoders(threads);
  const std::string_view text = input.text;
  const std::size_t middle = threads == 1 ? text.size() : text.find('\n', text.size() / 2) + 1;
  for (auto _ : state) {
    std::size_t other_events = 0;
    std::jthread other;
    if (threads == 2)
      other = std::jthread{[&] { other_events = decode_part(decoders[1], text.substr(middle)); }};
    const std::size_t events = decode_part(decoders[0], text.substr(0, middle));
    if (other.joinable()) other.join();
    if (events + other_events != input.events)
      return state.SkipWithError("the decoder did not accept every event");
  }
  report(state, input);
}

using SharedInputs = std::shared_ptr<StreamInputs>;

void register_stream_case(const SharedInputs& inputs, const StreamCase& stream) {
  const std::string name = "Stream/" + stream.set +
                           "/match/cache:" + (stream.is_cached ? "on" : "off") +
                           "/output:" + (stream.has_output ? "matches" : "none") +
                           (stream.is_ordered ? "/ordered" : "/unordered") +
                           "/workers:" + std::to_string(stream.threads);
  benchmark::RegisterBenchmark(name.c_str(), [inputs, stream](benchmark::State& state) {
    run_stream(state, *inputs, stream);
  })->UseRealTime();
}

void register_decode_case(const SharedInputs& inputs, const std::string& set, unsigned threads) {
  const std::string name = "Stream/" + set + "/decode_alone/workers:" + std::to_string(threads);
  benchmark::RegisterBenchmark(name.c_str(), [inputs, set, threads](benchmark::State& state) {
    run_decode(state, *inputs, set, threads);
  })->UseRealTime();
}

}  // namespace

void register_stream(Stage& stage) {
  const auto inputs = std::make_shared<StreamInputs>(stage);
  for (const std::string set : {"w1", "w2u", "w3s"}) {
    for (const unsigned threads : {1U, 2U}) {
      register_decode_case(inputs, set, threads);
      for (const bool is_cached : {false, true}) {
        register_stream_case(inputs, {set, threads, true, is_cached, false});
        register_stream_case(inputs, {set, threads, true, is_cached, true});
      }
      if (threads > 1) register_stream_case(inputs, {set, threads, false, true, true});
    }
  }
}

}  // namespace sluice::bench
