"""The arithmetic of paired timings: two programs or engines take turns, A B A B, and the n-th run of
one is compared with the n-th run of the other, so that what the machine does meanwhile hits both.
"""

import math
import statistics
from dataclasses import dataclass

MIN_PAIRS = 7
CONFIDENCE = 0.95
MIN_CHANGE = 0.03  # less than this is not told apart from noise here


class RefusedRun(Exception):
    """A benchmark did not give a timing; its answers may have been wrong."""


@dataclass(frozen=True)
class Comparison:
    """How many times as fast the new one is, pair by pair."""

    ratios: tuple

    @property
    def median(self):
        return statistics.median(self.ratios)

    @property
    def wins(self):
        return sum(ratio > 1 for ratio in self.ratios)

    @property
    def losses(self):
        return sum(ratio < 1 for ratio in self.ratios)

    @property
    def interval(self):
        """Where the true median is, with a confidence of 95 % at least, whatever the distribution:
        an order statistic from each end (binomial; Conover, Practical Nonparametric Statistics,
        section 3.2). Of seven pairs it is the lowest and the highest. None if they are too few."""
        count, tail, skipped = len(self.ratios), 1, 0
        if count < MIN_PAIRS:
            return None
        while 2 * (tail + math.comb(count, skipped + 1)) <= (1 - CONFIDENCE) * 2**count:
            skipped += 1
            tail += math.comb(count, skipped)
        ordered = sorted(self.ratios)
        return ordered[skipped], ordered[-1 - skipped]

    @property
    def verdict(self):
        """A difference is real when its interval excludes 1, it shows in all pairs but one, and it
        exceeds 3 %."""
        if self.interval is None:
            return "too few pairs"
        low, high = self.interval
        enough = len(self.ratios) - 1
        if low > 1 and self.wins >= enough and self.median > 1 + MIN_CHANGE:
            return "faster"
        if high < 1 and self.losses >= enough and self.median < 1 / (1 + MIN_CHANGE):
            return "slower"
        return "no difference"


def compare(old_rates, new_rates):
    """Rates are events a second: more is better."""
    if len(old_rates) != len(new_rates) or not old_rates:
        raise ValueError(f"{len(old_rates)} runs cannot be paired with {len(new_rates)}")
    return Comparison(tuple(new / old for old, new in zip(old_rates, new_rates)))


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(math.log(value) for value in values) / len(values))


def runs_by_name(document):
    """The runs of each benchmark of a Google Benchmark JSON document, in the order of the rounds."""
    for name, message in refusals(document).items():
        raise RefusedRun(f"{name}: {message}")
    runs = {}
    for run in document["benchmarks"]:
        runs.setdefault(run["name"], []).append(run)
    return runs


def refusals(document):
    """The benchmarks that were refused, mostly for a wrong answer, and what was wrong. A benchmark
    that was refused once has no timing at all, however often it was right."""
    return {run["name"]: run["error_message"]
            for run in document["benchmarks"] if run.get("error_occurred")}


def without(document, names):
    """The document without the runs of some benchmarks."""
    return {**document, "benchmarks": [run for run in document["benchmarks"]
                                       if run["name"] not in names]}


def rates(runs):
    return [run["items_per_second"] for run in runs]
