"""The wall clock jumps, forwards and backwards, while the service runs (libfaketime; what counts durations
does not jump, as on a real machine): deliveries and retries go on, repeats are known, keys expire by the
clock as it is, signatures carry its time."""

import pathlib
import time
import unittest

from receivers import Receiver
from service import SANITIZER, WEBHOOKS, ServiceTest, wait_for, webhook

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")
HOUR, DAY = 3600, 86_400


@unittest.skipIf(SANITIZER, "SKIPPED: libfaketime and sanitizers both stand before the C library")
class Clock(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        if not LIBRARY.exists():
            print("SKIPPED: there is no libfaketime", flush=True)
            self.skipTest("there is no libfaketime")
        self.offset = self.directory / "offset"
        self.jump_to(0)
        self.failing = set()
        self.receiver = Receiver(self.answer)
        self.addCleanup(self.receiver.close)

    def answer(self, number):
        """Every event fails once if it is told to."""
        event_id = self.receiver.requests[number].headers["ce-id"]
        if event_id in self.failing:
            self.failing.discard(event_id)
            return 503, {}, b""
        return 204, {}, b""

    def jump_to(self, seconds):
        """So far from the true time."""
        fresh = self.directory / "offset.new"
        fresh.write_text(f"{seconds:+d}\n")
        fresh.rename(self.offset)

    def start_with_clock(self, first=True):
        start = self.start_first if first else self.start
        return start(environment={"LD_PRELOAD": str(LIBRARY), "FAKETIME_NO_CACHE": "1",
                                  "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                                  "FAKETIME_TIMESTAMP_FILE": str(self.offset)})

    def post(self, service, event_id):
        return service.post_events([{"event_type": "a.b", "event_id": event_id}]).json

    def arrived(self, event_id, times=1):
        return wait_for(lambda: self.arrivals(event_id) >= times)

    def arrivals(self, event_id):
        return sum(r.headers["ce-id"] == event_id for r in list(self.receiver.requests))

    def has_failed(self, service, event_id):
        """Whether the log, and so the time of the next attempt, is on the disk."""
        log = service.call("GET", f"{WEBHOOKS}{self.webhook_id}/deliveries?status=failed").json
        return any(attempt["event_id"] == event_id for attempt in log["results"])

    def subscribe(self, service):
        answer = service.call("POST", WEBHOOKS, webhook(event_types=["a.*"], url=self.receiver.url))
        self.assertEqual(answer.status, 201, answer.body)
        self.webhook_id = answer.json["webhook_id"]

    def test_deliveries_and_repeats_survive_jumps(self):
        service = self.start_with_clock()
        self.subscribe(service)
        self.assertEqual(self.post(service, "before")["accepted"], 1)
        self.assertTrue(self.arrived("before"))
        for number, offset in enumerate((-HOUR, -30 * DAY, HOUR, -DAY)):
            self.jump_to(offset)
            name = f"after-{number}"
            self.assertEqual(self.post(service, "before")["duplicates"], 1, offset)
            self.assertEqual(self.post(service, name)["accepted"], 1)
            self.assertTrue(self.arrived(name), offset)
            self.assertEqual(service.call("GET", f"/v1/events/{name}").status, 200)
            stamp = next(int(r.headers["webhook-timestamp"]) for r in self.receiver.requests
                         if r.headers["ce-id"] == name)
            self.assertLess(abs(stamp - (time.time() + offset)), 60, "the clock's own time")
        self.assertEqual(self.arrivals("before"), 1)
        # Beyond its window a repeat is an event again, as documented.
        self.jump_to(2 * DAY)
        self.assertTrue(wait_for(lambda: self.post(service, "before").get("accepted") == 1))
        self.assertEqual(service.stop(), 0)

    def test_a_retry_waits_for_its_pause_and_not_for_the_clock(self):
        service = self.start_with_clock()
        self.subscribe(service)
        for name, offset in (("back", -2 * DAY), ("forth", 2 * DAY)):
            self.jump_to(0)
            self.failing.add(name)
            self.post(service, name)
            self.assertTrue(self.arrived(name))
            self.jump_to(offset)
            self.assertTrue(self.arrived(name, times=2), f"{name}: the second attempt")
        self.assertEqual(service.stop(), 0)

    def test_a_restart_under_another_clock_finds_everything(self):
        for name, offset in (("back", -30 * DAY), ("forth", HOUR)):
            with self.subTest(jump=name):
                self.jump_to(0)
                service = self.start_with_clock(first=name == "back")
                if name == "back":
                    self.key = service.key
                    service.key = self.key
                    self.subscribe(service)
                service.key = self.key
                self.failing.add(name)
                self.post(service, name)
                self.assertTrue(self.arrived(name))
                self.assertTrue(wait_for(lambda: self.has_failed(service, name)))
                service.kill()
                self.jump_to(offset)
                service = self.start_with_clock(first=False)
                service.key = self.key
                self.assertEqual(service.call("GET", f"/v1/events/{name}").status, 200)
                self.assertEqual(self.post(service, name)["duplicates"], 1)
                self.assertEqual(self.post(service, name + "-2")["accepted"], 1)
                self.assertTrue(self.arrived(name + "-2"))
                self.assertTrue(self.arrived(name, times=2), f"{name}: the second attempt")
                self.assertEqual(service.stop(), 0)

    def test_keys_expire_by_the_clock_as_it_is(self):
        service = self.start_with_clock()
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + HOUR))
        key = service.call("POST", "/v1/organizations/api-keys",
                           {"name": "k", "permissions": ["read"], "expires_at": expires}).json["key"]
        for offset, status in ((0, 200), (2 * HOUR, 401), (-DAY, 200), (DAY, 401)):
            self.jump_to(offset)
            self.assertTrue(wait_for(
                lambda: service.call("GET", WEBHOOKS, key=key).status == status), offset)
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
