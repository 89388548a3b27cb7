"""report.md: the tables of a run. The first one is what README.md shows."""

from claims import number
from families import FAMILIES
from report import tables


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return [*lines, ""]


def report(story):
    facts = story.facts
    lines = ["# Benchmarks", "",
             f"{facts['date']}, commit {facts['commit']}"
             f"{' with changes' if facts['tree_is_dirty'] else ''}, {facts['processor']}, "
             f"{facts['processors']} processors; medians of {facts['rounds']} interleaved pairs.", ""]
    if facts["mode"] == "smoke":
        lines += ["**Smoke test: only that everything runs. These numbers mean nothing.**", ""]
    if story.mean is not None:
        lines += [f"**{number(story.mean)} times** as fast as a locked trie (geometric mean over "
                  "W1, W2u, W2z and W3, cache off; bench/README.md).", ""]
    headlines = [claim for family in FAMILIES for claim in story.of(family.name, True)]
    if headlines:
        lines += ["## In short", ""] + table(tables.CLAIMS, tables.claims(headlines))
    for family in FAMILIES:
        found, rows = story.of(family.name), story.rows.get(family.name, [])
        if found or rows:
            lines += [f"## {family.title}", "", f"{family.question} `{family.command}`", ""]
        if found:
            lines += table(tables.CLAIMS, tables.claims(found))
        if rows:
            lines += table(tables.SERVICE, tables.service(rows))
    if story.memory:
        lines += ["## Memory", ""] + table(tables.MEMORY, tables.memory(story.memory))
    if story.runs or story.refused:
        lines += ["## Timings of the engine", ""]
        lines += table(tables.TIMINGS, tables.timings(story.runs, story.refused))
    lines += ["## Machine", ""] + table(("fact", "value"), tables.facts(facts))
    return "\n".join(lines)
