"""What all measurements of one run share: programs, places for files, how long and how often."""

import re
from dataclasses import dataclass
from pathlib import Path

import children
from served import Programs


@dataclass(frozen=True)
class Size:
    """How much is done. In a smoke test only that everything runs, and that answers are right."""

    seconds: float  # of one round
    few: int  # rounds of what takes long
    latencies: int
    warm_up: int  # seconds at most
    events: int  # in the file that is posted
    messages: int  # through a broker


FULL = Size(5, 7, 1500, 60, 200_000, 200_000)
QUICK = Size(1, 3, 300, 10, 200_000, 50_000)
SMOKE = Size(0.2, 1, 20, 0, 2_000, 500)


class Bench:
    def __init__(self, wanted, programs, disk, memory):
        size = SMOKE if wanted.smoke else QUICK if wanted.quick else FULL
        self.programs, self.disk, self.memory = Programs(programs), Path(disk), Path(memory)
        self.work = self.memory
        self.is_smoke, self.is_quick = wanted.smoke, wanted.quick or wanted.smoke
        self.rounds = 1 if wanted.smoke else wanted.rounds
        self.few, self.seconds, self.latencies = size.few, size.seconds, size.latencies
        self.warm_up, self.event_count, self.messages = size.warm_up, size.events, size.messages
        self.ingesting = None  # a service that measurements of ingestion share
        self.subscriptions = self.work / "flat.subs"
        self.hits = self.work / "flat.ndjson"
        self.misses = self.work / "misses.ndjson"

    def scaled(self, full, small):
        return small if self.is_smoke else full

    def settle(self):
        """Before a round on the disk; no round of a smoke test is worth the wait."""
        if not self.is_smoke:
            children.let_disk_settle(self.disk)

    def make_workload(self):
        """W1: 100,000 exact names of 10,000. Ids are taken off, since events are sent many times;
        with `misses`, which reach nobody, nothing is owed and the journal recycles its files."""
        generate = [self.programs.sluice, "generate"]
        children.run([*generate, "subscriptions", "--shape", "flat", "--format", "text",
                      "--count", self.scaled(100_000, 1_000), "--output", self.subscriptions], 60)
        text = children.run([*generate, "events", "--shape", "flat", "--count", self.event_count,
                             "--event-bytes", 538], 60)
        text = re.sub(r'"event_id":"[^"]*",', "", text)
        self.hits.write_text(text)
        self.misses.write_text(re.sub(r'("event_type":"[^"]*)"', r'\1x"', text))
