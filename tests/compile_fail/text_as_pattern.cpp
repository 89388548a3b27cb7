// Text reaches the Matcher only through the grammar.
// expect: (no matching|could not convert|cannot convert|no viable conversion|private)
#include "sluice/matcher.hpp"

bool subscribe(sluice::Matcher& matcher) {
#ifdef SLUICE_BAD_LINE
  return matcher.put(sluice::SubscriptionId{1}, "acme", {"order.*"});
#else
  return matcher.put(sluice::SubscriptionId{1}, "acme", {*sluice::Pattern::parse("order.*")});
#endif
}
