"""report.html: one file that needs nothing else, no network, no script."""

import math
from html import escape
from pathlib import Path

from claims import number
from families import FAMILIES
from report import tables
from report.plots import figure

STYLE = Path(__file__).with_name("page.css")
METHOD = """<p>Measured on one machine in one run: what is compared takes turns, A B A B. A number is the
median ratio of the pairs, with the lowest and highest; where the interval that holds the true median (95 %)
includes 1, it says <i>no difference</i>. All answers were checked before anything was timed.</p>"""


def interval_bar(claim):
    """The interval on a log axis with a line at 1; nothing where there is none."""
    if claim.verdict == "wrong" or claim.comparison.interval is None:
        return ""
    low, high = claim.comparison.interval

    def at(ratio):
        return 3 + 134 * (math.log10(min(max(ratio, 0.1), 1000)) + 1) / 4

    left, right = at(low), max(at(high), at(low) + 1.5)
    return (f'<svg class="bar" viewBox="0 0 140 16" aria-hidden="true">'
            f'<line x1="{at(1):.1f}" x2="{at(1):.1f}" y1="0" y2="16" class="one"/>'
            f'<line x1="{left:.1f}" x2="{right:.1f}" y1="8" y2="8" class="reach"/>'
            f'<circle cx="{at(claim.comparison.median):.1f}" cy="8" r="3.5" class="median"/></svg>')


def claim_row(claim):
    kind = claim.verdict.replace(" ", "-")
    note = f'<span class="beside">{escape(claim.note)}</span>' if claim.note else ""
    return (f'<tr class="{kind}"><td>{escape(claim.what)}<span class="beside">beside '
            f'{escape(claim.beside)}</span>{note}</td>'
            f'<td class="finding"><b>{escape(claim.finding)}</b> <span class="spread">'
            f'{escape(claim.spread)}</span></td>'
            f'<td class="graph">{interval_bar(claim)}</td>'
            f'<td class="won">{escape(claim.won)}</td></tr>')


def claim_table(groups):
    """`groups`: (title or None, claims)."""
    rows = []
    for title, found in groups:
        if found and title:
            rows.append(f'<tr class="family"><th colspan="4" scope="rowgroup">{escape(title)}</th></tr>')
        rows += [claim_row(claim) for claim in found]
    return ('<table class="claims"><thead><tr><th>what sluice does</th><th>times as fast</th>'
            '<th class="graph">0.1 to 1,000</th><th class="won">pairs won</th></tr></thead>'
            f'<tbody>{"".join(rows)}</tbody></table>')


def plain_table(head, rows):
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
                   for row in rows)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'


def details(title, inside):
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def section(family, story):
    found, rows = story.of(family.name), story.rows.get(family.name, [])
    plots = story.plots[family.name]
    if not (found or rows or plots):
        return ""
    parts = [f'<section id="{family.name}"><h2>{escape(family.title)}</h2>',
             f"<p>{escape(family.question)}</p>", *map(figure, plots),
             f'<p class="command">Again: <code>{escape(family.command)}</code></p>']
    if found:
        parts.append(details(f"All {len(found)} ratios", claim_table([(None, found)])))
    if rows:
        parts.append(details("All figures", plain_table(tables.SERVICE, tables.service(rows))))
    return "".join([*parts, "</section>"])


def first_screen(story):
    facts = story.facts
    groups = [(family.title, story.of(family.name, True)) for family in FAMILIES]
    parts = ["<header><h1>How fast is sluice?</h1>"]
    if facts["mode"] == "smoke":
        parts.append('<p class="warning">Smoke test: only that everything runs. These numbers mean '
                     "nothing.</p>")
    if story.has_problem:
        parts.append('<p class="warning">Some answers were wrong: see the rows that say so.</p>')
    if story.mean is not None:
        parts.append(f'<p class="lead"><b>{number(story.mean)} times</b> as fast as a trie behind a lock, '
                     "over four workloads (geometric mean).</p>")
    changed = " with changes" if facts["tree_is_dirty"] else ""
    parts.append(f'<p class="where">{escape(facts["date"])}, commit {escape(facts["commit"])}{changed}, '
                 f'{escape(facts["processor"])}, {facts["processors"]} processors, '
                 f'{facts["rounds"]} pairs</p>{METHOD}</header>')
    if any(found for _, found in groups):
        parts.append(claim_table(groups))
    links = "".join(f'<a href="#{family.name}">{escape(family.title)}</a>' for family in FAMILIES
                    if story.plots[family.name] or story.of(family.name))
    return "".join([*parts, f"<nav>{links}</nav>"])


def page(story):
    body = [first_screen(story), *(section(family, story) for family in FAMILIES),
            '<section id="machine"><h2>Machine and build</h2>',
            plain_table(("fact", "value"), tables.facts(story.facts))]
    if story.memory:
        body.append(details("Memory", plain_table(tables.MEMORY, tables.memory(story.memory))))
    if story.runs or story.refused:
        body.append(details("All timings of the engine", plain_table(
            tables.TIMINGS, tables.timings(story.runs, story.refused))))
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="color-scheme" content="light dark"><title>sluice: benchmarks</title>'
            f'<style>{STYLE.read_text(encoding="ascii")}</style></head><body><main>{"".join(body)}'
            "</section></main></body></html>\n")
