// Invariants: I1 a published node is complete.
//             I2 a key never changes.
// Frees:      nothing.
