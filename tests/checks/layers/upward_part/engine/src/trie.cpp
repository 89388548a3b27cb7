#include "matcher_impl.hpp"
