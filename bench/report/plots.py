"""Plots as SVG text, drawn twice: as wide as a page and as narrow as a telephone, since text that
shrinks with the picture cannot be read. Colours are classes that the page defines, light and dark.
"""

from dataclasses import dataclass
from html import escape

from report.scale import Scale, tick_label

WIDE, NARROW = 720, 344
COLOURS = 8
LETTER = 6.7  # the width of one at the size of the labels, about


@dataclass(frozen=True)
class Point:
    """`low` and `high` are the extremes of the rounds; x is of no meaning in a DotPlot."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Series:
    name: str
    points: tuple


@dataclass(frozen=True)
class LinePlot:
    title: str
    x_label: str
    y_label: str
    series: tuple
    is_log_x: bool = True
    is_log_y: bool = True

    def names(self):
        return [series.name for series in self.series]


@dataclass(frozen=True)
class DotPlot:
    """A line for each figure, in groups: (group, ((series, point), ...))."""

    title: str
    x_label: str
    groups: tuple

    def names(self):
        found = {}
        for _, dots in self.groups:
            found.update(dict.fromkeys(name for name, _ in dots))
        return list(found)


def text(x, y, words, anchor="start", kind="label"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def marker(number, x, y, size=4.0):
    """Series differ by shape as well as by colour."""
    colour = f"m s{number % COLOURS}"
    shapes = {
        1: f"M{x - size:.1f} {y - size:.1f}h{2 * size}v{2 * size}h{-2 * size}z",
        2: f"M{x:.1f} {y - 1.25 * size:.1f}l{1.2 * size} {2.2 * size}h{-2.4 * size}z",
        3: f"M{x:.1f} {y - 1.35 * size:.1f}l{1.35 * size} {1.35 * size}l{-1.35 * size} {1.35 * size}"
           f"l{-1.35 * size} {-1.35 * size}z",
    }
    if number % 4 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" class="{colour}"/>'
    return f'<path d="{shapes[number % 4]}" class="{colour}"/>'


def wrapper(plot, width, height, parts):
    kind = "wide" if width == WIDE else "narrow"
    return (f'<svg class="{kind}" viewBox="0 0 {width} {height:.0f}" role="img" '
            f'aria-label="{escape(plot.title)}">{"".join(parts)}</svg>')


def draw_lines(plot, width):
    height = 330 if width == WIDE else 300
    every = [point for series in plot.series for point in series.points]
    left, right, top, bottom = 52, width - 14, 26, height - 42
    x = Scale.around([point.x for point in every], left + 8, right - 8, plot.is_log_x)
    y = Scale.around([bound for point in every for bound in (point.low, point.high)], bottom, top,
                     plot.is_log_y)
    parts = [text(4, 14, plot.y_label, kind="axis")]
    for tick in y.ticks(7):
        parts += [line(left, y(tick), right, y(tick), "grid"),
                  text(left - 6, y(tick) + 4, tick_label(tick), "end")]
    for tick in sorted({point.x for point in every}) if len({p.x for p in every}) <= 8 \
            else x.ticks(8 if width == WIDE else 5):
        parts.append(text(x(tick), bottom + 17, tick_label(tick), "middle"))
    parts += [line(left, bottom, right, bottom, "frame"),
              text((left + right) / 2, height - 6, plot.x_label, "middle", "axis")]
    for number, series in reversed(list(enumerate(plot.series))):  # ours, the first, on top
        path = "M" + "L".join(f"{x(point.x):.1f} {y(point.y):.1f}" for point in series.points)
        parts.append(f'<path d="{path}" class="curve s{number % COLOURS}"/>')
        for point in series.points:
            if point.high > point.low:
                parts.append(line(x(point.x), y(point.low), x(point.x), y(point.high),
                                  f"whisker s{number % COLOURS}"))
            parts.append(marker(number, x(point.x), y(point.y)))
    return wrapper(plot, width, height, parts)


def draw_dots(plot, width):
    names = plot.names()
    every = [point for _, dots in plot.groups for _, point in dots]
    label = LETTER * max(map(len, names)) + 12
    left = min(label, 230) if width == WIDE else 8
    step, head = (21, 24) if width == WIDE else (39, 26)
    height = sum(head + step * len(dots) for _, dots in plot.groups) + 46
    right, bottom = width - 58, height - 42
    x = Scale.around([bound for point in every for bound in (point.low, point.high)], left + 6,
                     right, True)
    parts = []
    for tick in x.ticks(9 if width == WIDE else 5):
        parts += [line(x(tick), 6, x(tick), bottom, "grid"),
                  text(x(tick), bottom + 17, tick_label(tick), "middle")]
    parts.append(text((left + right) / 2, height - 6, plot.x_label, "middle", "axis"))
    at = 0
    for group, dots in plot.groups:
        at += head
        parts.append(text(0, at - 6, group, kind="group"))
        for name, point in dots:
            number, middle = names.index(name), at + step - 10
            kind = "ours" if name.startswith("sluice") else "label"
            parts.append(text(left - 4, middle + 4, name, "end", kind) if width == WIDE
                         else text(left, middle - 11, name, kind=kind))
            parts += [line(x(point.low), middle, x(point.high), middle,
                           f"range s{number % COLOURS}"),
                      marker(number, x(point.y), middle, 4.5),
                      text(max(x(point.high), x(point.y)) + 9, middle + 4, tick_label_of(point.y))]
            at += step
    return wrapper(plot, width, height, parts)


def tick_label_of(value):
    """Three digits of a figure."""
    if value >= 1000:
        digits = 10 ** (len(str(int(value))) - 3)
        return tick_label(round(value / digits) * digits)
    return f"{value:.3g}"


def legend(plot):
    """Only lines need one: dots have their names beside them."""
    if isinstance(plot, DotPlot):
        return ""
    items = "".join(f'<li><svg viewBox="0 0 14 14">{marker(number, 7, 7)}</svg>{escape(name)}</li>'
                    for number, name in enumerate(plot.names()))
    return f'<ul class="legend">{items}</ul>'


def figure(plot):
    draw = draw_dots if isinstance(plot, DotPlot) else draw_lines
    return (f"<figure><figcaption>{escape(plot.title)}</figcaption>{legend(plot)}"
            f"{draw(plot, WIDE)}{draw(plot, NARROW)}</figure>")
