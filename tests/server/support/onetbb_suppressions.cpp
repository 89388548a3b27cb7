// oneTBB hands a task from thread to thread by means that ThreadSanitizer does not see, as the library
// is not instrumented. Only what a task itself is made of is suppressed. For tests of what uses
// ingest/workshop.hpp.

extern "C" const char* __tsan_default_suppressions();

extern "C" const char* __tsan_default_suppressions() { return "race_top:enqueue_task\n"; }
