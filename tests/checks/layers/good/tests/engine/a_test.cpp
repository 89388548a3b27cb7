#include "sluice/a.hpp"
