"""A receiver that takes nothing keeps nobody's events out: the oldest of what it is owed is given up before the
journal's backlog is full, and can be seen. One that is slow and takes what it gets holds every newer event of
the journal: at the limit new ones are answered with 429 and nothing of them is kept, while everything else
goes on; and they are taken again once nothing is owed to that receiver any more."""

import json
import threading
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

LIMIT = 64 << 20  # bytes; the least that the setting takes


class Backlog(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-backlog-bytes", str(LIMIT),
                 "--journal-segment-bytes", "4MiB", "--retention-bytes", "64MiB")

    def post(self, service, event_type, name, count=40):
        """The answer to events of 50 KB each, and their ids."""
        events = [{"event_id": f"{name}-{i}", "event_type": event_type,
                   "metadata": {"padding": "x" * 50_000}} for i in range(count)]
        return service.post_events(events), {event["event_id"] for event in events}

    def subscribe(self, service, name, event_type, answer=None, **configs):
        receiver = Receiver(answer)
        self.addCleanup(receiver.close)
        made = webhook(name, [event_type], receiver.url)
        made["channels"][0]["configs"].update(configs)
        self.assertEqual(service.call("POST", WEBHOOKS, made).status, 201)
        return receiver

    def metric(self, service, name):
        lines = service.call("GET", "/metrics", key=None).body.decode().splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(name + " ")), 0)

    def pause(self, service, name):
        answer = service.call("PATCH", f"{WEBHOOKS}{name}", {"is_active": False},
                              headers={"Content-Type": "application/merge-patch+json"})
        self.assertEqual(answer.status, 200, answer.body)

    def fill(self, service):
        """Events that nobody wants, until they are refused: how many bytes were taken."""
        for number in range(1_000):
            answer, _ = self.post(service, "unwanted.event", f"u{number}")
            if answer.status == 429:
                self.assert_error(answer, 429, "TooManyRequestsError")
                self.assertGreater(int(answer.headers["retry-after"]), 0)
                self.assertEqual(service.call("GET", f"/v1/events/u{number}-0").status, 404)
                return number * 40 * 50_000
            # Or it came to the limit in the middle of a body: what was stored by then is counted.
            if answer.status == 503:
                self.assertLess(answer.json["error"]["details"]["accepted"], 40)
            else:
                self.assertEqual(answer.status, 202, answer.body)
        self.fail("it was never refused")

    def flood(self, service, name):
        """More than the limit for somebody else, no faster than room is made: none of it is refused."""
        taken = int(self.metric(service, "sluice_journal_newest_sequence"))

        def has_room():  # by figures that are younger than what was posted: they are up to a second old
            return (self.metric(service, "sluice_journal_newest_sequence") >= taken
                    and self.metric(service, "sluice_journal_backlog_bytes") < LIMIT * 93 // 100)
        for number in range(3 * LIMIT // 2 // 2_000_000):
            if number % 2 == 0:
                self.assertTrue(wait_for(has_room), "nothing makes room")
            event_type = "refused.event" if number % 8 == 0 else "wanted.event"
            answer, _ = self.post(service, event_type, f"{name}{number}")
            self.assertEqual(answer.status, 202, answer.body)
            taken += 40

    def test_receivers_that_take_nothing_keep_nobody_out(self):
        service = self.start_first()
        self.subscribe(service, "refusing", "refused.*", lambda number: (500, {}, b""))
        self.subscribe(service, "paused", "paused.*", lambda number: (500, {}, b""))
        healthy = self.subscribe(service, "healthy", "wanted.*")
        for kind in ("refused", "paused"):
            self.assertEqual(self.post(service, f"{kind}.event", kind)[0].status, 202)
        path = f"{WEBHOOKS}refusing"
        self.pause(service, "paused")
        self.flood(service, "f")
        # All that the paused one was owed, and the oldest of the other.
        self.assertTrue(wait_for(lambda: self.metric(service, "sluice_delivery_crowding_total") >= 80))
        self.assertTrue(wait_for(lambda: len({json.loads(r.body)["event_id"] for r in
                                              list(healthy.requests)}) >= 40))
        # What was given up comes once more as long as retention has it.
        answer = service.call("POST", f"{path}/recover", {"since": "2020-01-01T00:00:00Z", "only": "failed"})
        self.assertEqual(answer.status, 202, answer.body)
        self.assertEqual(service.stop(), 0)

    def test_a_slow_receiver_holds_the_backlog_until_nothing_is_owed_to_it(self):
        service = self.start_first()
        goes_on = threading.Event()
        self.addCleanup(goes_on.set)

        def slow(number):
            goes_on.wait(3)
            return 204, {}, b""
        self.subscribe(service, "slow", "slow.*", slow, max_in_flight=1)
        healthy = self.subscribe(service, "healthy", "wanted.*")
        first, _ = self.post(service, "slow.event", "r", count=40)
        self.assertEqual(first.status, 202)
        taken, ids = self.post(service, "wanted.event", "w")
        self.assertEqual(taken.status, 202)
        self.assertGreater(self.fill(service), LIMIT // 2)

        def arrived():
            return {json.loads(r.body)["event_id"] for r in list(healthy.requests)}
        self.assertTrue(wait_for(lambda: arrived() >= ids, 60), "what others are owed still arrives")
        self.assertEqual(service.call("GET", "/v1/events/r-39").status, 200)
        # The log says who it is, while there is still room.
        path = f"{WEBHOOKS}slow"
        known = service.call("GET", path).json["webhook_id"]
        self.assertTrue(wait_for(lambda: any(
            "near its limit" in line and f"oldest_owed_to={known}" in line
            and "organization=default" in line
            for line in list(service.log)), 60), service.log[-5:])
        self.assertEqual(self.metric(service, "sluice_delivery_crowding_total"), 0)
        self.assertEqual(service.call("DELETE", path).status, 204)
        self.assertTrue(wait_for(
            lambda: self.post(service, "wanted.event", "again")[0].status == 202, 60))
        self.assertTrue(wait_for(lambda: "again-0" in arrived(), 60))
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
