"""A disk that is full while events come: nothing is acknowledged that could not be stored, the service
lives on and says why, and it goes on by itself, with everything that it had acknowledged, once there is
room. The disk is a small tmpfs, which only root may mount; without that the test says that it was
skipped."""

import json
import subprocess
import unittest

from receivers import Receiver
from service import PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook

DISK_BYTES = 96 << 20


class FullDisk(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-segment-bytes", "4MiB")

    def setUp(self):
        super().setUp()
        disk = self.directory / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", disk],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            reason = f"a tmpfs cannot be mounted: {mounted.stderr.strip()}"
            print(f"SKIPPED: {reason}", flush=True)
            self.skipTest(reason)
        self.addCleanup(lambda: subprocess.run(["umount", "--lazy", disk], check=True))
        self.data_dir = disk / "data"
        self.ballast = disk / "ballast"
        self.sent = 0
        self.acknowledged = []

    def fill(self):
        """Takes what is free of the disk."""
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (1 << 20, 4096):
                while True:
                    try:
                        file.write(b"x" * size)
                    except OSError:
                        break

    def new_events(self, count=500):
        first, self.sent = self.sent, self.sent + count
        return [{"event_id": f"event-{first + i}", "event_type": "a.b",
                 "metadata": {"padding": "x" * 2000}} for i in range(count)]

    def post(self, service, events, stored=0):
        """The answer to these events; what it acknowledged is remembered. `stored` of them were accepted
        by answers before: a body is stored in pieces, of which the first may still have had room."""
        answer = service.post_events(events)
        if answer.status == 202:
            self.assertEqual(answer.json["duplicates"], stored)
            self.assertEqual(answer.json["accepted"], len(events) - stored)
            self.acknowledged += [event["event_id"] for event in events]
        return answer

    def post_until_refused(self, service):
        """The events of the first body that was not accepted whole, and the answer to it."""
        for _ in range(500):
            events = self.new_events()
            answer = self.post(service, events)
            if answer.status != 202:
                return events, answer
        self.fail("the disk was never full")

    def post_until_accepted(self, service, events, stored):
        """Sends what was refused again, as a client does, until all of it is accepted."""
        def is_accepted():
            nonlocal stored
            answer = self.post(service, events, stored)
            if answer.status != 202:
                stored += answer.json["error"]["details"].get("accepted", 0)
            return answer.status == 202

        self.assertTrue(wait_for(is_accepted))

    def stored(self):
        """Ids in the journal, of events that are not duplicates."""
        done = subprocess.run([PROGRAM, "journal", "inspect", str(self.data_dir / "journal"),
                               "--records"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = [json.loads(line) for line in done.stdout.splitlines()]
        return [record["event_id"] for record in records if not record["is_duplicate"]]

    def test_a_full_disk_costs_no_acknowledged_event(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        service = self.start_first()
        service.call("POST", WEBHOOKS, webhook(event_types=["a.*"], url=receiver.url))
        self.assertEqual(self.post(service, self.new_events()).status, 202)
        for _ in range(2):  # twice: what recovers once must do so again
            self.fill()
            events, refused = self.post_until_refused(service)
            self.assert_error(refused, 503, "ServiceUnavailableError")
            self.assertIn("retry-after", refused.headers)
            stored = refused.json["error"]["details"].get("accepted", 0)
            self.assertLess(stored, len(events))
            self.assertEqual(service.call("GET", "/healthz").status, 200)
            unready = service.call("GET", "/readyz")
            self.assertEqual(unready.status, 503)
            self.assertIn("space", unready.body.decode())
            # What was acknowledged can be read meanwhile.
            shown = service.call("GET", f"/v1/events/{self.acknowledged[-1]}")
            self.assertEqual(shown.json["event_id"], self.acknowledged[-1])

            self.ballast.unlink()
            self.post_until_accepted(service, events, stored)
            self.assertEqual(service.call("GET", "/readyz").status, 200)

        owed = set(self.acknowledged)
        self.assertTrue(wait_for(lambda: owed <= set(receiver.event_ids()), 300),
                        f"{len(owed - set(receiver.event_ids()))} were not delivered")
        key = service.key
        self.assertEqual(service.stop(), 0)
        stored = self.stored()
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(set(self.acknowledged) - set(stored), set())
        self.assertEqual(set(stored) - set(self.acknowledged), set())  # nothing that was refused
        service = self.start()
        service.key = key
        for event in (self.acknowledged[0], self.acknowledged[-1]):
            self.assertEqual(service.call("GET", f"/v1/events/{event}").status, 200)
        self.assertEqual(self.post(service, self.new_events()).status, 202)


if __name__ == "__main__":
    unittest.main()
