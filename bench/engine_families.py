"""The engine's part of a run: which benchmarks of sluice_bench belong to which family, the workloads
that they read, and the process for each.
"""

import json
import random
import subprocess
from dataclasses import dataclass

import pairs

SMOKE_LINES = 500


@dataclass(frozen=True)
class Part:
    """One process of sluice_bench. `quick` is None for what --quick leaves out. Where `rounds` is
    given, (of a full run, of a quick one), no ratio is claimed."""

    family: str
    name: str
    full: str
    quick: str | None
    rounds: tuple | None = None


# A process for each set of subscriptions, so that its engines share a machine with no others.
PARTS = (
    Part("matching", "w1", "^Match/(w1|w1m)/",
         "^Match/w1/(sluice/cache:.*/batch:16|locked_trie/batch:16|mask|frozen|linear).*threads:1"),
    Part("matching", "w2", "^Match/(w2u|w2z)/",
         "^Match/(w2u|w2z)/(sluice/cache:.*/batch:16|locked_trie/batch:16).*threads:1"),
    Part("matching", "w3", "^Match/(w3|w3s)/",
         "^Match/(w3s/sluice/cache:.*/batch:16|w3/locked_trie/batch:16|w3/frozen).*threads:1"),
    Part("matching", "hostile", "^Hostile/", None, (3, 3)),
    Part("matching", "regex", "^Regex/subscriptions:(100|1000)/", "^Regex/subscriptions:1000/"),
    Part("decoding", "decode", "^Decode/", "^Decode/(sluice|simdjson_[^/]*|mem[^/]*)/bytes:500/"),
    Part("decoding", "stream", "^Stream/", "^Stream/w1/(decode|match/cache:on/output:none/ordered)"),
    Part("changes", "mixed", "^Mixed/",
         "^Mixed/w2u/(sluice/cache:off|locked).*changes:(0|10000)/"),
    Part("changes", "update", "^Update/", "^Update/add/w1/sluice/each", (3, 3)),
    Part("changes", "visibility", "^Visibility/", "^Visibility/", (3, 3)),
    Part("scaling", "scaling", "^Scaling/(subscriptions:10{3,6}|depth:.*|wildcards:.*|fan_out:.*)/",
         "^Scaling/(subscriptions:10{3,5}|depth:(2|16)|wildcards:(1|8|16)|fan_out:(1|100|10000))"
         "/(sluice/cache:off|locked)", (3, 1)),
    Part("scaling", "scaling-10M", "^Scaling/subscriptions:10000000/sluice/cache:off", None, (1, 1)),
)


def write_misses(hits, misses, seed):
    """w1m: half of the events of w1 with a last segment that nobody subscribed to."""
    draws = random.Random(seed)
    with open(hits, encoding="ascii") as lines, open(misses, "w", encoding="ascii") as out:
        for line in lines:
            head, _, last = line.rstrip("\n").rpartition(".")
            out.write(line if draws.random() < 0.5 else f"{head}.un{last}\n")


def make_workloads(programs, directory, seed, lines=None):
    """Writes W1, W2 and W3 with `sluice generate`, unless they are there."""
    directory.mkdir(parents=True, exist_ok=True)
    count = [] if lines is None else ["--count", str(lines)]
    for kind, shape, name, extra in (
            ("subscriptions", "flat", "w1.subs", ["--format", "text"]),
            ("names", "flat", "w1.events", []),
            ("subscriptions", "wild", "w2.subs", ["--format", "text"]),
            ("names", "wild", "w2u.events", []),
            ("names", "wild", "w2z.events", ["--zipf", "1"]),
            ("subscriptions", "tenants", "w3.subs", ["--format", "text"]),
            ("names", "tenants", "w3.events", [])):
        file = directory / name
        if file.exists():
            continue
        unfinished = directory / (name + ".part")
        subprocess.run([programs / "sluice", "generate", kind, "--shape", shape, "--seed",
                        str(seed), *count, *extra, "--output", unfinished], check=True)
        unfinished.rename(file)
    if not (directory / "w1m.events").exists():
        write_misses(directory / "w1.events", directory / "w1m.events", seed)
    return directory


def command_of(part, wanted, workloads):
    """What runs a part, without where its results go."""
    quick = wanted.quick and not wanted.smoke
    rounds = wanted.rounds
    if part.rounds and not wanted.smoke:
        rounds = part.rounds[1 if quick else 0]
    command = ["--workloads", str(workloads), "--seed", str(wanted.seed), "--rounds", str(rounds),
               f"--benchmark_filter={part.quick if quick else part.full}"]
    if wanted.smoke:
        return [*command, "--smoke", "--benchmark_min_time=0.001"]
    return [*command, "--window-ms", "200", "--benchmark_min_time=0.05"] if quick else command


def measure(parts, programs, workloads, wanted, results):
    """Runs the parts. Wrong answers are in the results: that sluice_bench says so is no failure."""
    for number, part in enumerate(parts):
        name = f"{number:02}-{part.name}"
        done = subprocess.run(
            [programs / "sluice_bench", *command_of(part, wanted, workloads), "--out",
             results.file(name), f"--benchmark_context=run={results.mark}"], check=False)
        if done.returncode > 1 or done.returncode < 0:
            raise subprocess.CalledProcessError(done.returncode, "sluice_bench")
        if done.returncode == 1 and not pairs.refusals(results.read(name)):
            raise subprocess.CalledProcessError(1, f"sluice_bench ({part.name})")


def probe_memory(programs, workloads, is_quick):
    """How a fresh process grows, beside what the index says of itself."""
    for name in ("w1", "w2u", "w3", "w3s"):
        engines = ("sluice",) if name == "w3s" or is_quick else ("sluice", "locked_trie",
                                                                 "mask_tables")
        if name == "w3" and is_quick:
            continue
        for engine in engines:
            command = [programs / "sluice_memory_probe", "--workloads", workloads, "--set", name,
                       "--engine", engine]
            yield json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
