"""Which plots show a run: those of each family, from the same raw documents as its tables."""

import re
import statistics

import pairs
from engine_claims import TITLES, flat, short
from report.plots import DotPlot, LinePlot, Point, Series

ENGINES = {
    "sluice/cache:off": "sluice",
    "sluice/cache:on": "sluice, cache on",
    "locked_trie": "locked trie",
    "frozen_trie": "frozen trie (read-only)",
    "mask_tables": "mask tables (read-only)",
    "linear_scan": "comparing every pattern",
    "re2_set": "RE2::Set",
    "hyperscan": "Hyperscan",
    "sluice_for_ingest": "sluice, six fields",
    "simdjson_dom": "simdjson DOM",
    "simdjson_stage1_only": "simdjson stage 1 alone",
    "simdjson_on_demand_two_fields": "simdjson On-Demand",
    "memchr_lines": "counting lines",
}
SCALES = {
    "subscriptions": "subscriptions",
    "depth": "segments of a name",
    "wildcards": "wildcard subscriptions of each name",
    "fan_out": "subscriptions that an event reaches",
}


def point(values, x=0.0):
    return Point(x, statistics.median(values), min(values), max(values))


def nanoseconds(runs):
    return [1e9 / rate for rate in pairs.rates(runs)]


def found(runs, pattern):
    """The benchmarks whose names match, and what the groups of the pattern hold."""
    for name, its_runs in runs.items():
        if match := re.fullmatch(pattern, name):
            yield (*match.groups(), its_runs)


def by_order(dots, order):
    return tuple(sorted(dots, key=lambda dot: order.index(dot[0]) if dot[0] in order else 99))


def matching(runs, peers):
    groups = {}
    for set_, engine, its_runs in found(
            runs, r"Match/(\w+)/(.*?)(?:/batch:16)?/real_time/threads:1"):
        if "batch" not in engine and not (set_ == "w3" and engine.startswith("sluice")):
            groups.setdefault(flat(set_), []).append(
                (ENGINES.get(engine, engine), point(nanoseconds(its_runs))))
    for peer in peers:
        if peer["rates"] and not peer["problem"] and not peer["engine"].startswith("sluice"):
            groups.setdefault(flat(peer["set"]), []).append(
                (peer["engine"], point([1e9 / rate for rate in peer["rates"]])))
    names = list(ENGINES.values())
    shown = tuple((f"{short(key)}: {TITLES[key]}", by_order(dots, names))
                  for key, dots in groups.items())
    if shown:
        yield DotPlot("Matching one event, one thread", "nanoseconds an event; less is better", shown)
    regex = {}
    for count, engine, its_runs in found(
            runs, r"Regex/subscriptions:(\d+)/(.*?)(?:/batch:16)?/iterations:\d+/real_time"):
        regex.setdefault(int(count), []).append(
            (ENGINES.get(engine, engine), point(nanoseconds(its_runs))))
    if regex:
        yield DotPlot("Matching beside regular expressions", "nanoseconds an event; less is better",
                      tuple((f"{count:,} patterns", by_order(dots, names))
                            for count, dots in regex.items()))


def decoding(runs):
    curves = {}
    for engine, bytes_, its_runs in found(runs, r"Decode/(\w+)/bytes:(\d+)/real_time"):
        speeds = [run["bytes_per_second"] / 1e9 for run in its_runs]
        curves.setdefault(ENGINES.get(engine, engine), []).append(point(speeds, float(bytes_)))
    if not curves:
        return
    if max(map(len, curves.values())) > 1:
        yield LinePlot("Decoding NDJSON, one core", "bytes of an event", "GB/s; more is better",
                       tuple(Series(name, tuple(points)) for name, points in curves.items()))
        return
    yield DotPlot("Decoding NDJSON, one core", "GB/s; more is better",
                  (("events of 500 B", tuple((name, points[0]) for name, points in curves.items())),))


def changes(runs):
    curves = {}
    for set_, engine, rate, its_runs in found(
            runs, r"Mixed/(\w+)/(.*)/batch:16/changes:(\d+)/iterations:1/manual_time"):
        if set_ == "w2u":
            curves.setdefault(ENGINES.get(engine, engine), []).append(
                point(pairs.rates(its_runs), float(rate)))
    if not curves:
        return
    if max(map(len, curves.values())) > 2:
        yield LinePlot("A reader while the index changes, W2", "changes a second",
                       "events/s; more is better",
                       tuple(Series(name, tuple(each for each in points if each.x > 0))
                             for name, points in curves.items()))
        return
    rates = sorted({each.x for points in curves.values() for each in points})
    yield DotPlot("A reader while the index changes, W2", "events a second; more is better", tuple(
        (f"{rate:,.0f} changes a second", tuple(
            (name, each) for name, points in curves.items() for each in points if each.x == rate))
        for rate in rates))


def scaling(runs):
    for scale, label in SCALES.items():
        times, sizes = {}, {}
        for value, engine, its_runs in found(
                runs, rf"Scaling/{scale}:(\d+)/(.*?)(?:/batch:16)?/iterations:\d+/real_time"):
            name = ENGINES.get(engine, engine)
            times.setdefault(name, []).append(point(nanoseconds(its_runs), float(value)))
            sizes.setdefault(name, []).append(
                point([run["bytes_per_subscription"] for run in its_runs], float(value)))
        if times:
            yield curves_of(f"Time by {label}", label, "ns an event; less is better", times)
        if times and scale == "subscriptions":
            yield curves_of(f"Memory by {label}", label, "bytes a subscription", sizes)


def curves_of(title, x_label, y_label, curves):
    return LinePlot(title, x_label, y_label,
                    tuple(Series(name, tuple(sorted(points, key=lambda each: each.x)))
                          for name, points in curves.items()))


def service(rows):
    """Rows of one figure and its peers are a group of dots; rows with an x are curves."""
    groups, curves = {}, {}
    for row in rows:
        if row["problem"] or not row["values"] or min(row["values"]) <= 0:
            continue  # nothing has no place on a log axis
        if row["series"]:
            key = (row["title"], row["x_label"], row["unit"])
            curves.setdefault(key, {}).setdefault(row["series"], []).append(
                point(row["values"], row["x"]))
        elif row["unit"].endswith("/s"):
            unit = groups.setdefault(row["unit"], {})
            dots = unit.setdefault(tuple(row["values"]), (row["name"].strip(), []))[1]
            if not dots:
                dots.append(("sluice", point(row["values"])))
            if row["ratios"]:
                theirs = [ours / ratio for ours, ratio in zip(row["values"], row["ratios"])]
                dots.append((row["peer"], point(theirs)))
    for (title, x_label, unit), its in curves.items():
        yield LinePlot(title, x_label, unit,
                       tuple(Series(name, tuple(points)) for name, points in its.items()),
                       is_log_x=not x_label.startswith("%"))
    for unit, its in groups.items():
        yield DotPlot(f"Throughput, {unit}", f"{unit}; more is better",
                      tuple((name, tuple(dots)) for name, dots in its.values()))
