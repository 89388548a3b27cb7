"""Durable ingestion: in batches and in single events, beside `sluice match`, NATS JetStream and
RocksDB in the same rounds; and what callers feel while it runs at half its maximum.
"""

import json
import os
import resource
import time

import children
import peers
from children import MeasurementFailed
from postgres_copy import postgres_copy
from redis_streams import redis_streams
from served import Service
from table import Row, percentile

BATCH = 1000
SERVED = ("--durability", "fsync", "--retention-bytes", "64MiB")


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start(bench):
    """100,000 subscriptions on the disk that is measured, and a journal that writes its files again
    instead of making new ones: on a disk that finds its blocks when they are first written, the
    first minute is not what comes after. The next measurement goes on with the same."""
    service = bench.ingesting
    if service is None:
        service = bench.ingesting = Service(bench.programs, bench.disk / "ingestion")
        service.fill(bench.scaled(100_000, 1_000), bench.subscriptions)
        service.start(*SERVED)
    elif service.child is None:
        service.start(*SERVED)
    files = set()
    end = time.monotonic() + bench.warm_up
    while time.monotonic() < end and not (now := service.journal_files()) <= files:
        files |= now
        service.load(1, 0, BATCH, 8, "--events", bench.misses)
    return service


class Matching:
    """`sluice match` on the file that is posted."""

    def __init__(self, bench):
        self.command = [bench.programs.sluice, "match", "--subscriptions", bench.subscriptions,
                        "--output", "summary", "--threads", os.cpu_count(), "--events"]
        self.events = bench.misses
        self.count = bench.event_count

    def rate_and_cost(self):
        """Events a second, and processor seconds an event without what loading costs."""
        before = children_cpu()
        children.run_json([*self.command, "/dev/null"], 30)
        loading = children_cpu() - before
        events = seconds = cpu = 0
        for _ in range(5):
            before = children_cpu()
            told = children.run_json([*self.command, self.events], 30)
            if told["events"] != self.count or told["matches"] != 0:
                raise MeasurementFailed(f"sluice match: {told}")
            cpu += children_cpu() - before - loading
            events += told["events"]
            seconds += told["seconds"]
        return events / seconds, cpu / events


def matched_as_it_should(bench, service):
    """Events that reach somebody: the service and `sluice match` count the same of them."""
    lines = bench.hits.read_bytes().splitlines(keepends=True)[:BATCH]
    some = bench.disk / "some.ndjson"
    some.write_bytes(b"".join(lines))
    wanted = children.run_json([*Matching(bench).command, some], 30)["matched_events"]
    connection = service.connect()
    connection.request("POST", "/v1/events", some.read_bytes(), {
        "Authorization": f"Bearer {service.key}", "Content-Type": "application/x-ndjson"})
    answer = connection.getresponse().read().decode()
    connection.close()
    service.accepted += len(lines)
    is_right = f'"accepted":{len(lines)},' in answer and f'"matched":{wanted},' in answer
    return "" if is_right and wanted else f"{wanted} of {len(lines)} match, it says {answer[:120]}"


def ingestion(bench):
    service = start(bench)
    matching = Matching(bench)
    stream = peers.jet_stream(bench)
    others = [peer for peer in (redis_streams(bench), postgres_copy(bench)) if peer]
    kept = {peer.name: [] for peer in others}
    batches, singles, rates, costs, nats, rocks = [], [], [], [], [], []
    client = 0
    for _ in range(bench.rounds):
        bench.settle()
        before = children_cpu()
        batches.append(service.load(bench.seconds, 0, BATCH, 8, "--events", bench.misses))
        client += children_cpu() - before
        rate, cost = matching.rate_and_cost()
        rates.append(rate)
        costs.append(cost)
        bench.settle()
        singles.append(service.load(bench.seconds, 0, 1, 64, "--event-type", "load.single"))
        bench.settle()
        if stream:
            nats.append(stream.publish(bench.seconds, 4096))
        bench.settle()
        rocks.append(peers.rocksdb_rate(bench, bench.seconds))
        for peer in others:
            bench.settle()
            kept[peer.name].append(peer.rate(bench.seconds))
    for peer in others:
        peer.stop()
    one_by_one = stream.publish(1, 1) if stream else 0
    if stream:
        stream.stop()
    problem = matched_as_it_should(bench, service)
    service.stop()
    journalled = service.journal_events()
    if journalled != service.accepted:
        problem = f"{service.accepted} events were acknowledged, {journalled} are in the journal"
    yield from rows_of(batches, singles, rates, costs, nats, rocks, client, problem, one_by_one)
    served = [told["events_per_second"] for told in batches]
    for name, rates in kept.items():
        yield Row("ingest, 1,000 events a request", "events/s", served, name,
                  [mine / other for mine, other in zip(served, rates)], problem=problem,
                  is_headline=True)


