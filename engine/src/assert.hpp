// SLUICE_ASSERT: our own preconditions. Checked in debug builds; undefined when violated in
// release.
#pragma once

#include <cassert>

#define SLUICE_ASSERT(condition) assert(condition)
