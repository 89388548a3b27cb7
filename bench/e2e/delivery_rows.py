"""Deliveries: the client alone beside libcurl, the whole service to a receiver that keeps its
connections, batches, the way of one event on an idle service, and receivers that fail.
"""

import random
import re
import time

import children
from children import MeasurementFailed
from served import Service, Sink
from table import Row, percentile

OUTBOUND = re.compile(r"median (\d+) deliveries/s of one core; ([\d.]+) times libcurl "
                      r"\(([\d.]+) to ([\d.]+)\), (\d+)/(\d+) won")
EACH = re.compile(r"([\d.]+)/s of processor, +([\d.]+)/s of time; libcurl +([\d.]+)/s")


def outbound(bench):
    """The processor time of a signed delivery, without the rest of the service."""
    for name, extra, least in (("client alone, plain text", [], 40_000),
                               ("client alone, TLS", ["--tls"], 25_000)):
        deliveries = bench.scaled(20_000 if bench.is_quick else 50_000, 200)
        said = children.run([bench.programs.sluice_outbound_probe, "--rounds", bench.rounds,
                             "--deliveries", deliveries // (2 if extra else 1), *extra], 120,
                            directory=bench.work)
        rounds = [tuple(map(float, each)) for each in EACH.findall(said)]
        if not OUTBOUND.search(said) or len(rounds) != bench.rounds:
            raise MeasurementFailed(said[-300:])
        ours = [each[0] for each in rounds]
        yield Row(name, "/s of one core", ours, target=("value", ">=", least))
        yield Row(name, "/s of one core", ours, "libcurl's multi interface",
                  [each[0] / each[2] for each in rounds], ("ratio", ">=", 1.5), is_headline=True)


def drain(bench, events_per_second, sink_arguments, counted, **configs):
    """Events are posted faster than they are delivered; what counts is how the rest goes out. The
    rate, the processor seconds for each, and what is wrong."""
    service = Service(bench.programs, bench.memory / "delivery")
    sink = Sink(bench.programs, bench.memory / "sink.log", *sink_arguments)
    try:
        service.start()
        service.create_webhook(sink.url + "/sink", "load.delivery", **configs)
        accepted = service.load(bench.seconds, events_per_second, 1000, 4, "--event-type",
                                "load.delivery")["accepted_events"]
        cpu = service.child.cpu_seconds()
        first = sink.counts()
        last = sink.wait_for(counted, accepted, 45)
        cpu = service.child.cpu_seconds() - cpu
        time.sleep(0.05)
        end = sink.counts()
    finally:
        sink.stop()
        service.remove()
    problem = ""
    if end[counted] != accepted or end["unsigned"] or (counted == "distinct" and
                                                       end["deliveries"] != accepted):
        problem = f"{accepted} are owed, it counted {end}"
    drained = last[counted] - first[counted]
    if drained < accepted / 10 and not bench.is_smoke:
        problem = problem or "too little was left to deliver after the load"
    return max(drained, 1) / max(last["at"] - first["at"], 1e-3), max(cpu, 1e-6) / max(drained, 1), problem


def whole_service(bench):
    rates, costs, problem = [], [], ""
    for _ in range(bench.few):
        rate, cost, wrong = drain(bench, bench.scaled(150_000, 5_000), ["--ids"], "distinct", max_in_flight=64)
        rates.append(rate)
        costs.append(cost)
        problem = problem or wrong
    yield Row("deliveries of the service", "/s of one core", [1 / cost for cost in costs],
              target=("value", ">=", 40_000), problem=problem,
              note=f"64 connections, signed, 500 B; {sorted(rates)[len(rates) // 2]:,.0f}/s by the "
                   "clock, beside the receiver")
    rates, costs, problem = [], [], ""
    for _ in range(bench.few):
        rate, cost, wrong = drain(bench, bench.scaled(900_000, 20_000), [], "events",
                                  batch={"max_events": 500, "max_wait_ms": 100,
                                         "format": "ndjson"})
        rates.append(rate)
        costs.append(cost)
        problem = problem or wrong
    yield Row("batches of 500, one channel", "events/s", rates, target=("value", ">=", 300_000),
              problem=problem,
              note=f"processor: {sorted(costs)[len(costs) // 2] * 1e6:.2f} us/event")


def idle_latency(bench):
    """From before the POST of one event to its arrival, fsync in between."""
    service = Service(bench.programs, bench.disk / "idle")
    sink = Sink(bench.programs, bench.disk / "sink.log", "--arrivals")
    times, problem = [], ""
    try:
        service.start("--durability", "fsync")
        service.create_webhook(sink.url + "/sink", "idle.event")
        connection = service.connect()
        for number in range(bench.latencies):
            begin = time.monotonic_ns()
            service.call(connection, "POST", "/v1/events", {
                "event_id": f"idle-{number}", "event_type": "idle.event",
                "metadata": {"padding": "x" * 400}})
            name, at = sink.child.read_line(5).split()
            if name != f"idle-{number}":
                problem = problem or f"{name} came instead of idle-{number}"
            times.append((int(at) - begin) / 1e6)
            time.sleep(0.005)
        connection.close()
    finally:
        sink.stop()
        service.remove()
    times = times[10:]  # the first connect
    yield Row("POST to arrival, idle, p50", "ms", [percentile(times, .5)],
              target=("value", "<=", 3), problem=problem, note=f"{len(times)} events, fsync")
    yield Row("POST to arrival, idle, p99", "ms", [percentile(times, .99)],
              target=("value", "<=", 15), problem=problem)


class FailingHalf:
    """10,000 webhooks, each of which wants events of its own name; those with odd numbers fail."""

    BATCH = 100

    def __init__(self, bench):
        self.bench = bench
        self.webhooks = bench.scaled(10_000, 100)
        self.patterns = bench.work / "isolation.subs"
        self.patterns.write_text("".join(f"isolation.w{i}\n" for i in range(self.webhooks)))
        draws = random.Random(0)
        numbers = [draws.randrange(self.webhooks) for _ in range(20_000)]
        self.events = bench.work / "isolation.ndjson"
        padding = "x" * 400
        self.events.write_text("".join(
            f'{{"event_type":"isolation.w{number}","metadata":{{"padding":"{padding}"}}}}\n'
            for number in numbers))
        self.is_even = [number % 2 == 0 for number in numbers]

    @staticmethod
    def shows_failures(service):
        """A webhook's health is written down some time after the attempt."""
        connection, end = service.connect(), time.monotonic() + 10
        path = "/v1/organizations/webhooks/wh_0000000001"
        while not service.call(connection, "GET", path)["last_error"]:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def run(self, *sink_arguments):
        """Deliveries a second to the healthy half, the service's largest memory, what is wrong."""
        bench = self.bench
        service = Service(bench.programs, bench.memory / "isolation")
        sink = Sink(bench.programs, bench.memory / "sink.log", *sink_arguments)
        try:
            service.fill(self.webhooks, self.patterns, url=sink.url)
            service.start()
            begin = time.monotonic()
            told = service.load(bench.seconds * 2, 8_000, self.BATCH, 8, "--events", self.events)
            events = told["accepted_events"]
            wanted = sum(self.is_even[i % len(self.is_even)] for i in range(events))
            counts = sink.wait_for("even", wanted, 15)
            rate = counts["even"] / (counts["at"] - begin)
            memory = service.child.memory_bytes("VmHWM")
            problem = "" if counts["even"] == wanted and not counts["unsigned"] else \
                f"{wanted} were owed to the healthy half, it counted {counts}"
            if sink_arguments and not problem:
                problem = "" if counts["failed"] and self.shows_failures(service) else \
                    "the failures are not to be seen"
        finally:
            sink.stop()
            service.remove()
        return rate, memory, problem


def isolation(bench):
    half = FailingHalf(bench)
    rates, ratios, problem, memory = [], [], "", (0, 0)
    for _ in range(bench.few):
        well, well_memory, wrong = half.run()
        problem = problem or wrong
        sick, sick_memory, wrong = half.run("--failing", "/odd/")
        problem = problem or wrong
        rates.append(sick)
        ratios.append(sick / well)
        memory = (max(memory[0], well_memory), max(memory[1], sick_memory))
    yield Row("healthy half, the others fail", "deliveries/s", rates, "when all are healthy", ratios,
              ("ratio", ">=", 0.95), problem,
              f"8,000 events/s to 10,000 webhooks; memory {memory[1] >> 20} MiB, all healthy "
              f"{memory[0] >> 20} MiB")
