#include "delivery/progress_writer.hpp"

#include <algorithm>

#include "delivery/webhook_entry.hpp"

namespace sluice::delivery {

void ProgressWriter::touch(DeliveryChannel& channel) {
  has_news_ = true;
  if (channel.has_new_progress) return;
  channel.has_new_progress = true;
  changed_.push_back(&channel);
}

void ProgressWriter::erase(DeliveryChannel& channel) {
  if (channel.has_new_progress) std::erase(changed_, &channel);
  channel.has_new_progress = false;
  erase(channel.webhook().number, channel.number());
}

void ProgressWriter::erase(std::uint32_t webhook, std::uint32_t channel) {
  ChannelProgress entry;
  entry.webhook = webhook;
  entry.channel = channel;
  entry.is_idle = true;
  erased_.push_back(entry);
  has_news_ = true;
}

std::error_code ProgressWriter::flush(journal::Sequence fed_below,
                                      journal::Sequence feed_position) {
  entries_ = erased_;
  for (DeliveryChannel* channel : changed_) {
    entries_.push_back(channel->progress(feed_position));
    // An idle channel needs no entry; but as long as the feed's position lags behind what the
    // channel has seen, its entry keeps it from seeing that again.
    ChannelProgress& entry = entries_.back();
    channel->has_new_progress = entry.is_idle && entry.frontier > fed_below;
    if (channel->has_new_progress) entry.is_idle = false;
  }
  const std::error_code error = store_.write(entries_, fed_below);
  if (error) {
    for (DeliveryChannel* channel : changed_) channel->has_new_progress = true;
    return error;
  }
  has_news_ = false;
  written_fed_below_ = fed_below;
  erased_.clear();
  std::erase_if(changed_,
                [](const DeliveryChannel* channel) { return !channel->has_new_progress; });
  return {};
}

}  // namespace sluice::delivery
