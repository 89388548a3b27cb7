"""An engine in a program of its own, in whatever language, and the check that it has to pass before it
is timed. The program is started as

    PROGRAM... SUBSCRIPTIONS EVENTS

with two files of lines; the id of a subscription is the number of its line, from 0. Once loaded it
writes one line of JSON, {"subscriptions": n, "load_seconds": s}. Then, for each line that it reads:

    answers   a line for each event: the ids that it reaches, in any order
    round     one pass over all events, and a line {"seconds", "events", "hits", "id_sum"}

It ends with its input.
"""

import json
import random

import oracle
from children import Child, MeasurementFailed


class WrongAnswers(Exception):
    """An engine that is not timed."""


class Adapter:
    def __init__(self, command, subscriptions, events, log, seconds=300):
        self.child = Child([*command, subscriptions, events], log)
        self.loaded = json.loads(self.child.read_line(seconds))

    def answers(self, count):
        self.child.tell("answers")
        return [sorted(map(int, self.child.read_line(60).split())) for _ in range(count)]

    def round(self, seconds=120):
        self.child.tell("round")
        return json.loads(self.child.read_line(seconds))

    def stop(self):
        self.child.stop()


def small_case(has_wildcards, seed=0):
    """Names of few letters, so that most patterns meet some of them: patterns and names."""
    draws = random.Random(seed)

    def name(most=4):
        return ".".join(draws.choice("abc") for _ in range(draws.randint(1, most)))

    names = [name() for _ in range(200)]
    if not has_wildcards:
        return [name() for _ in range(100)], names
    exact = [name() for _ in range(40)]
    stars = [".".join(draws.choice("abc*") for _ in range(draws.randint(2, 4))) for _ in range(40)]
    return [*exact, *stars, *(name(3) + ".**" for _ in range(20)), "*", "**"], names


def check(command, work, has_wildcards):
    """Errors: WrongAnswers, MeasurementFailed."""
    patterns, names = small_case(has_wildcards)
    files = work / "small.subs", work / "small.events"
    for file, its_lines in zip(files, (patterns, names)):
        file.write_text("".join(line + "\n" for line in its_lines), encoding="ascii")
    adapter = Adapter(command, *files, work / "small.log")
    try:
        told = adapter.answers(len(names))
        counted = [adapter.round() for _ in range(2)]
    finally:
        adapter.stop()
    right = oracle.answers(patterns, names)
    for name, answer, wanted in zip(names, told, right):
        if answer != wanted:
            raise WrongAnswers(f"'{name}' reaches {wanted}, it says {answer}")
    hits = sum(map(len, right))
    id_sum = sum(map(sum, right))
    for each in counted:
        if (each["events"], each["hits"], each["id_sum"]) != (len(names), hits, id_sum):
            raise WrongAnswers(f"{len(names)} events have {hits} hits and the sum {id_sum}, "
                               f"while it is timed it says {each}")


__all__ = ["Adapter", "MeasurementFailed", "WrongAnswers", "check", "small_case"]
