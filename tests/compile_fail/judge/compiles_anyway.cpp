// expect: error
#ifdef SLUICE_BAD_LINE
int answer = 42;
#endif
