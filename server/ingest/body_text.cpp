#include "ingest/body_text.hpp"

#include <utility>

namespace sluice::ingest {
namespace {

std::optional<JsonLines::Accepts> json_of(BodyFormat format) noexcept {
  switch (format) {
    case BodyFormat::json: return JsonLines::Accepts::any;
    case BodyFormat::cloud_event: return JsonLines::Accepts::object;
    case BodyFormat::cloud_event_batch: return JsonLines::Accepts::array;
    case BodyFormat::ndjson:
    case BodyFormat::cloud_event_binary: break;
  }
  return std::nullopt;
}

}  // namespace

BodyText::BodyText(BodyFormat format, BodyCoding coding, std::optional<BinaryCloudEvent> binary,
                   std::size_t event_bytes, ChunkPool& pool)
    : event_bytes_(event_bytes),
      pool_(pool),
      binary_(std::move(binary)),
      feed_(max_line_bytes(event_bytes)) {
  if (coding == BodyCoding::gzip) gzip_.emplace();
  if (const auto accepts = json_of(format)) json_.emplace(*accepts);
  if (!binary_) return;
  if (const std::optional<Fault> fault = binary_->fault()) end_with(*fault);
}

BodyText::~BodyText() {
  drop_piece();
  if (input_) pool_.give_back(*std::exchange(input_, std::nullopt));
}

void BodyText::put(Chunk chunk, bool is_last) {
  input_ = std::move(chunk);
  input_rest_ = input_->text();
  is_input_last_ = is_last;
}

BodyText::Found BodyText::next(std::string_view& lines) {
  switch (feed_.next(lines)) {
    case LineFeed::Found::lines: return Found::lines;
    case LineFeed::Found::too_long: return Found::too_long;
    case LineFeed::Found::nothing: break;
  }
  drop_piece();
  if (has_ended_) return Found::end;
  if (!input_) return Found::starved;
  load();
  return Found::more;
}

/// Makes a piece of what was put.
void BodyText::load() {
  if (gzip_) {
    unzip();
  } else {
    piece_ = std::exchange(input_, std::nullopt);
    is_piece_last_ = is_input_last_;
  }
  if (binary_) gather();
  Chunk& piece = *piece_;
  if (json_) {
    piece.set_size(json_->rewrite(piece.data(), piece.size()));
    if (is_piece_last_) json_->finish();
  }
  if (is_piece_last_) {
    // The decoder takes lines that are terminated without copying them.
    if (!piece.text().ends_with('\n')) piece.terminate();
    has_ended_ = true;
  }
  feed_.begin(piece.data(), piece.size(), is_piece_last_);
}

void BodyText::unzip() {
  piece_ = pool_.take();
  const std::size_t bytes = gzip_->read(input_rest_, piece_->free_part());
  piece_->set_size(bytes);
  // A full piece may not be all that the input gives.
  const bool is_used_up = input_rest_.empty() && piece_->room() != 0;
  is_piece_last_ = is_used_up && is_input_last_ && gzip_->is_whole();
  if (gzip_->is_bad() || (is_used_up && is_input_last_ && !gzip_->is_whole())) end_with(kBadGzip);
  if (is_used_up || has_ended_) pool_.give_back(*std::exchange(input_, std::nullopt));
}

/// Gathers the data of a binary CloudEvent, which becomes the only line.
void BodyText::gather() {
  data_.append(piece_->text());
  piece_->set_size(0);
  if (data_.size() > event_bytes_) return end_with(kTooLarge);
  if (!is_piece_last_) return;
  const std::optional<std::string> event = binary_->with_data(std::move(data_));
  if (!event) return end_with(kBadData);
  drop_piece();
  piece_ = Chunk{0, event->size()};
  piece_->take(*event);
}

/// The body is over, whatever comes. Whole lines that have been found still count.
void BodyText::end_with(const Fault& fault) noexcept {
  fault_ = fault;
  has_ended_ = true;
  is_piece_last_ = false;
}

void BodyText::drop_piece() noexcept {
  if (piece_) pool_.give_back(*std::exchange(piece_, std::nullopt));
}

}  // namespace sluice::ingest
