"""Lists: a page of attempts out of ten million, of webhooks out of a million, for every filter, over
HTTP. The attempts are put into the program's own schema by SQL. Every answer is looked at.
"""

import os
import sqlite3
import time
import urllib.parse

from served import Service
from table import Row

LONGEST = 50  # milliseconds, of any page
PAGES = (100, 1_000)
DAYS = 25  # that the attempts are spread over, evenly and in order
DAY = 86_400 * 1_000_000
ROWS_OF_A_TRANSACTION = 500_000

# One in 100 has failed, one in 1,000 is dead, one in 10,000 was cancelled. Half are the first webhook's,
# one in 2,000 the second's, and the rest are others', among which these lie scattered.
FILL = """
WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last)
INSERT INTO attempts (webhook, at, outcome, event_type, delivery_id, sequence, further, channel,
  channel_kind, event_id, attempt, duration_us, status_code, error, request, response)
SELECT webhook, :begin + i * :step, outcome,
  iif(chance / 10000 % 50000 < 1, 'rare.type', 'type.t' || (i / 3 % 20)),
  printf('dlv_%026d', i), i % :events + 1, x'', webhook, 'webhook', printf('evt_%024d', i), 1,
  1000 + i % 5000, iif(outcome = 'delivered', 204, 500),
  iif(outcome = 'delivered', '', 'the receiver answered 500'),
  'POST https://hooks.example.com/v1/events (512 bytes)', x''
FROM (SELECT i, chance, iif(i % 2 = 0, 1, iif(i % 2000 = 1, 2, 3 + i % 997)) AS webhook,
  CASE WHEN chance % 10000 < 1 THEN 'cancelled' WHEN chance % 10000 < 11 THEN 'dead'
    WHEN chance % 10000 < 111 THEN 'failed' ELSE 'delivered' END AS outcome
  FROM (SELECT i, i * 2654435761 / 1000 AS chance FROM n))
"""


def _fill(path, attempts, events):
    """The time of the first and of the last."""
    end = time.time_ns() // 1_000
    step = DAYS * DAY // attempts
    begin = end - attempts * step
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -262144")
    for first in range(1, attempts + 1, ROWS_OF_A_TRANSACTION):
        last = min(attempts, first + ROWS_OF_A_TRANSACTION - 1)
        database.execute("BEGIN")
        database.execute(FILL, {"first": first, "last": last, "begin": begin, "step": step,
                                "events": events})
        database.execute("COMMIT")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.execute("INSERT INTO attempt_counts SELECT webhook, count(*) FROM attempts GROUP BY 1")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return begin, end


