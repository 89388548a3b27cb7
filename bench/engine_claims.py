"""Which benchmarks of the engine are divided by which: ours by those that took turns with them in
the same rounds.
"""

import pairs
from claims import Claim

LONE = "/real_time/threads:1"
TWO = "/real_time/threads:2"
OURS = "sluice/cache:off/batch:16"
CACHED = "sluice/cache:on/batch:16"
TRIE = "locked_trie/batch:16"
# What people call the workloads.
TITLES = {
    "w1": "100,000 exact subscriptions",
    "w1m": "the same, half of the events unknown",
    "w2u": "1,000,000, a quarter with wildcards",
    "w2z": "1,000,000, Zipf names",
    "w3": "1,000,000 of 10,000 organisations",
    "w3s": "1,000,000 of 10,000 organisations",
}
# Tenants have scopes for us; baselines, which know none, have the same lines with the organisation
# as the first segment.
HEADLINE = ("w1", "w2u", "w2z", "w3s")


def short(workload):
    """As people write it: W2u, W3."""
    return "W" + flat(workload)[1:]


def flat(workload):
    return "w3" if workload == "w3s" else workload


def match(workload, engine, threads=LONE):
    return f"Match/{workload}/{engine}{threads}"


def mixed(workload, engine, changes):
    return f"Mixed/{workload}/{engine}/changes:{changes}/iterations:1/manual_time"


def stream(workload, what, workers):
    return f"Stream/{workload}/{what}/workers:{workers}/real_time"


def decode(engine, bytes_):
    return f"Decode/{engine}/bytes:{bytes_}/real_time"


def matching():
    """(family, what, beside, whether it is a headline, the benchmark divided by, ours)."""
    for workload, title in TITLES.items():
        name = f"{short(workload)}: {title}"
        trie, frozen = match(flat(workload), TRIE), match(flat(workload), "frozen_trie")
        is_headline = workload in HEADLINE
        if workload != "w3":
            yield "matching", name, "locked trie", is_headline, trie, match(workload, OURS)
            yield ("matching", name + ", cache on", "locked trie", False, trie,
                   match(workload, CACHED))
            yield "matching", name, "frozen trie (read-only)", False, frozen, match(workload, OURS)
            yield ("matching", name, "mask tables (read-only)", False,
                   match(flat(workload), "mask_tables"), match(workload, OURS))
            yield ("matching", name + ", 2 threads", "1 thread", False, match(workload, OURS),
                   match(workload, OURS, TWO))
        if workload == flat(workload):
            yield ("matching", f"{name}, the frozen trie on 2 threads", "on 1", False, frozen,
                   match(workload, "frozen_trie", TWO))
    yield ("matching", "W1: 100,000 exact subscriptions", "comparing every pattern", True,
           match("w1", "linear_scan"), match("w1", OURS))


def changes():
    for workload in ("w1", "w2u", "w3s"):
        name = f"{short(workload)}: a reader at "
        for rate in (1_000, 10_000, 100_000):
            for engine, cache in ((OURS, "cache off"), (CACHED, "cache on")):
                yield ("changes", f"{name}{rate:,} changes/s, {cache}", "itself at 0", False,
                       mixed(workload, engine, 0), mixed(workload, engine, rate))
            yield ("changes", f"{name}{rate:,} changes/s", "locked trie",
                   workload == "w2u" and rate == 10_000, mixed(flat(workload), TRIE, rate),
                   mixed(workload, OURS, rate))


def decoding():
    for bytes_ in (200, 500, 1024, 4096, 65536):
        for other, beside in (("simdjson_dom", "simdjson DOM, which validates as much"),
                              ("simdjson_stage1_only", "simdjson stage 1 alone"),
                              ("simdjson_on_demand_two_fields", "simdjson On-Demand, two fields"),
                              ("memcpy", "memcpy"), ("memchr_lines", "counting lines")):
            yield ("decoding", f"events of {bytes_:,} B, all of it validated", beside,
                   bytes_ == 500 and other == "simdjson_dom", decode(other, bytes_),
                   decode("sluice", bytes_))
    for workload in ("w1", "w2u", "w3s"):
        for cache in ("off", "on"):
            whole = f"match/cache:{cache}/output:none/ordered"
            name = f"{short(workload)}: bytes to matches, cache {cache}"
            for workers in (1, 2):
                yield ("decoding", f"{name}, {workers} workers", "decoding alone", False,
                       stream(workload, "decode_alone", workers), stream(workload, whole, workers))
            yield ("decoding", f"{name}, 2 workers", "1 worker", False, stream(workload, whole, 1),
                   stream(workload, whole, 2))


def made_up(name, engine):
    return f"{name}/{engine}/iterations:20/real_time"


def regular_expressions():
    for patterns in (100, 1_000):
        name = f"Regex/subscriptions:{patterns}"
        for engine, beside in (("re2_set", "RE2::Set"), ("hyperscan", "Hyperscan")):
            yield ("matching", f"{patterns:,} patterns", beside, patterns == 1_000,
                   made_up(name, engine), made_up(name, OURS))


def engine_claims(runs, refused):
    """Claims of which both sides ran. A side that was refused makes its claim wrong, not absent."""
    for family, what, beside, is_headline, old, new in (*matching(), *regular_expressions(), *decoding(),
                                               *changes()):
        if problem := refused.get(new) or refused.get(old):
            yield Claim(family, what, beside, (), problem, is_headline)
        elif old in runs and new in runs:
            ratios = pairs.compare(pairs.rates(runs[old]), pairs.rates(runs[new])).ratios
            yield Claim(family, what, beside, ratios, is_headline=is_headline)


def headline(claims):
    """The claims whose geometric mean is the one number; none if a part of it was not run."""
    found = [claim for claim in claims if claim.family == "matching" and claim.is_headline and
             claim.beside == "locked trie"]
    return found if len(found) == len(HEADLINE) else []