def rows_of(batches, singles, rates, costs, nats, rocks, client, problem, one_by_one):
    served = [told["events_per_second"] for told in batches]
    server_costs = [told["cpu_seconds"] / told["accepted_events"] for told in batches]
    events = sum(told["accepted_events"] for told in batches)
    match = "`sluice match`, same threads"
    yield Row("ingest, 1,000 events a request", "events/s", served, target=("value", ">=", 1e6),
              problem=problem,
              note="500 B, fsync, 100,000 subscriptions; the client has the same cores")
    yield Row("  beside `sluice match`", "events/s", served, match,
              [mine / other for mine, other in zip(served, rates)], ("ratio", ">=", 0.6), problem)
    yield Row("  processor time, without client", "us/event", [cost * 1e6 for cost in server_costs],
              match, [m / o for m, o in zip(server_costs, costs)], problem=problem,
              less_is_better=True,
              note=f"the client's, beside it: {client / events * 1e6:.2f} us/event")
    yield Row("ingest, single events, 64 conn.", "events/s",
              [told["events_per_second"] for told in singles], target=("value", ">=", 30_000),
              problem=problem,
              note="processor: {:.1f} us/event".format(
                  sum(told["cpu_seconds"] for told in singles) * 1e6 /
                  sum(told["accepted_events"] for told in singles)))
    if nats:
        yield Row("ingest, 1,000 events a request", "events/s", served,
                  "JetStream, asynchronous, no fsync", [m / o for m, o in zip(served, nats)],
                  ("ratio", ">=", 5), problem, f"JetStream one at a time: {one_by_one:,.0f}/s",
                  is_headline=True)
    if rocks[0] is not None:
        yield Row("ingest, 1,000 events a request", "events/s", served,
                  "RocksDB, 1,000 events a value, synced", [m / o for m, o in zip(served, rocks)],
                  ("ratio", ">=", 3), problem, is_headline=True)


def half_load(bench):
    """What callers feel while ingestion runs at half of what it can."""
    service = start(bench)
    most = service.load(2, 0, BATCH, 8, "--events", bench.misses)["events_per_second"]
    hook = service.create_webhook("http://127.0.0.1:9/put", "put.one")
    path = f"/v1/organizations/webhooks/{hook['webhook_id']}"
    connection = service.connect()
    length = bench.seconds * 3
    bench.settle()
    flood = service.start_load(bench.disk / "flood.log", length + 2, most / 2, BATCH, 8, "--events",
                               bench.misses)
    single = service.start_load(bench.disk / "single.log", length, 100, 1, 4, "--event-type",
                                "load.single")
    times, end = [], time.monotonic() + length
    while time.monotonic() < end:
        hook["event_types"] = [f"put.n{len(times)}"]
        begin = time.monotonic()
        service.call(connection, "PUT", path, hook)
        times.append((time.monotonic() - begin) * 1e3)
        time.sleep(0.01)
    connection.close()
    singles = _result_of(single, length + 45)
    flooded = _result_of(flood, length + 45)
    service.accepted += singles["accepted_events"] + flooded["accepted_events"]
    shown = service.call(service.connect(), "GET", path)["event_types"]
    service.stop()
    problem = "" if shown == hook["event_types"] else f"the last PUT is not seen: {shown}"
    reached = flooded["events_per_second"] / (most / 2)
    if flooded["failed_requests"] or (reached < 0.9 and not bench.is_smoke):
        problem = problem or f"the flood reached {reached:.2f} of its rate"
    note = f"while {most / 2:,.0f} events/s come in; p50 {percentile(times, .5):.2f} ms"
    yield Row("PUT of a webhook, p99", "ms", [percentile(times, .99)],
              target=("value", "<=", 5), problem=problem, note=note + f", {len(times)} calls")
    yield Row("one event, fsync, p99", "ms", [singles["p99_ms"]], target=("value", "<=", 10),
              problem=problem, note=f"in the same state; p50 {singles['p50_ms']:.2f} ms")


def _result_of(child, seconds):
    result = json.loads(child.read_line(seconds))
    child.stop()
    return result