def _forget_pages(path):
    """Of the kernel's cache, as far as no process has them mapped: what is read next is the disk's."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _iso(microseconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(microseconds / 1_000_000))


class _Asker:
    """Asks for pages and keeps the milliseconds that each took."""

    def __init__(self, service):
        self.service, self.connection = service, service.connect()
        self.times, self.problem, self.shown = [], "", 0

    def page(self, *call):
        begin = time.monotonic()
        page = self.service.call(self.connection, *call)
        self.times.append((time.monotonic() - begin) * 1_000)
        self.shown += len(page.get("results", ()))
        return page

    def row(self, name, is_smoke, note=""):
        """Of what was asked for since the last one."""
        slowest = max(self.times)
        if not self.problem and slowest > LONGEST and not is_smoke:
            self.problem = f"a page took {slowest:.0f} ms"
        note = note or f"{len(self.times)} pages of {self.shown / len(self.times):,.0f} on average"
        made = Row(name, "ms", self.times, target=("value", "<=", LONGEST), problem=self.problem,
                   note=note, less_is_better=True)
        self.times, self.problem, self.shown = [], "", 0
        return made


def _walk(asker, path, query, limit, pages, is_wanted):
    """Several pages by cursor, newest first; what does not belong there is a problem."""
    cursor, before = "", "9"
    for _ in range(pages):
        page = asker.page("GET", path + "?" + urllib.parse.urlencode(
            {**query, "limit": limit, **({"cursor": cursor} if cursor else {})}))
        found = [attempt["at"] for attempt in page["results"]]
        if any(not is_wanted(attempt) for attempt in page["results"]):
            asker.problem = "an attempt that was not asked for"
        if found != sorted(found, reverse=True) or (found and found[0] > before):
            asker.problem = "attempts are not newest first"
        before = found[-1] if found else before
        cursor = page["next_cursor"]
        if not cursor:
            return


def _filters(begin, end):
    middle = {"since": _iso(begin + (end - begin) // 3), "until": _iso(begin + (end - begin) // 2)}
    statuses = [{"status": status} for status in ("delivered", "failed", "dead", "cancelled")]
    types = [{"event_type": kind} for kind in ("type.t3", "rare.type", "no.such")]
    return [{}, *statuses, *types, middle, {**middle, "status": "failed"},
            {"status": "failed", "event_type": "type.t3"}, {**middle, "event_type": "rare.type"}]


def _is_wanted(query):
    return lambda attempt: all((
        query.get("status", attempt["status"]) == attempt["status"],
        query.get("event_type", attempt["event_type"]) == attempt["event_type"],
        query.get("since", "")[:19] <= attempt["at"] < query.get("until", "9")[:19]))


def attempt_lists(bench):
    attempts = bench.scaled(1_000_000 if bench.is_quick else 10_000_000, 20_000)
    service = Service(bench.programs, bench.disk / "lists")
    keep = ("--attempts-per-webhook", "1000000000", "--attempts-age", "3650d")
    try:
        service.start(*keep)
        ids = [service.create_webhook("http://127.0.0.1:9/", name)["webhook_id"]
               for name in ("w.half", "w.thin")]
        # An attempt at an event that the journal does not hold would be dropped at the start.
        service.load(bench.seconds, 0, 1000, 2, "--event-type", "nobody.cares")
        service.stop()
        path = service.directory / "deliveries.db"
        begin, end = _fill(path, attempts, service.journal_events())
        service.start(*keep, seconds=120)
        for place, webhook in zip(("half", "scattered"), ids):
            asker = _Asker(service)
            for query in _filters(begin, end):
                for limit in PAGES:
                    _forget_pages(path)
                    list_of = f"/v1/organizations/webhooks/{webhook}/deliveries"
                    _walk(asker, list_of, query, limit, bench.scaled(10, 2), _is_wanted(query))
                    name = ",".join(key if key in ("since", "until") else value
                                    for key, value in query.items()) or "all"
                    yield asker.row(f"{place} {name} {limit}", bench.is_smoke)
    finally:
        service.remove()


def webhook_lists(bench):
    webhooks = bench.scaled(100_000 if bench.is_quick else 1_000_000, 2_000)
    kinds = bench.work / "kinds"
    kinds.write_text("a.common\n" * 9 + "a.rare\n")
    service = Service(bench.programs, bench.disk / "webhook_lists")
    try:
        service.fill(webhooks, kinds)
        service.start("--durability", "os")
        asker = _Asker(service)
        off = asker.page("GET", "/v1/organizations/webhooks/webhook%207")["webhook_id"]
        asker.page("PATCH", f"/v1/organizations/webhooks/{off}", {"is_active": False})
        common = webhooks * 9 // 10
        asker.times.clear()
        for query, total in (({}, webhooks), ({"is_active": True}, webhooks - 1),
                             ({"is_active": False}, 1), ({"event_type": "a.common"}, common),
                             ({"event_type": "a.common", "is_active": True}, common - 1),
                             ({"event_type": "a.common", "is_active": False}, 1),
                             ({"event_type": "a.rare", "is_active": False}, 0)):
            _forget_pages(service.directory / "config.db")
            for _ in range(bench.scaled(10, 2)):
                page = asker.page("POST", "/v1/organizations/webhooks/list?limit=100", query)
                if page["total"] != total or len(page["results"]) != min(total, 100):
                    asker.problem = f"{page['total']} webhooks instead of {total}"
            name = ", ".join(f"{value}".lower() for value in query.values()) or "all"
            yield asker.row(f"webhooks {name}", bench.is_smoke, f"of {webhooks:,}")
    finally:
        service.remove()
