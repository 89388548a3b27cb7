#include "delivery/recipient_outcomes.hpp"

#include <algorithm>

#include "delivery/sender.hpp"

namespace sluice::delivery {
namespace {

constexpr std::size_t kErrorBytes = 300;
constexpr char kAccepted = '+';
constexpr char kRefused = '-';

/// One line of at most kErrorBytes, not ending within a character of UTF-8.
std::string line_of(std::string_view error) {
  std::size_t bytes = std::min(error.size(), kErrorBytes);
  while (bytes < error.size() && bytes > 0 &&
         (static_cast<unsigned char>(error[bytes]) & 0xC0U) == 0x80U)
    --bytes;
  std::string line(error.substr(0, bytes));
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

RecipientOutcomes RecipientOutcomes::parse(std::string_view text) {
  RecipientOutcomes outcomes;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.size() < 2) continue;
    const std::size_t blank = line.find(' ');
    const std::string_view recipient = line.substr(1, blank == line.npos ? blank : blank - 1);
    if (line.front() == kAccepted) outcomes.accept(recipient);
    if (line.front() == kRefused)
      outcomes.refuse(recipient, blank == line.npos ? "" : line.substr(blank + 1));
  }
  return outcomes;
}

std::string RecipientOutcomes::to_text() const {
  std::string text;
  for (const auto& [recipient, error] : errors_) {
    text += error.empty() ? kAccepted : kRefused;
    text += recipient;
    if (!error.empty()) text += ' ' + error;
    text += '\n';
  }
  return text;
}

void RecipientOutcomes::accept(std::string_view recipient) {
  errors_.insert_or_assign(std::string(recipient), std::string());
}

void RecipientOutcomes::refuse(std::string_view recipient, std::string_view error) {
  errors_.insert_or_assign(std::string(recipient), error.empty() ? "refused" : line_of(error));
}

std::string RecipientOutcomes::accepted_of(std::string_view text) {
  RecipientOutcomes outcomes = parse(text);
  std::erase_if(outcomes.errors_, [](const auto& each) { return !each.second.empty(); });
  return outcomes.to_text();
}

void RecipientOutcomes::judge(std::span<const std::string> recipients, const Errors& pending,
                              Verdict& verdict) const {
  std::string errors;
  std::size_t accepted = 0;
  bool is_pending = false;
  const auto add = [&errors](const std::string& recipient, const std::string& error) {
    if (!errors.empty()) errors += "; ";
    errors += recipient + ": " + error;
  };
  for (const std::string& recipient : recipients) {
    const auto settled = errors_.find(recipient);
    if (settled == errors_.end()) {
      is_pending = true;
      if (const auto error = pending.find(recipient); error != pending.end())
        add(recipient, error->second);
    } else if (settled->second.empty()) {
      ++accepted;
    } else {
      add(recipient, settled->second);
    }
  }
  if (accepted != 0 && accepted != recipients.size())
    errors += (errors.empty() ? "" : "; ") + std::to_string(accepted) + " of " + std::to_string(recipients.size()) +
              " have it, and do not get it again";
  const bool has_failed = !is_pending && accepted != recipients.size();
  verdict.decision = is_pending   ? Decision::retry
                     : has_failed ? Decision::permanent
                                  : Decision::delivered;
  verdict.error = std::move(errors);
  verdict.recipients = to_text();
}

}  // namespace sluice::delivery
