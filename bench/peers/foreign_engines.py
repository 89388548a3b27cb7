"""Matching beside engines in other languages: every adapter is checked on a small case, then all of
them, each loaded with the same files, take turns at one pass over the same events.
"""

import itertools
import tempfile
from pathlib import Path

import adapter
from children import MeasurementFailed
from engine_claims import TITLES, short

SETS = ("w1", "w2u", "w3")
EVENTS = 50_000


def first_lines(source, count, target):
    with open(source, encoding="ascii") as lines, open(target, "w", encoding="ascii") as out:
        out.writelines(itertools.islice(lines, count))
    return target


def checked(peers, work):
    """Name -> what is wrong with it; empty where all answers were right."""
    problems = {}
    for peer in peers:
        try:
            adapter.check(peer.command, work, peer.has_wildcards)
            problems[peer.name] = ""
        except (adapter.WrongAnswers, MeasurementFailed, ValueError) as error:
            problems[peer.name] = str(error)
    return problems


def take_turns(peers, files, work, rounds):
    """Name -> (events a second of each round, what is wrong). The first peer is ours, and the
    others' hits and sums must be its own. A pass of each before the first round warms it up."""
    started, rates, problems = {}, {}, {}
    try:
        for peer in peers:
            started[peer.name] = adapter.Adapter(peer.command, *files, work / "adapter.log")
        for round_ in range(rounds + 1):
            wanted = None
            for name, engine in started.items():
                told = engine.round()
                counted = told["hits"], told["id_sum"]
                wanted = wanted or counted
                if counted != wanted:
                    problems[name] = f"it counts {counted} hits and sum, sluice {wanted}"
                if round_ > 0:
                    rates.setdefault(name, []).append(told["events"] / told["seconds"])
    finally:
        for engine in started.values():
            engine.stop()
    return {name: (rates[name], problems.get(name, "")) for name in started}


def measure(ours, peers, workloads, rounds, sets=SETS, events=EVENTS):
    """A document for each engine on each set; one that was wrong on the small case is not timed. An
    engine with a cache is divided by ours with its own."""
    with tempfile.TemporaryDirectory(prefix="sluice-peers-") as place:
        work = Path(place)
        problems = checked([*ours, *peers], work)
        for set_ in sets:
            fitting = [*ours, *(peer for peer in peers if peer.has_wildcards or set_ == "w1")]
            files = (workloads / f"{set_[:2]}.subs",
                     first_lines(workloads / f"{set_}.events", events, work / "some.events"))
            found = take_turns([peer for peer in fitting if not problems[peer.name]], files, work,
                               rounds)
            for peer in fitting:
                rates, problem = found.get(peer.name, ([], problems[peer.name]))
                base = found.get(next(one.name for one in ours if one.is_cached == peer.is_cached))
                ratios = [mine / other for mine, other in zip(base[0], rates)] if base else []
                yield {"set": set_, "engine": peer.name, "rates": rates, "problem": problem,
                       "what": f"{short(set_)}: {TITLES[set_]}" + ", cache on" * peer.is_cached,
                       "ratios": [] if problem else ratios,
                       "note": f"{events:,} events a pass, one thread"}
