// SQLite's files on a SimulatedDisk, so that the power can go under a database: what SQLite wrote
// and did not sync is lost or torn, what it synced is there.
//
// Bytes lie on the simulated disk. Locks and the log's shared memory are those of SQLite's own Unix
// files, which lie empty in a real directory: they hold nothing that outlives a power cut.
#pragma once

#include <sqlite3.h>

#include <cstddef>

#include "tests/server/journal/simulated_disk.hpp"

namespace sluice::testkit {

/// What SQLite opens files with while this lives. Thread safety: as SQLite's. Lifetime: beyond
/// every connection; one at a time.
class SimulatedVfs {
 public:
  /// Left out: the disk says yes and does nothing.
  enum class Syncs : bool { are_done, are_left_out };

  explicit SimulatedVfs(SimulatedDisk& disk, Syncs syncs = Syncs::are_done);
  ~SimulatedVfs();
  SimulatedVfs(const SimulatedVfs&) = delete;
  SimulatedVfs& operator=(const SimulatedVfs&) = delete;

 private:
  friend struct VfsCalls;
  struct Registered : sqlite3_vfs {
    sqlite3_vfs* unix_files;
    SimulatedDisk* disk;
    Syncs syncs;
  };
  Registered registered_;
};

}  // namespace sluice::testkit
