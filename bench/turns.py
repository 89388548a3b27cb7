"""Two builds of sluice that take turns: what each run gives, and what all pairs say."""

import json
import subprocess
import tempfile
from pathlib import Path

import pairs


def take(builds, measure, count):
    """`measure` of each build in turn, A B A B: a list of runs for each build."""
    rounds = [[] for _ in builds]
    for _ in range(count):
        for runs, build in zip(rounds, builds):
            runs.append(measure(build))
    return rounds


def engine_rates(programs, workloads, filter_, min_time):
    """Benchmark -> events a second. Errors: pairs.RefusedRun, if an answer was wrong."""
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "rates.json"
        subprocess.run([programs / "sluice_bench", "--workloads", workloads, "--out", out,
                        f"--benchmark_filter={filter_}", f"--benchmark_min_time={min_time}"],
                       check=False)
        document = json.loads(out.read_text())
    return {name: pairs.rates(runs)[0] for name, runs in pairs.runs_by_name(document).items()}


def service_rates(programs, place, seconds):
    """Figure -> how much a second; the service on a data directory that no other run has seen."""
    from served import Programs, Service, Sink  # of bench/e2e, which is not always on the path

    built = Programs(programs)
    service, sink = Service(built, place / "service"), Sink(built, place / "sink.log")
    try:
        service.start("--durability", "fsync")
        service.create_webhook(sink.url + "/sink", "load.delivered", max_in_flight=64)
        rates = {f"ingest, {batch:,} events a request": service.load(
            seconds, 0, batch, connections, "--event-type", "load.other")["events_per_second"]
                 for batch, connections in ((1000, 8), (1, 64))}
        before = service.child.cpu_seconds()
        accepted = service.load(seconds, 0, 1000, 4, "--event-type",
                                "load.delivered")["accepted_events"]
        counts = sink.wait_for("deliveries", accepted, 120)
        if counts["deliveries"] != accepted or counts["unsigned"]:
            raise pairs.RefusedRun(f"{accepted} deliveries are owed, there were {counts}")
        rates["taken in and delivered, a second of one core"] = accepted / (
            service.child.cpu_seconds() - before)
    finally:
        sink.stop()
        service.remove()
    return rates


def table(old_rounds, new_rounds):
    """A line for each figure that both have in every round."""
    yield f"{'ratio':>7} {'lowest':>7} {'highest':>7}  wins  verdict        what"
    for name in old_rounds[0]:
        if any(name not in rates for rates in (*old_rounds, *new_rounds)):
            continue
        ratio = pairs.compare([rates[name] for rates in old_rounds],
                              [rates[name] for rates in new_rounds])
        yield (f"{ratio.median:7.3f} {min(ratio.ratios):7.3f} {max(ratio.ratios):7.3f}  "
               f"{ratio.wins}/{len(ratio.ratios)}   {ratio.verdict:13}  {name}")
