#!/usr/bin/env python3
"""Compares the speed of two commits: builds both, lets them take turns, and says which differences
are real.

    tools/bench_compare.py OLD NEW --filter '^Match/w1/sluice' --workloads build/bench/workloads/seed-0

OLD and NEW are commits, or `.` for the tree as it is. Work trees and builds stay in build/compare
and are used again.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "bench"))

import pairs  # noqa: E402


def options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--filter", default="^Match/.*/sluice/.*batch:16.*threads:1",
                        help="regular expression of benchmarks (default: %(default)s)")
    parser.add_argument("--workloads", type=Path,
                        default=ROOT / "build" / "bench" / "workloads" / "seed-0",
                        help="directory of workload files; bench/run makes the default")
    parser.add_argument("--pairs", type=int, default=pairs.MIN_PAIRS)
    parser.add_argument("--min-time", type=float, default=0.5, help="seconds of each timing")
    return parser.parse_args()


def source_of(commit):
    """A work tree of the commit, and where it is built."""
    if commit == ".":
        return ROOT, ROOT / "build" / "compare" / "current"
    name = subprocess.run(["git", "rev-parse", "--short=12", f"{commit}^{{commit}}"], cwd=ROOT,
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    tree = ROOT / "build" / "compare" / name
    if not tree.exists():
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)
        subprocess.run(["git", "worktree", "add", "--detach", tree, name], cwd=ROOT, check=True)
    return tree, tree / "build" / "compare"


def build(commit):
    tree, directory = source_of(commit)
    subprocess.run(["cmake", "-S", tree, "-B", directory, "-G", "Ninja",
                    "-DCMAKE_BUILD_TYPE=Release"], check=True)
    subprocess.run(["cmake", "--build", directory, "--target", "sluice_bench"], check=True)
    return directory


def run(directory, wanted):
    out = directory / "compare.json"
    subprocess.run([directory / "bin" / "sluice_bench", "--workloads", wanted.workloads, "--out",
                    out, f"--benchmark_filter={wanted.filter}",
                    f"--benchmark_min_time={wanted.min_time}"], check=True)
    return {name: pairs.rates(runs)[0]
            for name, runs in pairs.runs_by_name(json.loads(out.read_text())).items()}


def table(old_rounds, new_rounds):
    yield f"{'ratio':>7} {'lowest':>7} {'highest':>7}  wins  verdict        benchmark"
    for name in old_rounds[0]:
        if any(name not in rates for rates in new_rounds):
            continue
        ratio = pairs.compare([rates[name] for rates in old_rounds],
                              [rates[name] for rates in new_rounds])
        yield (f"{ratio.median:7.3f} {min(ratio.ratios):7.3f} {max(ratio.ratios):7.3f}  "
               f"{ratio.wins}/{len(ratio.ratios)}   {ratio.verdict:13}  {name}")


def main():
    wanted = options()
    old, new = build(wanted.old), build(wanted.new)
    old_rounds, new_rounds = [], []
    for _ in range(wanted.pairs):
        old_rounds.append(run(old, wanted))
        new_rounds.append(run(new, wanted))
    print(f"\nRate of {wanted.new} as a multiple of {wanted.old}:")
    print("\n".join(table(old_rounds, new_rounds)))


if __name__ == "__main__":
    main()
