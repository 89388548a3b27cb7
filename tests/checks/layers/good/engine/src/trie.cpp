#include "sluice/a.hpp"
#include <simdjson.h>
