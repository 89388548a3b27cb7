"""The Markdown tables of one run of the benchmarks: ratios that are claimed, and every timing."""

import statistics

import pairs

LONE = "/real_time/threads:1"
TWO = "/real_time/threads:2"
OURS = "sluice/cache:off/batch:16"


def match(workload, engine, threads=LONE):
    return f"Match/{workload}/{engine}{threads}"


def mixed(workload, engine, changes):
    return f"Mixed/{workload}/{engine}/changes:{changes}/iterations:1/manual_time"


def stream(workload, what, workers):
    return f"Stream/{workload}/{what}/workers:{workers}/real_time"


# What the headline is made of: (baseline, ours). The tenants have scopes for us, and the same lines
# with the organisation as the first segment for the baseline, which knows no scopes.
HEADLINE = [(match("w1", "locked_trie/batch:16"), match("w1", OURS)),
            (match("w2u", "locked_trie/batch:16"), match("w2u", OURS)),
            (match("w2z", "locked_trie/batch:16"), match("w2z", OURS)),
            (match("w3", "locked_trie/batch:16"), match("w3s", OURS))]


def claimed_ratios():
    """(what, the benchmark divided by, the benchmark divided)."""
    cached = "sluice/cache:on/batch:16"
    for workload in ("w1", "w1m", "w2u", "w2z", "w3", "w3s"):
        flat = "w3" if workload == "w3s" else workload
        trie = match(flat, "locked_trie/batch:16")
        yield f"{workload}: match, cache off / locked trie", trie, match(workload, OURS)
        yield f"{workload}: match, cache on / locked trie", trie, match(workload, cached)
        yield (f"{workload}: match, cache off / frozen trie", match(flat, "frozen_trie"),
               match(workload, OURS))
        yield (f"{workload}: match, cache off / mask tables", match(flat, "mask_tables"),
               match(workload, OURS))
        yield f"{workload}: 2 threads / 1, ours", match(workload, OURS), match(workload, OURS, TWO)
        if flat == workload:
            yield (f"{workload}: 2 threads / 1, frozen trie", match(workload, "frozen_trie"),
                   match(workload, "frozen_trie", TWO))
    for workload, flat in (("w1", "w1"), ("w2u", "w2u"), ("w3s", "w3")):
        for changes in (1_000, 10_000, 100_000):
            for engine in (OURS, cached):
                yield (f"{workload}: reader at {changes:,} changes/s / at 0, {engine}",
                       mixed(workload, engine, 0), mixed(workload, engine, changes))
            yield (f"{workload}: reader at {changes:,} changes/s, ours / locked trie",
                   mixed(flat, "locked_trie/batch:16", changes), mixed(workload, OURS, changes))
    for workload in ("w1", "w2u", "w3s"):
        for cache in ("off", "on"):
            whole = f"match/cache:{cache}/output:none/ordered"
            for workers in (1, 2):
                yield (f"{workload}: bytes to matches / decode alone, cache {cache}, "
                       f"{workers} workers", stream(workload, "decode_alone", workers),
                       stream(workload, whole, workers))
            yield (f"{workload}: bytes to matches, 2 workers / 1, cache {cache}",
                   stream(workload, whole, 1), stream(workload, whole, 2))


def decode(engine, bytes_):
    return f"Decode/{engine}/bytes:{bytes_}/real_time"


def decode_ratios():
    for bytes_ in (200, 500, 1024, 4096, 65536):
        for other in ("simdjson_stage1_only", "simdjson_dom"):
            yield (f"decode {bytes_:,} B: ours, fully validated / {other}", decode(other, bytes_),
                   decode("sluice", bytes_))


def headline(runs):
    """The geometric mean of the median ratios; None if a part was not run."""
    if any(name not in runs for pair in HEADLINE for name in pair):
        return None
    return pairs.geometric_mean(
        pairs.compare(pairs.rates(runs[old]), pairs.rates(runs[new])).median
        for old, new in HEADLINE)


def ratio_table(runs):
    lines = ["| ratio of rates | median | lowest - highest | wins | pairs |",
             "| --- | ---: | ---: | ---: | ---: |"]
    for what, old, new in (*claimed_ratios(), *decode_ratios()):
        if old not in runs or new not in runs:
            continue
        ratio = pairs.compare(pairs.rates(runs[old]), pairs.rates(runs[new]))
        lines.append(f"| {what} | {ratio.median:.2f} | {min(ratio.ratios):.2f} - "
                     f"{max(ratio.ratios):.2f} | {ratio.wins} | {len(ratio.ratios)} |")
    return lines


def counters(run):
    """The counters of a benchmark that no other column shows."""
    shown = {"items_per_second", "bytes_per_second", "ns_per_event", "ns_per_change", "real_time",
             "cpu_time", "iterations", "repetitions", "repetition_index", "threads",
             "family_index", "per_family_instance_index"}
    return ", ".join(f"{key} {value:.0f}" if key == "id_sum" else f"{key} {value:,.4g}"
                     for key, value in run.items()
                     if key not in shown and isinstance(value, (int, float)))


def timing_table(runs):
    lines = ["| benchmark | ns each | fastest - slowest | M/s | MB/s | counters (median run) |",
             "| --- | ---: | ---: | ---: | ---: | --- |"]
    for name, its_runs in runs.items():
        each = [1e9 / rate for rate in pairs.rates(its_runs)]
        median = statistics.median_low(each)
        run = its_runs[each.index(median)]
        megabytes = f"{run['bytes_per_second'] / 1e6:,.0f}" if "bytes_per_second" in run else ""
        lines.append(f"| {name} | {median:,.1f} | {min(each):,.1f} - {max(each):,.1f} | "
                     f"{1e3 / median:,.3f} | {megabytes} | {counters(run)} |")
    return lines


def memory_table(probes):
    lines = ["| set | engine | subscriptions | index bytes each | resident bytes each |",
             "| --- | --- | ---: | ---: | ---: |"]
    for probe in probes:
        lines.append(f"| {probe['set']} | {probe['engine']} | {probe['subscriptions']:,.0f} | "
                     f"{probe['index_bytes_each']:.1f} | {probe['resident_bytes_each']:.1f} |")
    return lines


def report(runs, probes, context, is_smoke):
    facts = ("date", "commit", "tree_is_dirty", "compiler", "flags", "cpu", "cores", "governor",
             "huge_pages", "simdjson_runtime_kernel", "simdjson_compiled_kernel", "load_avg")
    lines = ["# Benchmarks", ""]
    lines += [f"- {key}: {context[key]}" for key in facts if key in context]
    lines.append("")
    if is_smoke:
        lines += ["**Smoke test: only that everything runs. These numbers mean nothing.**", ""]
    mean = headline(runs)
    if mean is not None:
        lines += [f"**Headline: {mean:.2f}** (geometric mean, see bench/README.md)", ""]
    lines += ["## Ratios", ""] + ratio_table(runs) + [""]
    lines += ["## Memory", ""] + memory_table(probes) + [""]
    lines += ["## Timings", ""] + timing_table(runs) + [""]
    return "\n".join(lines)
