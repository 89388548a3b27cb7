"""SIGHUP: what is logged changes while the service runs; what cannot change is told. And a request can
be followed through what is logged."""

import json
import signal
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook


class Reload(ServiceTest):
    def start_with(self, settings):
        self.file = self.directory / "settings.json"
        self.write(settings)
        return self.start_first("--config", str(self.file))

    def write(self, settings):
        self.file.write_text(settings if isinstance(settings, str) else json.dumps(settings))

    def hang_up(self, service):
        service.process.send_signal(signal.SIGHUP)

    def logs(self, service, text):
        return wait_for(lambda: any(text in line for line in list(service.log)))

    def test_the_log_changes_its_level_and_form_at_once(self):
        service = self.start_with({"log": {"level": "error"}})
        self.write({"log": {"level": "info", "format": "json"}})
        self.hang_up(service)
        self.assertTrue(self.logs(service, "settings were read again"))
        line = next(line for line in service.log if "settings were read again" in line)
        self.assertEqual(json.loads(line)["log_level"], "info")
        self.assertEqual(service.call("GET", "/healthz").status, 200)

    def test_what_waits_for_the_next_start_is_told(self):
        service = self.start_with({})
        self.write({"http": {"max_connections": 7}, "smtp": {"password": "hidden"}})
        self.hang_up(service)
        self.assertTrue(self.logs(service, "settings were read again"))
        told = [line for line in service.log if "waits for the next start" in line]
        self.assertEqual(len(told), 2, told)
        self.assertTrue(any("http.max_connections" in line for line in told))
        self.assertFalse(any("hidden" in line for line in service.log))

    def test_a_request_can_be_followed_to_the_attempts_of_its_events(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        service = self.start_with({"log": {"level": "debug", "format": "json"},
                                   "egress": {"allow": ["127.0.0.0/8"]}})
        service.call("POST", WEBHOOKS, webhook("traced", ["a.*"], receiver.url))
        for name in ("one", "two"):
            service.call("POST", "/v1/events", [{"event_type": "a.b", "event_id": f"{name}-{i}"}
                                                for i in range(3)], headers={"X-Request-Id": name})
        self.assertTrue(wait_for(lambda: len(self.lines(service, "an attempt ended")) == 6))
        attempts = self.lines(service, "an attempt ended")
        for accepted in self.lines(service, "events were accepted"):
            of_it = [each for each in attempts
                     if accepted["first_event"] <= each["event"] <= accepted["last_event"]]
            self.assertEqual(sorted(each["event_id"] for each in of_it),
                             [f"{accepted['request_id']}-{i}" for i in range(3)])
            self.assertEqual({(each["outcome"], each["status_code"]) for each in of_it},
                             {("delivered", 204)})
        self.assertEqual(len(self.lines(service, "events were accepted")), 2)

    def lines(self, service, message):
        return [json.loads(line) for line in list(service.log) if f'"{message}"' in line]

    def test_a_bad_file_changes_nothing_and_is_told(self):
        service = self.start_with({})
        for bad in ("{", {"log": {"level": "loud"}}, {"nonsense": 1}):
            self.write(bad)
            before = len(service.log)
            self.hang_up(service)
            self.assertTrue(wait_for(lambda: any(
                "settings stay as they are" in line for line in service.log[before:])))
        self.assertEqual(service.call("GET", "/healthz").status, 200)
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
