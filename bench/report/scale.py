"""Where a value stands on an axis, and which values get a tick."""

import math
from dataclasses import dataclass

SUFFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def tick_label(value):
    """Short: 1,500,000 is 1.5M."""
    for size, suffix in SUFFIXES:
        if abs(value) >= size:
            return f"{value / size:g}{suffix}"
    return f"{value:g}"


def _log_ticks(low, high, most):
    """Powers of ten, and as many digits between them as there is room for."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for digits in ((1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5), (1, 2, 5), (1,)):
        ticks = [digit * 10.0**exponent for exponent in exponents for digit in digits]
        ticks = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        if len(ticks) <= most:
            return ticks or [float(f"{math.sqrt(low * high):.2g}")]
    return ticks[:: math.ceil(len(ticks) / most)]


def _linear_ticks(low, high, most):
    span = high - low
    step = 10.0 ** math.floor(math.log10(span))
    step = next(step * factor for factor in (0.1, 0.2, 0.5, 1, 2, 5) if span / (step * factor) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(tick * step, 10) for tick in range(first, math.floor(high / step + 1e-9) + 1)]


@dataclass(frozen=True)
class Scale:
    """Maps values from `low` to `high` to positions from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool

    @classmethod
    def around(cls, values, start, end, is_log):
        """Room for all `values`: a log axis has some to spare, a linear one begins at 0."""
        values = [value for value in values if value > 0 or not is_log]
        low, high = min(values), max(values)
        if is_log:
            room = max(1.06, (high / low) ** 0.04)
            return cls(low / room, high * room, start, end, True)
        return cls(min(0.0, low), (high or 1.0) * 1.05, start, end, False)

    def __call__(self, value):
        if self.is_log:
            share = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most):
        return (_log_ticks if self.is_log else _linear_ticks)(self.low, self.high, most)
