#include <vector>
#include <simdjson.h>
