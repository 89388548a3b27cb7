// Invariants: I1 a published node is complete.
// Frees:      nothing, I2 is not stated here.
#pragma once
