"""What a measurement found, and how it is shown."""

import operator
import statistics
import sys
from dataclasses import asdict, dataclass, field

COMPARISONS = {">=": operator.ge, "<=": operator.le}


@dataclass
class Row:
    """One line: a figure of sluice in each round and, where a peer took turns with it, the ratio of
    each round. `problem` says what was wrong with the answers; then the figures mean nothing."""

    name: str
    unit: str
    values: list
    peer: str = ""
    ratios: list = field(default_factory=list)
    target: tuple = ()  # ("value" or "ratio", ">=" or "<=", number)
    problem: str = ""
    note: str = ""
    less_is_better: bool = False
    is_headline: bool = False  # the report's first screen shows it
    # Where the row is a point of a curve: its plot, the curve, the axis and the place on it.
    title: str = ""
    series: str = ""
    x_label: str = ""
    x: float = 0

    @property
    def verdict(self):
        if self.problem:
            return "WRONG: " + self.problem
        if not self.target:
            return ""
        what, comparison, number = self.target
        measured = statistics.median(self.ratios if what == "ratio" else self.values)
        reached = COMPARISONS[comparison](measured, number)
        return f"{'reaches' if reached else 'misses'} {what} {comparison} {figure(number)}"

    def document(self):
        return {**asdict(self), "verdict": self.verdict}


def figure(number):
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def spread(values):
    middle = figure(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({figure(min(values))} to {figure(max(values))})"


def show(row, out=sys.stdout):
    """One line of the table, and its note."""
    measured = spread(row.values) if row.values else "-"
    print(f"{row.name:34} {measured:>34} {row.unit:14} {row.verdict}", file=out)
    if row.ratios:
        wins = sum(ratio < 1 if row.less_is_better else ratio > 1 for ratio in row.ratios)
        print(f"{'':34} {spread(row.ratios):>34} times {row.peer}, better in {wins} of "
              f"{len(row.ratios)} pairs", file=out)
    if row.note:
        print(f"{'':34} {row.note}", file=out)
    out.flush()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
