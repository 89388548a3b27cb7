// Invariants: I1 another thing.
