"""Starting: with a million webhooks, with a journal of 1 GiB after kill -9; and memory at rest.

Everything is in memory-backed files, as after the end of the process on a machine that runs on: what
a disk adds when its cache is cold is not measured.
"""

import signal

from served import Service
from table import Row


def restarts(bench):
    million, hundred_thousand = bench.scaled(1_000_000, 1_000), bench.scaled(100_000, 1_000)
    service = Service(bench.programs, bench.memory / "million")
    service.fill(million, bench.subscriptions)
    starts, problem = [], ""
    for _ in range(3):
        starts.append(service.start("--durability", "os"))
        problem = problem or _loads(service, million)
        service.stop()
    service.remove()
    yield Row("start with 1,000,000 webhooks", "s", starts, target=("value", "<=", 5),
              problem=problem)

    service = Service(bench.programs, bench.memory / "recovery")
    service.fill(1_000, bench.subscriptions)
    service.start("--durability", "os")
    accepted = 0
    while accepted * 536 < bench.scaled(1 << 30, 1 << 20):  # 500 B of JSON, and what a record adds
        accepted += service.load(1, 0, 1000, 8, "--events", bench.misses)["accepted_events"]
    service.stop(signal.SIGKILL)
    recovery = service.start("--durability", "os")
    service.stop()
    kept = service.journal_events()
    service.remove()
    problem = "" if kept == accepted else f"{accepted} were acknowledged, {kept} are there"
    yield Row("start after kill -9", "s", [recovery], target=("value", "<=", 2), problem=problem,
              note=f"{accepted:,} events in the journal, of which it verifies the last 1 GiB")

    service = Service(bench.programs, bench.memory / "organisations")
    service.fill(hundred_thousand, bench.subscriptions, organisations=bench.scaled(10_000, 100))
    service.start("--durability", "os")
    problem = _loads(service, hundred_thousand)
    resident = service.child.memory_bytes()
    service.remove()
    yield Row("resident, 100,000 webhooks", "MiB", [resident / 2**20], target=("value", "<=", 250),
              problem=problem, note="of 10,000 organisations, after the start")


def _loads(service, webhooks):
    said = service.child.said()
    return "" if f"webhooks={webhooks}" in said else f"not {webhooks} webhooks: {said[-200:]}"
