// A bare number is not a SubscriptionId: counts and ids cannot be mixed up.
// expect: (cannot convert|cannot initialize)
#include "sluice/matcher.hpp"

bool remove_one(sluice::Matcher& matcher) {
#ifdef SLUICE_BAD_LINE
  return matcher.remove(1);
#else
  return matcher.remove(sluice::SubscriptionId{1});
#endif
}
