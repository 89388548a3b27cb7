"""Load whose every event is remembered, and the recount after the service was killed and started again:
every acknowledged event is in the journal, once, with the matches that it was acknowledged with, and has
arrived wherever it matched. What arrived more than once is no more than was in flight at the kills."""

import collections
import json
import os
import random
import subprocess
import threading
import time

from receivers import Listener, Receiver, Refuser
from service import PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook


def kind_of(number):
    if number % 40 == 0:
        return "rare.created"
    return "object.created" if number % 3 == 0 else "cluster.created"


class Producer(threading.Thread):
    """Posts numbered events until the service is gone, or answers that it cannot take them."""

    def __init__(self, service, name, batch, padding=0):
        super().__init__(daemon=True)
        self.service, self.name, self.batch = service, name, batch
        self.padding = {"metadata": {"padding": "x" * padding}} if padding else {}
        self.acknowledged = {}  # event_id to event_type

    def event(self, number):
        kind = kind_of(number)
        # Events that go nowhere make the journal longer, and no delivery.
        more = self.padding if kind == "cluster.created" else {}
        return {"event_id": f"{self.name}-{number}", "event_type": kind, **more}

    def run(self):
        number = 0
        while True:
            events = [self.event(n) for n in range(number, number + self.batch)]
            number += self.batch
            try:
                answer = self.service.post_events(events, timeout=60)
            except OSError:
                return
            except Exception:  # a broken answer is no acknowledgement
                return
            if answer.status != 202:
                return
            self.acknowledged.update((e["event_id"], e["event_type"]) for e in events)


class Recount(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        self.seed = int(os.environ.get("SLUICE_SEED", random.randrange(1 << 30)))
        print(f"SLUICE_SEED={self.seed}", flush=True)
        self.receivers = {}  # name to (event type, events in flight at a time, receiver)

    def subscribe(self, service, name, event_type, in_flight, receiver, **configs):
        self.addCleanup(receiver.close)
        body = webhook(name, [event_type], receiver.url + "/")
        body["channels"][0]["configs"].update(configs)
        answer = service.call("POST", WEBHOOKS, body)
        self.assertEqual(answer.status, 201, answer.body)
        self.receivers[name] = (event_type, in_flight, receiver)

    def listen(self, name, *arguments):
        return Listener(PROGRAM, self.directory / f"{name}.txt", *arguments)

    def records(self):
        """Every event of the journal: its id, and whether it is owed to anybody."""
        done = subprocess.run([PROGRAM, "journal", "inspect", str(self.data_dir / "journal"),
                               "--json", "--records"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in done.stdout.splitlines():
            record = json.loads(line)
            if "event_id" in record:
                yield record

    def missing(self, acknowledged):
        """What has not arrived where it is owed: (name, number of events, one of them)."""
        missing = []
        for name, (event_type, _, receiver) in self.receivers.items():
            owed = {e for e, kind in acknowledged.items() if kind == event_type}
            owed.difference_update(receiver.event_ids())
            if owed:
                missing.append((name, len(owed), min(owed)))
        return missing

    def repeats(self):
        """How many arrivals of each receiver were not an event's first."""
        return {name: len(ids) - len(set(ids)) for name, ids in
                ((name, receiver.event_ids()) for name, (*_, receiver) in self.receivers.items())}

    def check_journal(self, acknowledged):
        seen = {}
        for record in self.records():
            if record["is_duplicate"]:
                continue
            self.assertNotIn(record["event_id"], seen, f"twice, seed {self.seed}")
            seen[record["event_id"]] = len(record["webhooks"])
        absent = [event for event in acknowledged if event not in seen]
        self.assertEqual(absent, [], f"seed {self.seed}")
        webhooks = collections.Counter(kind for kind, *_ in self.receivers.values())
        wrong = [event for event, kind in acknowledged.items() if seen[event] != webhooks[kind]]
        self.assertEqual(wrong, [], f"seed {self.seed}")

    def check_order(self, event_ids):
        """Of each producer, the first arrivals of its events are in the order of their numbers."""
        latest = {}
        for event_id in dict.fromkeys(event_ids):
            producer, _, number = event_id.rpartition("-")
            self.assertGreater(int(number), latest.get(producer, -1),
                               f"{event_id} is out of order, seed {self.seed}")
            latest[producer] = int(number)

    def subscribe_all(self, service):
        """Receivers of every kind: many at a time, in order, in batches, and one that refuses some."""
        self.subscribe(service, "plain", "object.created", 16,
                       self.listen("plain", "--delay", "2"), max_in_flight=16)
        self.subscribe(service, "ordered", "object.created", 1, self.listen("ordered"),
                       ordered=True)
        self.subscribe(service, "batch", "object.created", 2 * 25, Receiver(),
                       max_in_flight=2, batch={"max_events": 25, "max_wait_ms": 20})
        self.subscribe(service, "refuser", "rare.created", 4, Refuser(8 * 40), max_in_flight=4)  # every eighth

    def wait_for_arrivals(self, acknowledged):
        """For all that is owed, and for as long as something comes: where the machine is so slow that an
        attempt has failed twice, the next one is five minutes later."""
        fewest, since = float("inf"), time.monotonic()
        while missing := self.missing(acknowledged):
            count = sum(number for _, number, _ in missing)
            if count < fewest:
                fewest, since = count, time.monotonic()
            self.assertLess(time.monotonic() - since, 420, f"missing {missing}, seed {self.seed}")
            time.sleep(0.1)

    def recount(self, service, acknowledged, rounds):
        """After so many kills; `service` runs, and does not in the end."""
        key = service.key
        self.wait_for_arrivals(acknowledged)
        self.assertEqual(service.stop(), 0)
        repeats = self.repeats()
        print(f"{len(acknowledged)} events, {rounds} kills, arrived again: {repeats}")
        for name, (_, in_flight, _) in self.receivers.items():
            self.assertLessEqual(repeats[name], in_flight * rounds, f"{name}, seed {self.seed}")
        self.check_order(self.receivers["ordered"][2].event_ids())
        self.check_nothing_is_left(key, repeats)
        self.check_journal(acknowledged)

    def check_nothing_is_left(self, key, repeats):
        """After a graceful stop nothing is sent again."""
        service = self.start()
        service.key = key
        last = {"last-0": "object.created", "last-1": "rare.created"}
        answer = service.post_events([{"event_id": e, "event_type": t} for e, t in last.items()])
        self.assertEqual(answer.status, 202, answer.body)
        self.assertTrue(wait_for(lambda: not self.missing(last)), f"seed {self.seed}")
        self.assertEqual(service.stop(), 0)
        self.assertEqual(self.repeats(), repeats, f"seed {self.seed}")
