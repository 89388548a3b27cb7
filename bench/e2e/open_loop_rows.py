"""What a caller waits for one durable event while the service runs at a part of its maximum, open
loop: `sluice load` counts from when each request was due, so that a stall is charged for all that it
delayed (coordinated omission; Gil Tene, "How NOT to measure latency").
"""

import ingestion_rows
from table import Row

SHARES = (50, 80, 95)
CONNECTIONS = 64
QUANTILES = (("p50", "p50_ms"), ("p99", "p99_ms"), ("p99.9", "p99_9_ms"))


def one_level(bench, service, rate):
    """What `sluice load` says of single events at that rate."""
    bench.settle()
    return service.load(bench.seconds * 3, rate, 1, CONNECTIONS, "--event-type", "load.single")


def open_loop(bench):
    service = ingestion_rows.start(bench)
    most = service.load(bench.seconds * 2, 0, 1, CONNECTIONS, "--event-type",
                        "load.single")["events_per_second"]
    rounds = {share: [] for share in SHARES}
    for _ in range(bench.few):
        for share in SHARES:
            rounds[share].append(one_level(bench, service, most * share / 100))
    service.stop()
    for share, told in rounds.items():
        reached = sorted(each["events_per_second"] / (most * share / 100) for each in told)
        note = f"{most * share / 100:,.0f} events/s wanted; {reached[len(reached) // 2]:.0%} reached"
        for name, key in QUANTILES:
            yield Row(f"one event, fsync, {share} % load, {name}", "ms", [each[key] for each in told],
                      note=note, less_is_better=True, series=name, x=share,
                      title="What a caller waits for one durable event",
                      x_label=f"% of the maximum, {most:,.0f} events/s")
