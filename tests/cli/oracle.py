"""The answers by the definition of the grammar: slow, and too simple to be wrong."""

import json


def fits(pattern, name):
    """Whether the pattern covers the name. A pattern that is `*` as a whole covers everything."""
    if pattern == "*":
        return True
    if "*" not in pattern:
        return pattern == name
    return segments_fit(tuple(pattern.split(".")), tuple(name.split(".")))


def segments_fit(pattern, name):
    if not pattern:
        return not name
    if pattern[0] == "**":
        return segments_fit(pattern[1:], name) or (bool(name) and segments_fit(pattern, name[1:]))
    return bool(name) and pattern[0] in ("*", name[0]) and segments_fit(pattern[1:], name[1:])


def totals(subscriptions, events):
    """Of [(organization, patterns)] and [(organization, name)], the totals of a summary."""
    by_organization = {}
    for number, (organization, patterns) in enumerate(subscriptions):
        by_organization.setdefault(organization, []).append((number, patterns))
    found = {"events": 0, "matched_events": 0, "matches": 0, "id_sum": 0}
    for organization, name in events:
        matched = [number for number, patterns in by_organization.get(organization, [])
                   if any(fits(pattern, name) for pattern in patterns)]
        found["events"] += 1
        found["matched_events"] += bool(matched)
        found["matches"] += len(matched)
        found["id_sum"] = (found["id_sum"] + sum(matched)) % 2**64
    return found


def read_webhooks(text):
    parsed = [json.loads(line) for line in text.splitlines()]
    return [(one.get("organization", ""), one["event_types"]) for one in parsed]


def read_events(text):
    parsed = [json.loads(line) for line in text.splitlines()]
    return [(one.get("organization", ""), one["event_type"]) for one in parsed]


def read_lines(text):
    """Of a text file of patterns or names, in the shape of the two above."""
    return [("", line) for line in text.splitlines()]
