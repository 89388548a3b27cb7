// Invariants: I1 one thing.
