// Chunks of a body, as they came, become runs of whole lines for the decoder: unzipped, taken out of
// their array, or put together from header fields and data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/body_format.hpp"
#include "ingest/chunk.hpp"
#include "ingest/cloud_event.hpp"
#include "ingest/gzip_reader.hpp"
#include "ingest/json_lines.hpp"
#include "ingest/line_feed.hpp"

namespace sluice::ingest {

/// Thread safety: one thread at a time. Lifetime: `pool` outlives it.
class BodyText {
 public:
  enum class Found : std::uint8_t {
    lines,     // a run of whole lines; EventDecoder::kPadding readable bytes follow them
    too_long,  // a line that no event can be as long as was dropped
    more,      // nothing yet: ask again
    starved,   // nothing until put()
    end        // nothing more, and fault() says why if that is not the body's own end
  };

  /// What a line may have beside its event: blanks.
  static constexpr std::size_t kBlanksOfLine = 4096;

  /// `binary`: of BodyFormat::cloud_event_binary. Errors: std::bad_alloc.
  BodyText(BodyFormat format, BodyCoding coding, std::optional<BinaryCloudEvent> binary,
           std::size_t event_bytes, ChunkPool& pool);
  ~BodyText();
  BodyText(const BodyText&) = delete;
  BodyText& operator=(const BodyText&) = delete;

  static constexpr std::size_t max_line_bytes(std::size_t event_bytes) noexcept {
    return event_bytes + kBlanksOfLine;
  }

  /// The next bytes of the body, after next() said `starved`. A chunk that is not the only one has
  /// max_line_bytes() of room in front.
  void put(Chunk chunk, bool is_last);

  /// What comes next. The work of one call is bounded by the size of a chunk. `lines` live until
  /// the next call. Errors: std::bad_alloc.
  Found next(std::string_view& lines);

  /// Of a JSON body, else null.
  JsonLines* json() noexcept { return json_ ? &*json_ : nullptr; }
  const Fault* fault() const noexcept { return fault_ ? &*fault_ : nullptr; }

 private:
  void load();
  void unzip();
  void gather();
  void end_with(const Fault& fault) noexcept;
  void drop_piece() noexcept;

  const std::size_t event_bytes_;
  ChunkPool& pool_;
  std::optional<GzipReader> gzip_;
  std::optional<JsonLines> json_;
  std::optional<BinaryCloudEvent> binary_;
  LineFeed feed_;
  std::optional<Chunk> input_;
  std::string_view input_rest_;  // of a zipped input
  std::optional<Chunk> piece_;   // what feed_ cuts
  std::string data_;             // of a binary CloudEvent
  bool is_input_last_ = false;
  bool is_piece_last_ = false;
  bool has_ended_ = false;
  std::optional<Fault> fault_;
};

}  // namespace sluice::ingest
