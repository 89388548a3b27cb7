"""Memory ends while events and absurd bodies come from many sides: each request that cannot be served is
refused, and nothing that was acknowledged is missing. The service lives and is as before once there is
memory; or, where deliveries find none either, it says so and ends, and goes on when it is started again."""

import gzip
import json
import os
import pathlib
import resource
import signal
import threading
import unittest

from receivers import Receiver
from service import SANITIZER, WEBHOOKS, ServiceTest, wait_for, webhook

# What it may still take when the limit begins. Less than one thread's share of a flood.
HEADROOM = int(os.environ.get("SLUICE_MEMORY_HEADROOM", 16 << 20))
REFUSALS = {400, 413, 422, 429, 431, 503}
NDJSON = {"Content-Type": "application/x-ndjson"}


class MemoryLimit(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--threads", "4")

    def setUp(self):
        super().setUp()
        if SANITIZER:
            print("SKIPPED: a sanitizer's own memory would end first", flush=True)
            self.skipTest("a sanitizer's own memory would end first")
        self.acknowledged, self.statuses, self.dropped = set(), {}, 0
        self.lock = threading.Lock()

    def note(self, answer):
        with self.lock:
            self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1

    def limit(self, service, more):
        """It may take so many more bytes than now; None: as many as it likes."""
        status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
        used = int(status.partition("VmData:")[2].split()[0]) * 1024
        bound = resource.RLIM_INFINITY if more is None else used + more
        resource.prlimit(service.process.pid, resource.RLIMIT_DATA, (bound, resource.RLIM_INFINITY))

    def flood(self, service, name, turns):
        """Events that are counted."""
        for turn in range(turns):
            ids = [f"{name}-{turn}-{i}" for i in range(50)]
            body = "".join(json.dumps({"event_id": e, "event_type": "a.b",
                                       "metadata": {"padding": "x" * 20_000}}) + "\n" for e in ids)
            self.attempt(service, "POST", "/v1/events", body.encode(), NDJSON, ids)

    def absurd(self, service, turns):
        """What nobody sends who means well."""
        bodies = (
            ("/v1/events", b'{"event_type":"a.b","metadata":"' + b"x" * (20 << 20), NDJSON),
            ("/v1/events", b"[" * (1 << 20), {"Content-Type": "application/json"}),
            ("/v1/events", gzip.compress(b"\n" * (200 << 20)), {**NDJSON, "Content-Encoding": "gzip"}),
            ("/v1/events", b'{"event_type":"a.b","metadata":{' +
             b",".join(b'"%d":%d' % (i, i) for i in range(15_000)) + b"}}", NDJSON),
            (WEBHOOKS, json.dumps(webhook("w", [f"t{i}.*" for i in range(20_000)])).encode(),
             {"Content-Type": "application/json"}),
            (WEBHOOKS, b'{"webhook_name":"' + b"x" * (30 << 20), {"Content-Type": "application/json"}),
        )
        for turn in range(turns):
            path, body, headers = bodies[turn % len(bodies)]
            self.attempt(service, "POST", path, body, headers)

    def attempt(self, service, method, path, body, headers, ids=()):
        try:
            answer = service.call(method, path, body, headers=headers, timeout=60)
        except (OSError, ValueError):
            with self.lock:
                self.dropped += 1  # the connection ended: that is no acknowledgement
            return
        except Exception:  # http.client's own, of an answer that was cut
            with self.lock:
                self.dropped += 1
            return
        self.note(answer)
        if answer.status == 202:
            with self.lock:
                self.acknowledged.update(ids)

    def flood_at_the_limit(self, service):
        self.flood(service, "before", 1)
        self.assertEqual(len(self.acknowledged), 50)
        self.limit(service, HEADROOM)
        threads = [threading.Thread(target=self.flood, args=(service, f"f{i}", 12)) for i in range(8)]
        threads += [threading.Thread(target=self.absurd, args=(service, 12)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"answers {self.statuses}, {self.dropped} connections ended, "
              f"{len(self.acknowledged)} events acknowledged", flush=True)
        self.assertEqual(set(self.statuses) - REFUSALS - {201, 202}, set())

    def lives_or_ends_cleanly(self, service):
        """The service, with as much memory as it likes, started again if it ended."""
        if service.process.poll() is None:
            self.limit(service, None)
            return service
        self.assertEqual(service.process.returncode, -signal.SIGABRT)
        self.assertTrue(wait_for(lambda: "bad_alloc" in "".join(service.log)), service.log)
        print("it ended", flush=True)
        service.stop()
        key, service = service.key, self.start()
        service.key = key
        return service

    def test_nothing_acknowledged_is_lost(self):
        service = self.start_first()
        receiver = Receiver()
        self.addCleanup(receiver.close)
        answer = service.call("POST", WEBHOOKS, webhook("counted", ["a.*"], receiver.url))
        self.assertEqual(answer.status, 201, answer.body)
        self.flood_at_the_limit(service)
        has_ended = service.process.poll() is not None
        self.assertTrue(has_ended or self.dropped or 503 in self.statuses, "there was memory enough")
        service = self.lives_or_ends_cleanly(service)
        self.assertTrue(wait_for(lambda: service.call("GET", "/readyz").status == 200, 60))
        known = len(self.acknowledged)
        self.flood(service, "after", 1)
        self.assertEqual(len(self.acknowledged), known + 50)

        def arrived():
            return {json.loads(r.body)["event_id"] for r in list(receiver.requests)}
        # Attempts that found no memory have failed, and the next ones would come in minutes.
        log = f"{WEBHOOKS}counted/deliveries"
        failed, cursor = set(), ""
        while cursor is not None:
            page = service.call("GET", f"{log}?status=failed&limit=1000{cursor}").json
            failed |= {attempt["delivery_id"] for attempt in page["results"]}
            cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else None
        for delivery in failed:
            service.call("POST", f"{log}/{delivery}/retry")
        self.assertTrue(wait_for(lambda: arrived() >= self.acknowledged, 420),
                        f"{len(self.acknowledged - arrived())} events are missing")
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
