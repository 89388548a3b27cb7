#include "server/journal/crash_oracle.hpp"

#include <algorithm>

namespace sluice::testkit {

std::vector<std::uint32_t> CrashOracle::duplicates_in(const Submission& submission) const {
  std::vector<std::uint32_t> duplicates;
  std::set<std::string> own;
  for (std::uint32_t i = 0; i < submission.events.size(); ++i) {
    const std::string& id = submission.events[i].id;
    if (id.empty()) continue;
    if (ids_.contains({submission.organisation, id}) || !own.insert(id).second)
      duplicates.push_back(i);
  }
  return duplicates;
}

std::string CrashOracle::learn(const Submission& submission) {
  const auto duplicates = duplicates_in(submission);
  if (submission.answer.duplicates != duplicates) return "the wrong events are called duplicates";
  const bool has_record = duplicates.size() < submission.events.size();
  if (!has_record) return submission.answer.first == 0 ? "" : "a batch of duplicates has a record";
  if (submission.answer.first != newest() + 1) return "events are not numbered one by one";
  for (std::size_t i = 0; i < submission.events.size(); ++i) {
    const GivenEvent& event = submission.events[i];
    const bool is_duplicate = std::ranges::binary_search(duplicates, i);
    const journal::Sequence sequence = submission.answer.first + i;
    events_[sequence] = {sequence, submission.organisation, event, is_duplicate};
    if (!event.id.empty()) ids_.emplace(submission.organisation, event.id);
  }
  return "";
}

std::string CrashOracle::learn(const std::vector<Submission>& submissions) {
  for (const Submission& submission : submissions) {
    if (submission.is_answered && !submission.answer.error) {
      if (std::string wrong = learn(submission); !wrong.empty()) return wrong;
    } else {
      for (const GivenEvent& event : submission.events)
        unacknowledged_[event.json] = {submission.organisation, event};
    }
  }
  return "";
}

std::string CrashOracle::compare(const std::vector<SeenEvent>& seen, journal::Sequence oldest) {
  journal::Sequence next = oldest;
  for (const SeenEvent& event : seen) {
    const std::string name = "event " + std::to_string(event.sequence);
    if (event.sequence != next) return name + " is there instead of " + std::to_string(next);
    ++next;
    if (const auto known = events_.find(event.sequence); known != events_.end()) {
      if (!(known->second == event))
        return name + " is not what was acknowledged: " + event.event.json.substr(0, 20) +
               " instead of " + known->second.event.json.substr(0, 20);
      continue;
    }
    const auto submitted = unacknowledged_.find(event.event.json);
    if (submitted == unacknowledged_.end() ||
        submitted->second != std::pair(event.organisation, event.event))
      return name + " was never submitted";
    events_[event.sequence] = event;
    if (!event.event.id.empty()) ids_.emplace(event.organisation, event.event.id);
    unacknowledged_.erase(submitted);
  }
  if (next <= newest()) return "event " + std::to_string(next) + " was acknowledged and is lost";
  return "";
}

void CrashOracle::forget_from(journal::Sequence sequence) {
  for (auto at = events_.lower_bound(sequence); at != events_.end(); at = events_.erase(at)) {
    unacknowledged_[at->second.event.json] = {at->second.organisation, at->second.event};
    if (!at->second.is_duplicate) ids_.erase({at->second.organisation, at->second.event.id});
  }
}

}  // namespace sluice::testkit
