# Writes build_commit.hpp with what only the moment of the build knows. Run as a script at every
# build; the file is left alone when nothing has changed, so that nothing is rebuilt.
execute_process(COMMAND git -C ${SOURCE_DIR} rev-parse --short=12 HEAD
                OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit none)
endif()
execute_process(COMMAND git -C ${SOURCE_DIR} status --porcelain
                OUTPUT_VARIABLE changes OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(is_dirty no)
if(changes)
  set(is_dirty yes)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#pragma once
#define SLUICE_BUILD_COMMIT "@commit@"
#define SLUICE_BUILD_IS_DIRTY "@is_dirty@"
#define SLUICE_BUILD_COMPILER "@COMPILER@"
#define SLUICE_BUILD_FLAGS "@FLAGS@"
#define SLUICE_BUILD_SANITIZE "@SANITIZE@"
]] @ONLY)
