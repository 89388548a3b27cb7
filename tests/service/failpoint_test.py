"""Ends the service at named points of its work with files: between a write and its sync, between a sync
and its answer, while a segment begins, while deliveries are written down, while SQLite moves its log;
with SIGKILL before the call, after it, or after half of it. Then it starts it again, and recounts."""

import os
import random
import unittest

from recount import Producer, Recount
from service import PATIENCE, wait_for

ROUNDS = int(os.environ.get("SLUICE_FAILPOINT_ROUNDS", 50 // PATIENCE))
SHIM = os.environ["SLUICE_DISK_SHIM"]

# What it is called here: call, part of the path, what happens, and at most the how-manieth such call.
POINTS = (
    ("before an append", "pwritev", "/journal/", "kill", 200),
    ("in the middle of an append", "pwritev", "/journal/", "tear", 200),
    ("after an append, before its sync", "pwritev", "/journal/", "kill_after", 200),
    ("after a sync, before the answer", "fdatasync", "/journal/", "kill_after", 200),
    ("before a segment gets its name", "rename", "/journal/", "kill", 3),
    ("after a segment got its name", "rename", "/journal/", "kill_after", 3),
    ("while a segment's name is synced", "fsync", "/journal", "kill", 3),
    ("in the middle of a note of progress", "write", "/progress.log", "tear", 40),
    ("after a note of progress", "write", "/progress.log", "kill_after", 40),
    ("in the middle of a write to SQLite's log", "pwrite", "/deliveries.db-wal", "tear", 300),
    ("before SQLite's log is synced", "fdatasync", "/deliveries.db-wal", "kill", 10),
    ("after SQLite's log is synced", "fdatasync", "/deliveries.db-wal", "kill_after", 10),
    ("in the middle of a checkpoint's page", "pwrite", "/deliveries.db$", "tear", 20),
    ("before a checkpoint is synced", "fdatasync", "/deliveries.db$", "kill", 2),
    ("after a checkpoint is synced", "fdatasync", "/deliveries.db$", "kill_after", 2),
)


class Failpoint(Recount):
    arguments = (*Recount.arguments, "--journal-segment-bytes", "4MiB")

    def start_at(self, point, nth, key):
        _, call, path, deed, _ = point
        rule = f"call={call},path={path},nth={nth},do={deed}"
        service = self.start(environment={"LD_PRELOAD": SHIM, "SLUICE_SHIM": rule})
        service.key = key
        return service

    def run_until_it_ends(self, service, turn, chance, acknowledged, seconds):
        """Whether it came to its point; if not, it is killed after so long."""
        producers = [Producer(service, f"r{turn}p{i}", chance.choice((1, 10, 100)), padding)
                     for i, padding in enumerate((0, 0, 2000))]
        for producer in producers:
            producer.start()
        has_ended = wait_for(lambda: service.process.poll() is not None, seconds)
        service.kill()
        for producer in producers:
            producer.join(120)
            acknowledged.update(producer.acknowledged)
        return has_ended

    def test_no_point_costs_an_acknowledged_event(self):
        chance = random.Random(self.seed)
        service = self.start_first()
        key = service.key
        self.subscribe_all(service)
        self.assertEqual(service.stop(), 0)
        acknowledged, reached = {}, {}
        for turn in range(ROUNDS):
            point = POINTS[turn % len(POINTS)]
            # The third time it is made easy to come to a point that was not reached: all must be.
            is_late = turn >= 2 * len(POINTS) and point[0] not in reached
            nth = 1 if is_late else chance.randint(1, point[4])
            try:
                service = self.start_at(point, nth, key)
            except AssertionError:  # it came to its point while it started
                reached[point[0]] = reached.get(point[0], 0) + 1
                continue
            if self.run_until_it_ends(service, turn, chance, acknowledged, 120 if is_late else 3):
                self.assertEqual(service.process.returncode, -9, f"{point}, seed {self.seed}")
                reached[point[0]] = reached.get(point[0], 0) + 1
        for point in POINTS:
            print(f"{reached.get(point[0], 0):4}  {point[0]}")
        service = self.start()
        service.key = key
        self.recount(service, acknowledged, ROUNDS)
        if ROUNDS >= 3 * len(POINTS):
            self.assertEqual({name for name, *_ in POINTS} - set(reached), set(), "never reached")


if __name__ == "__main__":
    unittest.main()
