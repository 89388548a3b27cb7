"""A disk that fails, turns read-only, is full, is slow, or gives no more descriptors, while events come: what
was not stored is refused, what was acknowledged stays, the service lives, and goes on by itself once the
disk does. A library between the service and the C library makes the calls fail while a file exists."""

import json
import os
import subprocess
import time
import unittest

from receivers import Receiver
from service import PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook

SHIM = os.environ["SLUICE_DISK_SHIM"]


class DiskFault(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-segment-bytes", "4MiB")

    def setUp(self):
        super().setUp()
        self.gate = self.directory / "gate"
        self.acknowledged, self.sent = [], 0
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)

    def start_with(self, *rules):
        shim = "|".join(f"{rule},gate={self.gate}" for rule in rules)
        service = self.start_first(environment={"LD_PRELOAD": SHIM, "SLUICE_SHIM": shim})
        answer = service.call("POST", WEBHOOKS, webhook(event_types=["a.*"], url=self.receiver.url))
        self.assertEqual(answer.status, 201, answer.body)
        return service

    def post(self, service, count=20, padding=100):
        events = [{"event_id": f"e{self.sent + i}", "event_type": "a.b",
                   "metadata": {"padding": "x" * padding}} for i in range(count)]
        self.sent += count
        answer = service.post_events(events)
        if answer.status == 202:
            self.assertEqual(answer.json["accepted"], count)
            self.acknowledged += [event["event_id"] for event in events]
        return answer.status

    def recount(self, service):
        """Nothing that was acknowledged is missing, at the receiver or in the journal."""
        owed = set(self.acknowledged)
        self.assertTrue(wait_for(lambda: owed <= set(self.receiver.event_ids()), 300),
                        f"{len(owed - set(self.receiver.event_ids()))} were not delivered")
        self.assertEqual(service.stop(), 0)
        done = subprocess.run([PROGRAM, "journal", "inspect", str(self.data_dir / "journal"),
                               "--records"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        stored = [r["event_id"] for r in records if not r["is_duplicate"]]
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(set(self.acknowledged) - set(stored), set())

    def break_and_mend(self, *rules, padding=100):
        service = self.start_with(*rules)
        for _ in range(2):  # twice: what recovers once must do so again
            self.assertEqual(self.post(service), 202)
            self.gate.touch()
            # What was prepared before may still be used up.
            self.assertTrue(wait_for(lambda: self.post(service, padding=padding) == 503))
            self.assertEqual(service.call("GET", "/healthz").status, 200)
            self.assertEqual(service.call("GET", "/readyz").status, 503)
            shown = service.call("GET", f"/v1/events/{self.acknowledged[-1]}")
            self.assertEqual(shown.json["event_id"], self.acknowledged[-1])
            self.assertNotEqual(self.post(service), 202, "nothing is acknowledged meanwhile")
            self.gate.unlink()
            self.assertTrue(wait_for(lambda: self.post(service) == 202))
            self.assertTrue(wait_for(lambda: service.call("GET", "/readyz").status == 200))
        self.recount(service)

    def test_a_sync_that_fails(self):
        self.break_and_mend("call=fdatasync,path=/journal/,do=EIO")

    def test_a_write_that_fails(self):
        self.break_and_mend("call=pwritev,path=/journal/,do=EIO")

    def test_no_descriptor_for_a_new_segment(self):
        self.break_and_mend("call=open,path=/journal/,do=EMFILE", padding=50_000)

    def test_a_file_system_that_turns_read_only(self):
        service = self.start_with("call=change,path=/data/,do=EROFS")
        self.assertEqual(self.post(service), 202)
        self.gate.touch()
        self.assertTrue(wait_for(lambda: self.post(service) == 503))
        refused = service.call("POST", WEBHOOKS, webhook("second"))
        self.assert_error(refused, 503, "ServiceUnavailableError")
        self.assertEqual(len(service.call("GET", WEBHOOKS).json), 1)
        self.assertEqual(service.call("GET", "/healthz").status, 200)
        self.gate.unlink()
        self.assertTrue(wait_for(lambda: self.post(service) == 202))
        self.assertTrue(wait_for(
            lambda: service.call("POST", WEBHOOKS, webhook("second", ["x.*"])).status == 201))
        self.recount(service)

    def test_deliveries_go_on_while_what_they_leave_cannot_be_written(self):
        service = self.start_with("call=change,path=/deliveries.db,do=EIO",
                                  "call=write,path=/progress.log,do=EIO")
        self.gate.touch()
        self.assertEqual(self.post(service), 202)
        self.assertTrue(wait_for(lambda: len(self.receiver.requests) >= 20))
        self.assertEqual(self.post(service), 202)
        self.assertTrue(wait_for(lambda: len(self.receiver.requests) >= 40))
        self.gate.unlink()
        self.assertEqual(self.post(service), 202)
        log = f"{WEBHOOKS}{service.call('GET', WEBHOOKS).json[0]['webhook_id']}/deliveries"
        self.assertTrue(wait_for(lambda: service.call("GET", log).json["results"]))
        self.recount(service)

    def test_a_slow_disk_delays_answers_and_nothing_else(self):
        service = self.start_with("call=fdatasync,path=/journal/,do=delay")
        self.gate.touch()
        begin = time.monotonic()
        for _ in range(10):
            self.assertEqual(self.post(service), 202)
        self.assertGreaterEqual(time.monotonic() - begin, 10 * 0.02, "each waits for its sync")
        self.assertEqual(service.call("GET", "/readyz").status, 200)
        self.recount(service)


if __name__ == "__main__":
    unittest.main()
