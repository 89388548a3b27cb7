"""Load for as long as SLUICE_SOAK_SECONDS says, at SLUICE_SOAK_PERCENT of what the machine takes for some
seconds, while webhooks change, receivers fail, and the service is restarted and killed: nothing is lost, and
memory does not grow. Then three times the load that it takes: it goes on at its pace, and what finds no
connection is told so at once.

The sender shares the processors with what it measures, and whatever else the machine does changes that pace
from second to second. It is open: what is due and finds no connection free waits in the sender, and counts as
failed after 30 s, whoever was too slow. So what was sent and not answered in time is no fault of the service as
long as that is the reason; that it is, is checked."""

import json
import os
import subprocess
import threading
import time
import unittest

from receivers import Listener, Refuser
from service import MEMORY_FACTOR, PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook

SECONDS = int(os.environ.get("SLUICE_SOAK_SECONDS", 20))
PERCENT = int(os.environ.get("SLUICE_SOAK_PERCENT", 40))
TURNS = max(4, SECONDS // 300)
CONNECTIONS = 256  # of the overload: as many as the service takes then


class Soak(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-backlog-bytes", "4GiB",
                 "--journal-segment-bytes", "4MiB", "--retention-bytes", "64MiB")

    def load(self, service, rate, seconds, *arguments, prefix=(), refused=0):
        """The figures of `sluice load`: it sends, and counts answers. So many may be refused."""
        done = subprocess.run(
            [*prefix, PROGRAM, "load", "--server", f"http://127.0.0.1:{service.port}", "--rate", str(rate),
             "--seconds", str(seconds), "--json", "--event-type", "load.none", "--event-bytes",
             "200", *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, "SLUICE_API_KEY": service.key})
        self.assertTrue(done.stdout, done.stderr)
        figures = json.loads(done.stdout)
        self.assertLessEqual(figures["refused_requests"], refused, done.stderr)
        if figures["failed_requests"]:
            self.assertIn("no complete response within 30000 ms", done.stderr)
        return figures

    def pace(self, service):
        """Events a second that it takes now, from a sender that waits for answers."""
        return self.load(service, 0, max(2, min(10, SECONDS // 60)))["events_per_second"]

    def change_webhooks(self, service, stop):
        number = 0
        while not stop.wait(0.05):
            number += 1
            name = f"change-{number % 20}"
            try:
                service.call("DELETE", f"{WEBHOOKS}{name}")
                service.call("POST", WEBHOOKS, webhook(name, [f"other.n{number}.*"]))
            except (OSError, ValueError):
                return  # it is being restarted

    def post_counted(self, service, turn, acknowledged, stop):
        number = 0
        while not stop.wait(0.02):
            events = [{"event_id": f"t{turn}-{number * 10 + i}", "event_type": "counted.event"}
                      for i in range(10)]
            number += 1
            try:
                if service.post_events(events).status == 202:
                    acknowledged.update(event["event_id"] for event in events)
            except Exception:  # a broken answer is no acknowledgement
                return

    def turn(self, service, turn, rate, acknowledged):
        """Load, changes and counted events at once. Resident memory meanwhile, and p99 in ms."""
        stop, resident = threading.Event(), []

        def watch():
            while not stop.wait(SECONDS / TURNS / 20):
                resident.append(service.resident_bytes())

        threads = [threading.Thread(target=self.change_webhooks, args=(service, stop)),
                   threading.Thread(target=self.post_counted,
                                    args=(service, turn, acknowledged, stop)),
                   threading.Thread(target=watch)]
        for thread in threads:
            thread.start()
        figures = self.load(service, rate, SECONDS / TURNS)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertGreater(figures["accepted_requests"], 0, figures)
        self.not_sent += figures["failed_requests"]
        return resident, figures["p99_ms"]

    def check_memory(self, resident):
        """It does not grow within a turn, once the first fifth of it has warmed it up."""
        steady = resident[len(resident) // 5:]
        half = len(steady) // 2
        self.assertLess(max(steady[half:]), 1.3 * max(steady[:half]) + (16 << 20) * MEMORY_FACTOR)

    def test_it_goes_on_and_loses_nothing(self):
        service = self.start_first()
        self.key = service.key
        listener = Listener(PROGRAM, self.directory / "counted.txt")
        self.addCleanup(listener.close)
        # What it refuses comes again in seconds: what is owed for long would hold the whole backlog, and
        # then new events are refused (backlog_test.py).
        failing = Refuser(320)
        self.addCleanup(failing.close)
        for name, url in (("counted", listener.url), ("failing", failing.url)):
            answer = service.call("POST", WEBHOOKS, webhook(name, ["counted.*"], url + "/"))
            self.assertEqual(answer.status, 201, answer.body)
        most = self.pace(service)
        acknowledged, memory, latency = set(), [], []
        self.not_sent = 0
        for turn in range(TURNS):
            resident, p99 = self.turn(service, turn, most * PERCENT / 100, acknowledged)
            self.check_memory(resident)
            memory.append(max(resident) >> 20)
            latency.append(round(p99))
            if turn % 2:
                service.kill()
            else:
                self.assertEqual(service.stop(), 0)
            service = self.start()
            service.key = self.key
        self.assertGreater(len(acknowledged), 10 * TURNS)
        self.assertTrue(wait_for(lambda: acknowledged <= set(listener.event_ids()), 120),
                        f"{len(acknowledged - set(listener.event_ids()))} events are missing")
        print(f"{SECONDS} s at {PERCENT} % of {most:.0f} events/s: {len(acknowledged)} counted events, "
              f"resident MiB at most in each turn: {memory}, p99 ms in each: {latency}, "
              f"not sent in time: {self.not_sent:.0f} requests")
        self.assertEqual(service.stop(), 0)
        self.overload()

    def ask_for_more(self, service, stop, waits):
        """Events beyond the connections that there are: how long each waits for its 503, in seconds."""
        stop.wait(1)  # until all are taken
        while not stop.wait(0.02):
            begin = time.monotonic()
            answer = service.post_events([{"event_type": "load.none"}])
            if answer.status == 503 and "retry-after" in answer.headers:
                waits.append(time.monotonic() - begin)

    def overload(self):
        """Three times as much as it can, from a processor that is not the service's: what it takes stays
        as it was. So many connections have it all there at once; one more is refused."""
        processors = sorted(os.sched_getaffinity(0))
        ours, its = processors[-1], processors[0]
        service = self.start(f"--http-max-connections={CONNECTIONS}",
                             prefix=("taskset", "-c", str(its)))
        service.key = self.key
        seconds = max(3, SECONDS // 60)

        def load(rate):
            return self.load(service, rate, seconds, "--connections", str(CONNECTIONS),
                             prefix=("taskset", "-c", str(ours)), refused=CONNECTIONS // 16)

        before = load(0)["events_per_second"]
        stop, waits = threading.Event(), []
        more = threading.Thread(target=self.ask_for_more, args=(service, stop, waits))
        more.start()
        figures = load(3 * before)
        stop.set()
        more.join()
        after = load(0)["events_per_second"]
        pace, most = figures["events_per_second"], (before + after) / 2
        self.assertGreater(len(waits), 10)
        waits.sort()
        print(f"at 300 % of {most:.0f} events/s ({before:.0f} before, {after:.0f} after): {pace:.0f}, "
              f"{100 * pace / most:.0f} %; {figures['failed_requests']:.0f} of {figures['requests']:.0f} "
              f"requests not in time; {len(waits)} more refused, after {1000 * waits[len(waits) // 2]:.1f} ms, "
              f"at most {1000 * waits[-1]:.0f} ms")
        # Other tests may run beside it; the figure is for documents, this for faults.
        self.assertGreater(pace, 0.3 * min(before, after))
        self.assertLess(waits[len(waits) // 2], 1)
        self.assertEqual(service.call("GET", "/healthz").status, 200)
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
