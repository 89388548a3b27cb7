"""What a pattern matches, said as plainly as can be: the judge of adapters on small cases. It shares
no line with any engine.
"""


def matches(pattern, name):
    """`*` is one segment, `**` any number of them; the pattern `*` alone is every event."""
    return pattern == "*" or _matches(pattern.split("."), name.split("."))


def _matches(pattern, name):
    if not pattern:
        return not name
    if pattern[0] == "**":
        return any(_matches(pattern[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and pattern[0] in ("*", name[0]) and _matches(pattern[1:], name[1:])


def answers(patterns, names):
    """The ids, which are line numbers, that each name reaches."""
    return [[id_ for id_, pattern in enumerate(patterns) if matches(pattern, name)]
            for name in names]
