// Invariants: I1 of a.hpp.
#pragma once
