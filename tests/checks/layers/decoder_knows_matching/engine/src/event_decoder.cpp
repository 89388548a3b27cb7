#include "sluice/matcher.hpp"
