"""Kills the service with SIGKILL at random moments under load, starts it again, and recounts."""

import os
import random
import time
import unittest

from recount import Producer, Recount
from service import PATIENCE

ROUNDS = int(os.environ.get("SLUICE_CRASH_ROUNDS", 50 // PATIENCE))


class Crash(Recount):
    def test_every_acknowledged_event_survives_and_arrives(self):
        chance = random.Random(self.seed)
        service = self.start_first()
        key = service.key
        self.subscribe_all(service)
        acknowledged = {}
        for turn in range(ROUNDS):
            producers = [Producer(service, f"r{turn}p{i}", chance.choice((1, 10, 100)))
                         for i in range(3)]
            for producer in producers:
                producer.start()
            time.sleep(chance.uniform(0.02, 0.4))
            service.kill()
            for producer in producers:
                producer.join(120)
                acknowledged.update(producer.acknowledged)
            service = self.start()
            service.key = key
        self.assertGreater(len(acknowledged), 0)
        self.recount(service, acknowledged, ROUNDS)


if __name__ == "__main__":
    unittest.main()
