# The engine of sluice as a library: find_package(sluice), then link sluice::engine.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(simdjson)
find_dependency(TBB)
find_dependency(PkgConfig)
pkg_check_modules(URCU REQUIRED IMPORTED_TARGET liburcu-bp)
include(${CMAKE_CURRENT_LIST_DIR}/sluiceTargets.cmake)
