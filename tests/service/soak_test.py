"""Load for as long as SLUICE_SOAK_SECONDS says, at SLUICE_SOAK_PERCENT of what the machine takes for some
seconds, while webhooks change, receivers fail, and the service is restarted and killed: nothing is lost, and memory does not grow. Then
three times the load that it takes: it goes on at its pace, and the rest is refused quickly."""

import json
import os
import subprocess
import threading
import unittest

from receivers import Listener, Refuser
from service import MEMORY_FACTOR, PROGRAM, WEBHOOKS, ServiceTest, wait_for, webhook

SECONDS = int(os.environ.get("SLUICE_SOAK_SECONDS", 20))
PERCENT = int(os.environ.get("SLUICE_SOAK_PERCENT", 40))
TURNS = max(4, SECONDS // 60)


class Soak(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-backlog-bytes", "4GiB",
                 "--journal-segment-bytes", "4MiB", "--retention-bytes", "64MiB")

    def load(self, service, rate, seconds, *arguments):
        """The figures of `sluice load`: it sends, and counts answers."""
        done = subprocess.run(
            [PROGRAM, "load", "--server", f"http://127.0.0.1:{service.port}", "--rate", str(rate),
             "--seconds", str(seconds), "--json", "--event-type", "load.none", "--event-bytes",
             "200", *arguments],
            capture_output=True, text=True, check=False,
            env={**os.environ, "SLUICE_API_KEY": service.key})
        self.assertTrue(done.stdout, done.stderr)
        return json.loads(done.stdout)

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
        """Load, changes and counted events at once; the resident memory after it."""
        stop = threading.Event()
        threads = [threading.Thread(target=self.change_webhooks, args=(service, stop)),
                   threading.Thread(target=self.post_counted,
                                    args=(service, turn, acknowledged, stop))]
        for thread in threads:
            thread.start()
        figures = self.load(service, rate, SECONDS / TURNS)
        stop.set()
        for thread in threads:
            thread.join()
        # Failed are those that the sender could not send in time; none may be refused.
        self.assertEqual(figures["refused_requests"], 0, figures)
        self.assertGreater(figures["accepted_requests"], 0, figures)
        return service.resident_bytes()

    def test_it_goes_on_and_loses_nothing(self):
        service = self.start_first()
        key = service.key
        listener = Listener(PROGRAM, self.directory / "counted.txt")
        self.addCleanup(listener.close)
        # What it refuses comes again in seconds: what is owed for long would hold the journal's files.
        failing = Refuser(320)
        self.addCleanup(failing.close)
        for name, url in (("counted", listener.url), ("failing", failing.url)):
            answer = service.call("POST", WEBHOOKS, webhook(name, ["counted.*"], url + "/"))
            self.assertEqual(answer.status, 201, answer.body)
        most = self.load(service, 0, 2)["events_per_second"]
        acknowledged, memory = set(), []
        for turn in range(TURNS):
            memory.append(self.turn(service, turn, most * PERCENT / 100, acknowledged))
            if turn % 2:
                service.kill()
            else:
                self.assertEqual(service.stop(), 0)
            service = self.start()
            service.key = key
        self.assertGreater(len(acknowledged), 10 * TURNS)
        self.assertTrue(wait_for(lambda: acknowledged <= set(listener.event_ids()), 120),
                        f"{len(acknowledged - set(listener.event_ids()))} events are missing")
        print(f"{SECONDS} s at {PERCENT} % of {most:.0f} events/s: {len(acknowledged)} counted events, "
              f"resident MiB after each turn: {[m >> 20 for m in memory]}")
        half = len(memory) // 2
        self.assertLess(max(memory[half:]), 1.3 * max(memory[:half]) + (64 << 20) * MEMORY_FACTOR)
        self.overload(service, most)

    def overload(self, service, most):
        """At three times its pace: `sluice load` is open, so what cannot be taken piles up with it."""
        figures = self.load(service, 3 * most, max(3, SECONDS // 20), "--connections", "64")
        pace = figures["events_per_second"]
        print(f"at 300 %: {pace:.0f} events/s, {figures['throttled_requests']:.0f} of "
              f"{figures['requests']:.0f} requests refused")
        # The machine that sends is the one that serves, and may have become slower since it was measured:
        # the figure is for documents, this for faults.
        self.assertGreater(pace, 0.02 * most)
        self.assertEqual(service.call("GET", "/healthz").status, 200)
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
