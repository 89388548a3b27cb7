// A Reader belongs to one thread, so it cannot be copied to another.
// expect: (deleted function|deleted constructor)
#include "sluice/matcher.hpp"

void read(const sluice::Matcher& matcher) {
  sluice::Reader reader{matcher};
#ifdef SLUICE_BAD_LINE
  sluice::Reader copy{reader};
#endif
}
