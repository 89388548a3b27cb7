"""One publisher, one subscriber with many wildcard subscriptions: sluice from the POST of batches to
the receiver of batches, each event on the disk before it is acknowledged, beside brokers that keep
nothing, in the same rounds.
"""

import time

import brokers
from served import Service, Sink
from table import Row

COUNTED = 1_000  # patterns; one webhook has no more


def write_events(path, names):
    """500 B each, every one for exactly one of the patterns."""
    with open(path, "w", encoding="ascii") as out:
        for number in range(max(names, 1_000)):
            head = f'{{"event_type":"bench.w{number % names}.created","metadata":{{"padding":"'
            out.write(head + "x" * (500 - len(head) - 3) + '"}}\n')


class Receiving:
    """The service with one webhook of so many patterns, and its receiver."""

    def __init__(self, bench, patterns):
        self.bench, self.events = bench, bench.work / f"broker-{patterns}.ndjson"
        write_events(self.events, patterns)
        self.service = Service(bench.programs, bench.disk / "broker")
        self.sink = Sink(bench.programs, bench.work / "broker-sink.log")
        self.service.start("--durability", "fsync")
        self.service.create_webhook(
            self.sink.url + "/sink", *(f"bench.w{number}.*" for number in range(patterns)),
            batch={"max_events": 1000, "max_wait_ms": 20, "format": "ndjson"})
        self._received = 0

    def rate(self):
        """Events a second from the first POST to the last arrival, and what is wrong."""
        begin = time.monotonic()
        seconds = max(self.bench.seconds / 4, 0.1)  # it comes in faster than it goes out
        accepted = self.service.load(seconds, 0, 1000, 8, "--events",
                                     self.events)["accepted_events"]
        wanted = self._received + accepted
        counts = self.sink.wait_for("events", wanted, 60)
        rate = accepted / (counts["at"] - begin)
        self._received = counts["events"]
        is_right = counts["events"] == wanted and not counts["unsigned"]
        return rate, "" if is_right else f"{wanted} events are owed, it counted {counts}"

    def stop(self):
        self.sink.stop()
        self.service.remove()


def through(bench, patterns, rounds):
    """Rates of sluice, of each broker by its name, and what was wrong."""
    peers = brokers.installed_brokers(bench)
    receiving = Receiving(bench, patterns)
    ours, theirs, problem = [], {peer.name: [] for peer in peers}, ""
    try:
        for _ in range(rounds):
            rate, wrong = receiving.rate()
            ours.append(rate)
            problem = problem or wrong
            for peer in peers:
                theirs[peer.name].append(peer.rate(bench.messages, patterns))
    finally:
        receiving.stop()
        for peer in peers:
            peer.stop()
    return ours, theirs, problem


def end_to_end(bench):
    note = "500 B; sluice syncs every event to the disk and signs every batch, a broker keeps nothing"
    ours, theirs, problem = through(bench, COUNTED, bench.rounds)
    yield Row(f"{COUNTED:,} wildcard subscriptions", "events/s", ours, problem=problem, note=note)
    for name, rates in theirs.items():
        yield Row(f"{COUNTED:,} wildcard subscriptions, end to end", "events/s", ours, name,
                  [mine / other for mine, other in zip(ours, rates)], problem=problem,
                  is_headline=True, note=note)
    if bench.is_quick:
        return
    for patterns in (1, 10, 100, COUNTED):
        ours, theirs, problem = through(bench, patterns, 3)
        for name, rates in {"sluice, durable": ours, **theirs}.items():
            yield Row(f"{patterns:,} subscriptions: {name}", "events/s", rates, problem=problem,
                      title="Brokers by wildcard subscriptions", series=name,
                      x_label="wildcard subscriptions of the subscriber", x=patterns)
