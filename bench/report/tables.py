"""The tables of a report as rows of plain words, for Markdown and HTML alike."""

import statistics

import pairs
from claims import number

# Counters that other columns show, or that belong to Google Benchmark.
HIDDEN = {"items_per_second", "bytes_per_second", "ns_per_event", "ns_per_change", "real_time",
          "cpu_time", "iterations", "repetitions", "repetition_index", "threads", "family_index",
          "per_family_instance_index"}
CLAIMS = ("what", "beside", "times as fast", "lowest to highest pair", "pairs won")
TIMINGS = ("benchmark", "ns each", "fastest to slowest", "M/s", "MB/s", "counters (median run)")
SERVICE = ("what", "figure", "lowest to highest round", "unit", "beside", "verdict", "note")
MEMORY = ("set", "engine", "subscriptions", "index bytes each", "resident bytes each")


def claims(found):
    return [(claim.what, claim.beside, claim.finding, claim.spread, claim.won) for claim in found]


def counters(run):
    return ", ".join(f"{key} {value:.0f}" if key == "id_sum" else f"{key} {value:,.4g}"
                     for key, value in run.items()
                     if key not in HIDDEN and isinstance(value, (int, float)))


def timings(runs, refused):
    rows = [(name, "WRONG", "", "", "", message) for name, message in refused.items()]
    for name, its_runs in runs.items():
        each = [1e9 / rate for rate in pairs.rates(its_runs)]
        median = statistics.median_low(each)
        run = its_runs[each.index(median)]
        megabytes = f"{run['bytes_per_second'] / 1e6:,.0f}" if "bytes_per_second" in run else ""
        rows.append((name, f"{median:,.1f}", f"{min(each):,.1f} to {max(each):,.1f}",
                     f"{1e3 / median:,.3f}", megabytes, counters(run)))
    return rows


def service(rows):
    shown = []
    for row in rows:
        values = row["values"]
        is_wrong = bool(row["problem"]) or not values
        shown.append((row["name"].strip(), "" if is_wrong else number(statistics.median(values)),
                      "" if is_wrong else f"{number(min(values))} to {number(max(values))}",
                      row["unit"], row["peer"], row["verdict"], row["note"]))
    return shown


def memory(probes):
    return [(probe["set"], probe["engine"], f"{probe['subscriptions']:,.0f}",
             f"{probe['index_bytes_each']:.1f}", f"{probe['resident_bytes_each']:.1f}")
            for probe in probes]


def facts(found):
    """One line for each fact; the packages in one of their own."""
    rows = [(key.replace("_", " "), str(value)) for key, value in found.items()
            if key != "packages"]
    packages = found.get("packages", {})
    return [*rows, ("packages", ", ".join(f"{name} {version}"
                                          for name, version in packages.items()))]
