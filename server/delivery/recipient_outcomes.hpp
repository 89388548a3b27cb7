// What has become of each recipient of a delivery that goes to several, such as a mail or a short
// message: kept with the delivery between its attempts, so that a later one goes to those alone who
// surely got nothing, after a restart too.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace sluice::delivery {

struct Verdict;

/// Recipients are addresses or numbers, without blanks. Regular value. Thread safety: none.
class RecipientOutcomes {
 public:
  using Errors = std::map<std::string, std::string, std::less<>>;  // by recipient

  /// What to_text() made; of any other text, the lines that make sense.
  static RecipientOutcomes parse(std::string_view text);
  /// A line for each recipient that is settled; the dispatcher and the store do not look into it.
  std::string to_text() const;

  /// It took the message, or may have: nothing is sent to it again.
  void accept(std::string_view recipient);
  void refuse(std::string_view recipient, std::string_view error);
  bool is_settled(std::string_view recipient) const { return errors_.contains(recipient); }

  /// The same without those that were refused, for somebody who wants them tried once more.
  static std::string accepted_of(std::string_view text);

  /// Sets decision, error and recipients of an attempt to reach `recipients`; `pending` are the
  /// errors of those that it did not reach and that can be tried again. Delivered: all have accepted.
  void judge(std::span<const std::string> recipients, const Errors& pending,
             Verdict& verdict) const;

 private:
  Errors errors_;  // of those that are settled; empty: accepted
};

}  // namespace sluice::delivery
