"""What a run says: sluice beside something else, pair by pair, and the one rule of how that may be
told. Tables, plots and the README take their words from here.
"""

import statistics
from dataclasses import dataclass

import pairs


@dataclass(frozen=True)
class Claim:
    """`ratios`: how many times as fast sluice was as `beside`, of each pair; over 1 is faster,
    whatever the unit. `problem` says which answers were wrong; then there is no ratio."""

    family: str
    what: str
    beside: str
    ratios: tuple = ()
    problem: str = ""
    is_headline: bool = False
    note: str = ""

    @property
    def comparison(self):
        return pairs.Comparison(tuple(self.ratios))

    @property
    def verdict(self):
        """One of wrong, faster, slower, no difference, too few pairs."""
        return "wrong" if self.problem or not self.ratios else self.comparison.verdict

    @property
    def finding(self):
        """The number to show, or why none is shown."""
        if self.verdict == "wrong":
            return "WRONG: " + (self.problem or "not measured")
        if self.verdict in ("faster", "slower"):
            return times(self.comparison.median)
        return self.verdict

    @property
    def spread(self):
        """Lowest to highest pair; nothing where the answers were wrong."""
        if self.verdict == "wrong":
            return ""
        return f"{number(min(self.ratios))} to {number(max(self.ratios))}"

    @property
    def won(self):
        return "" if self.verdict == "wrong" else f"{self.comparison.wins} of {len(self.ratios)}"


def number(value):
    """Three digits that count, without an exponent."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.001 else f"{value:.6f}".rstrip("0")


def times(ratio):
    return f"{number(ratio)} times"


def of_service_row(row, family):
    """The claim in a row of bench/e2e/run, which keeps ratios as ours / theirs: None where it has
    no peer. What costs less is better, so its ratio is turned round."""
    if not row["peer"] or not (row["ratios"] or row["problem"]):
        return None
    ratios = row["ratios"]
    if row.get("less_is_better"):
        ratios = [1 / ratio for ratio in ratios]
    return Claim(family, row["name"].strip(), row["peer"], tuple(ratios), row["problem"],
                 is_headline=bool(row.get("is_headline")), note=row["note"])


def geometric_mean(claims):
    """Of the medians; None if one of them was wrong or has too few pairs to be told."""
    if not claims or any(claim.verdict in ("wrong", "too few pairs") for claim in claims):
        return None
    return pairs.geometric_mean(statistics.median(claim.ratios) for claim in claims)
