"""The arithmetic of paired timings: two programs or engines take turns, A B A B, and the n-th run of
one is compared with the n-th run of the other, so that what the machine does meanwhile hits both.
"""

import math
import statistics
from dataclasses import dataclass

MIN_PAIRS = 7
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
    def verdict(self):
        """A change is real when it wins all pairs but one and exceeds 3 %; else it is noise."""
        pairs = len(self.ratios)
        if pairs < MIN_PAIRS:
            return "too few pairs"
        if self.wins >= pairs - 1 and self.median > 1 + MIN_CHANGE:
            return "faster"
        if self.losses >= pairs - 1 and self.median < 1 / (1 + MIN_CHANGE):
            return "slower"
        return "noise"


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
    runs = {}
    for run in document["benchmarks"]:
        if run.get("error_occurred"):
            raise RefusedRun(f"{run['name']}: {run['error_message']}")
        runs.setdefault(run["name"], []).append(run)
    return runs


def rates(runs):
    return [run["items_per_second"] for run in runs]
