// expect: a message that no compiler writes
#ifdef SLUICE_BAD_LINE
int answer = "42";
#endif
