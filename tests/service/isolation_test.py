"""D4 as its users feel it: one receiver that hangs among a hundred, and how long events are under way
to the others. Two services do the same at the same time, one with a hundredth receiver that hangs and
one with a hundredth that is well, and get their events in turn, so that what else the machine does
meets both alike. Windows of half a second are compared with each other, and the median of their
ratios decides."""

import http.client
import json
import pathlib
import statistics
import subprocess
import sys
import time
import unittest

from service import WEBHOOKS, Service, ServiceTest, wait_for, webhook

OTHERS = 99
GROUPS = 9             # an event goes to the 11 others of its group, and to the hundredth
WINDOWS = 32
EVENTS_PER_WINDOW = 50
EVENTS_PER_SECOND = 100
LIMIT = 1.2


class TimedReceivers:
    def __init__(self, count):
        self.process = subprocess.Popen(
            [sys.executable, "-B", pathlib.Path(__file__).parent / "timed_receivers.py", str(count)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ports = json.loads(self.process.stdout.readline())
        self.noting, self.taking, self.hanging = ports["noting"], ports["taking"], ports["hanging"]

    def noted(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def finish(self):
        """Milliseconds under way, by window."""
        self.process.stdin.close()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            stream.close()


def p99(latencies):
    return sorted(latencies)[len(latencies) * 99 // 100]


class Side:
    """One of the two services, with a connection for its events."""

    def __init__(self, test, name, hundredth_port):
        self.test, self.name, self.hundredth_port = test, name, hundredth_port
        # Without fsync, whose time differs more from call to call than what is measured here.
        self.service = Service(test.directory / name, "--egress-allow", "127.0.0.0/8",
                               "--durability", "os")
        test.addCleanup(self.service.kill)
        self.service.key = self.service.first_key()
        self.connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=120)
        test.addCleanup(self.connection.close)

    def create(self, name, event_type, port, timeout=10):
        body = webhook(name, [event_type], f"http://127.0.0.1:{port}/")
        body["channels"][0]["configs"]["timeout"] = timeout
        answer = self.service.call("POST", WEBHOOKS, body)
        self.test.assertEqual(answer.status, 201, answer.body)

    def renew_hundredth(self, timeout):
        self.service.call("DELETE", WEBHOOKS + "hundredth")
        self.create("hundredth", "**", self.hundredth_port, timeout)

    def send(self, number, window):
        event = {"event_type": f"g{number % GROUPS}.a",
                 "metadata": {"window": f"{self.name} {window}", "sent": time.monotonic_ns()}}
        self.connection.request("POST", "/v1/events", json.dumps(event),
                                {"Authorization": f"Bearer {self.service.key}",
                                 "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        self.test.assertEqual((answer.status, json.loads(answer.read())["matched"]), (202, 1))


class Isolation(ServiceTest):
    def send_window(self, window, sides):
        begin = time.monotonic()
        for number in range(EVENTS_PER_WINDOW):
            time.sleep(max(0.0, begin + number / EVENTS_PER_SECOND - time.monotonic()))
            for side in sides if number % 2 == 0 else reversed(sides):
                side.send(number, window)

    def test_a_hanging_receiver_among_a_hundred_leaves_the_others_their_p99(self):
        # What else the machine does can spoil a series, but not make a true delay go away.
        ratios = []
        while len(ratios) < 3 and not any(ratio < LIMIT for ratio in ratios):
            ratios.append(self.ratio_of_a_series(len(ratios)))
        self.assertLess(min(ratios), LIMIT)

    def ratio_of_a_series(self, series):
        receivers = TimedReceivers(OTHERS)
        self.addCleanup(receivers.close)
        well, hung = f"well {series}", f"hung {series}"
        sides = [Side(self, well, receivers.taking), Side(self, hung, receivers.hanging)]
        for side in sides:
            for number, port in enumerate(receivers.noting):
                side.create(f"w{number}", f"g{number % GROUPS}.*", port)
        # What hangs runs into its timeout in one half, and still hangs at the end in the other. Before
        # each it is well, so that it is trusted with as many requests at a time as the others.
        for timeout, windows in ((1, range(WINDOWS // 2)), (60, range(WINDOWS // 2, WINDOWS))):
            for side in sides:
                side.renew_hundredth(timeout)
            self.send_window(f"calm {timeout}", sides)
            for window in windows:
                self.send_window(window, sides)
        expected = len(sides) * (WINDOWS + 2) * EVENTS_PER_WINDOW * OTHERS // GROUPS
        self.assertTrue(wait_for(lambda: receivers.noted() >= expected),
                        f"{receivers.noted()} of {expected} arrived")
        noted = receivers.finish()
        times = {side.name: [noted[f"{side.name} {window}"] for window in range(WINDOWS)]
                 for side in sides}
        ratio = statistics.median(p99(late) / p99(soon)
                                  for soon, late in zip(times[well], times[hung]))
        whole = {name: p99(sum(windows, [])) for name, windows in times.items()}
        print(f"p99 of the others beside one that hangs: {ratio:.2f} times, median of {WINDOWS} "
              f"windows; over all {whole[well]:.2f} ms well, {whole[hung]:.2f} ms hung")
        for side in sides:
            side.service.kill()
        return ratio


if __name__ == "__main__":
    unittest.main()
