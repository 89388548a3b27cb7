"""The commands that talk to a running service, and how the service ends."""

import json
import threading
import time
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook


class Commands(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service = self.start_first()
        self.environment = {"SLUICE_API_KEY": self.service.key,
                            "SLUICE_SERVER": f"http://127.0.0.1:{self.service.port}"}

    def run_webhooks(self, *arguments, **options):
        return self.sluice("webhooks", *arguments, environment=self.environment, **options)

    def test_an_import_can_be_repeated(self):
        path = self.directory / "webhooks.ndjson"
        path.write_text("".join(json.dumps(webhook(f"w{i}")) + "\n" for i in range(3)))
        self.assertEqual(self.run_webhooks("import", path, "--dry-run"),
                         "would be: 3 created, 0 updated, 0 unchanged\n")
        self.assertEqual(self.run_webhooks("import", path), "3 created, 0 updated, 0 unchanged\n")
        self.assertEqual(self.run_webhooks("import", path), "0 created, 0 updated, 3 unchanged\n")
        changed = webhook("w1", ["other.*"])
        path.write_text(json.dumps([webhook("w0"), changed]))
        self.assertEqual(self.run_webhooks("import", path), "0 created, 1 updated, 1 unchanged\n")

    def import_both_ways(self, path, expect):
        """What a dry run says, and then the import; each as its output and the reasons it gives."""
        said = []
        for dry in (["--dry-run"], []):
            done = self.sluice_done("webhooks", "import", path, *dry, expect=expect,
                                    environment=self.environment)
            reasons = [line for line in done.stderr.splitlines() if line.startswith("  body")]
            said.append((done.stdout.replace("would be: ", ""), reasons, done.stderr))
        return said

    def test_a_dry_run_refuses_what_the_import_does_and_neither_ends_there(self):
        path = self.directory / "some_bad.ndjson"
        masked = webhook("masked")
        masked["channels"][0]["configs"]["secret"] = "****abcd"
        lines = [webhook("good"), webhook("", ["obj*"]), webhook("nowhere", url="ftp://a.b/"), masked,
                 {"webhook_name": "empty"}, 7, webhook("good too")]
        path.write_text("\n".join(map(json.dumps, lines)) + "\n{\n")
        dry, real = self.import_both_ways(path, expect=2)
        self.assertEqual(dry[:2], real[:2])
        self.assertEqual(real[0], "2 created, 0 updated, 0 unchanged, 6 refused\n")
        self.assertEqual(len(real[1]), 6, real[2])
        for line in (2, 3, 4, 5, 6, 8):
            self.assertIn(f"some_bad.ndjson:{line}: ", dry[2])
            self.assertIn(f"some_bad.ndjson:{line}: ", real[2])

    def test_a_dry_run_knows_which_masks_the_service_takes_back(self):
        secretive = webhook("secretive")
        secretive["channels"][0]["configs"]["headers"] = {"Authorization": "Bearer 0123456789abcdef",
                                                          "X-Token": "short"}
        slack = {"channel": "slack", "configs": {
            "webhook_url": "https://hooks.example.com/services/T000/B000/0123456789"}}
        bot = {"channel": "slack", "configs": {"bot_token": "xoxb-0123456789abcdef01",
                                               "channel_id": "C1"}}
        secretive["channels"] += [slack, bot]
        made = self.service.call("POST", WEBHOOKS, secretive).json["webhook_id"]
        shown = self.service.call("GET", WEBHOOKS + made).json
        path = self.directory / "masked.ndjson"
        path.write_text(json.dumps({**shown, "event_types": ["b.*"]}))
        dry, real = self.import_both_ways(path, expect=0)
        self.assertEqual((dry[0], real[0]), ("0 created, 1 updated, 0 unchanged\n",) * 2, dry[2])
        shown["channels"][0]["configs"]["url"] = "https://elsewhere.example.com/"
        shown["channels"][2]["configs"]["bot_token"] = "****none"
        path.write_text(json.dumps(shown))
        dry, real = self.import_both_ways(path, expect=2)
        self.assertEqual(dry[:2], real[:2])
        self.assertEqual(len(real[1]), 3, real[2])

    def test_an_export_imports_into_the_same_service_unchanged(self):
        self.run_webhooks("create", "--name", "n", "--event-type", "a.*", "--url",
                          "https://example.com/")
        path = self.directory / "export.ndjson"
        self.run_webhooks("export", "--file", path)
        self.assertEqual(self.run_webhooks("import", path), "0 created, 0 updated, 1 unchanged\n")

    def test_an_export_makes_new_secrets_elsewhere_and_keeps_those_that_are_there(self):
        bearer = webhook("bearer")
        bearer["channels"][0]["configs"]["headers"] = {"Authorization": "Bearer 0123456789abcdef"}
        made = self.service.call("POST", WEBHOOKS, bearer).json["webhook_id"]
        before = self.service.call("GET", WEBHOOKS + made).json["channels"]
        self.service.call("POST", WEBHOOKS, webhook("plain"))
        exported = self.run_webhooks("export")
        path = self.directory / "export.ndjson"
        path.write_text(exported.replace("object.*", "other.*"))
        self.assertEqual(self.run_webhooks("import", path), "0 created, 2 updated, 0 unchanged\n")
        after = self.service.call("GET", WEBHOOKS + made).json
        self.assertEqual((after["event_types"], after["channels"]), (["other.*"], before))

        other = {"SLUICE_API_KEY": self.make_key("other")}
        done = self.sluice_done("webhooks", "import", path, expect=2,
                                environment={**self.environment, **other})
        self.assertEqual(done.stdout, "1 created, 0 updated, 0 unchanged, 1 refused\n", done.stderr)
        self.assertIn("body.channels.0.configs.headers.Authorization", done.stderr)
        path.write_text(path.read_text().replace("****cdef", "Bearer 0123456789abcdef"))
        self.assertEqual(self.sluice("webhooks", "import", path,
                                     environment={**self.environment, **other}),
                         "1 created, 0 updated, 1 unchanged\n")

    def test_get_update_and_delete_take_a_name(self):
        self.run_webhooks("create", "--name", "n", "--event-type", "a.*", "--url",
                          "https://example.com/")
        path = self.directory / "new.json"
        path.write_text(json.dumps(webhook("n", ["b.*"])))
        self.run_webhooks("update", "n", "--file", path)
        self.assertEqual(json.loads(self.run_webhooks("get", "n"))["event_types"], ["b.*"])
        self.run_webhooks("delete", "n")
        self.run_webhooks("get", "n", expect=2)

    def test_a_name_of_several_webhooks_is_answered_with_their_ids(self):
        ids = [self.service.call("POST", WEBHOOKS, webhook("twin")).json["webhook_id"]
               for _ in range(2)]
        done = self.sluice_done("webhooks", "get", "twin", expect=2, environment=self.environment)
        for webhook_id in ids:
            self.assertIn(webhook_id, done.stderr)

    def test_a_wrong_word_is_named_with_those_that_are_right(self):
        for command, words in ((["bogus"], ["sluice: ", "'bogus'", "serve, match"]),
                               (["deliveries", "orders"],
                                ["sluice deliveries: ", "'orders'", "list, get, retry"]),
                               (["match", "--subscriptions", "x", "--output", "json"],
                                ["--output", "json", "matches", "summary", "none"])):
            done = self.sluice_done(*command, expect=2)
            for word in words:
                self.assertIn(word, done.stderr)
            self.assertNotIn("->", done.stderr)
        self.assertIn("A subcommand is required", self.sluice_done("keys", expect=2).stderr)
        self.assertIn("--subscriptions is required",
                      self.sluice_done("match", "bogus", expect=2).stderr)

    def test_the_log_tells_that_the_service_stops_and_has_stopped(self):
        self.assertEqual(self.service.stop(), 0)
        told = [line.rstrip().split()[-1] for line in self.service.log[-2:]]
        self.assertEqual(told, ["stopping", "stopped"], self.service.log[-4:])

    def test_mistakes_are_told_with_their_place(self):
        path = self.directory / "bad.ndjson"
        path.write_text(json.dumps(webhook("a")) + "\n{\n")
        self.run_webhooks("import", path, expect=2)
        self.sluice("webhooks", "list", expect=1,
                    environment={**self.environment, "SLUICE_SERVER": "http://127.0.0.1:1"})

    def test_the_command_line_overrules_the_environment_in_every_subcommand(self):
        made = json.loads(self.run_webhooks("create", "--name", "n", "--event-type", "a.*", "--url",
                                            "https://example.com/"))["webhook_id"]
        path = self.directory / "one.json"
        path.write_text(json.dumps(webhook("n")))
        elsewhere = {"SLUICE_SERVER": "http://127.0.0.1:1", "SLUICE_API_KEY": "sk_" + "a" * 32}
        given = ["--server", self.environment["SLUICE_SERVER"], "--api-key", self.service.key]
        for command in (["webhooks", "list"], ["webhooks", "get", "n"],
                        ["webhooks", "create", "--file", path],
                        ["webhooks", "update", made, "--file", path], ["webhooks", "export"],
                        ["webhooks", "delete", made], ["webhooks", "import", path],
                        ["deliveries", "list", "n"],
                        ["load", "--rate", "10", "--batch", "1", "--seconds", "0.2"]):
            with self.subTest(command=command[:2]):
                self.sluice(*command, *given, environment=elsewhere)
        for command in ("get", "retry"):
            with self.subTest(command=["deliveries", command]):  # refused there, not out of reach
                self.sluice("deliveries", command, "n", "dlv_0", *given, expect=2,
                            environment=elsewhere)

    def test_the_help_names_the_variables_that_the_environment_may_set(self):
        for variable, command in (("SLUICE_SERVER", ["webhooks", "delete"]),
                                  ("SLUICE_API_KEY", ["deliveries", "list"]),
                                  ("SLUICE_DATA_DIR", ["keys", "create"])):
            self.assertIn(variable, self.sluice(*command, "--help"))

    def test_a_load_is_measured_and_loses_nothing(self):
        result = json.loads(self.sluice("load", "--rate", "2000", "--batch", "100", "--seconds", "1",
                                        "--json", environment=self.environment))
        self.assertEqual(result["refused_requests"] + result["failed_requests"], 0)
        self.assertEqual(result["accepted_events"], 100 * result["accepted_requests"])
        self.assertGreater(result["p99_ms"], 0)

    def test_a_load_counts_the_time_until_the_last_answer(self):
        def answer(number):
            time.sleep(0.05)
            return 202, {}, b"{}"

        slow = Receiver(answer)
        self.addCleanup(slow.close)
        result = json.loads(self.sluice(
            "load", "--server", slow.url, "--rate", "100", "--batch", "1", "--connections", "1",
            "--seconds", "0.3", "--json", environment=self.environment))
        self.assertGreater(result["accepted_events"], 15)
        self.assertGreater(result["seconds"], 0.05 * result["accepted_events"])
        self.assertLessEqual(result["events_per_second"], 20)

    def test_sigterm_answers_what_has_begun(self):
        statuses, stop = [], threading.Event()

        def produce():
            while not stop.is_set():
                try:
                    statuses.append(self.service.post_events([{"event_type": "a.b"}] * 50).status)
                except ConnectionRefusedError:
                    return
                except OSError as error:
                    statuses.append(error)
                    return

        producers = [threading.Thread(target=produce) for _ in range(4)]
        for producer in producers:
            producer.start()
        while len(statuses) < 40:
            stop.wait(0.01)
        self.assertEqual(self.service.stop(), 0)
        stop.set()
        for producer in producers:
            producer.join(120)
        refused = [s for s in statuses if s != 202 and not isinstance(s, ConnectionError)]
        self.assertEqual(refused, [])

    def test_a_second_service_is_kept_out_of_the_data_directory(self):
        with self.assertRaises(AssertionError) as failure:
            self.start()
        self.assertIn("another sluice serves", str(failure.exception))

    def test_settings_are_printed_with_their_origin(self):
        printed = self.sluice("serve", "--print-config", "--durability", "os",
                              environment={"SLUICE_RETENTION_AGE": "1h"})
        lines = {line.split()[0]: line for line in printed.splitlines()}
        self.assertIn("command line", lines["durability"])
        self.assertIn("environment", lines["retention.age"])
        self.assertIn("default", lines["listen"])
        self.sluice("serve", "--durability", "never", expect=2)


class DeliveryCommands(ServiceTest):
    """`sluice deliveries`, of a Slack channel that refuses events of type a.b1 for good."""

    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.is_mended = False

        def answer(number):
            body = self.receiver.requests[number].body
            if b"c.d" in body:
                return 204, {}, b""
            refused = b"a.b1" in body and not self.is_mended
            return (404, {}, b"no_service") if refused else (200, {}, b"ok")

        self.receiver.answer = answer
        self.service = self.start_first("--egress-allow", "127.0.0.0/8")
        self.environment = {"SLUICE_API_KEY": self.service.key,
                            "SLUICE_SERVER": f"http://127.0.0.1:{self.service.port}"}
        made = self.service.call("POST", WEBHOOKS, {
            "webhook_name": "my hook", "event_types": ["a.*"],
            "channels": [{"channel": "slack", "configs": {
                "webhook_url": self.receiver.url + "/s/T/B"}}]})
        self.assertEqual(made.status, 201, made.body)
        self.service.post_events([{"event_type": f"a.b{i}", "event_id": f"e{i}"} for i in range(3)])
        self.assertTrue(wait_for(lambda: len(self.list()) == 3))

    def run_deliveries(self, *arguments, **options):
        return self.sluice("deliveries", *arguments, environment=self.environment, **options)

    def list(self, *arguments, name="my hook"):
        lines = self.run_deliveries("list", name, "--json", *arguments).splitlines()
        return [json.loads(line) for line in lines]

    def test_the_list_filters_as_the_api_does(self):
        self.assertEqual([a["event_id"] for a in self.list("--status", "dead")], ["e1"])
        self.assertEqual({a["event_id"] for a in self.list("--status", "delivered")}, {"e0", "e2"})
        for status in ("failed", "cancelled"):
            self.assertEqual(self.list("--status", status), [])
        self.assertEqual([a["event_id"] for a in self.list("--event-type", "a.b2")], ["e2"])
        times = [a["at"] for a in self.list()]
        self.assertEqual(times, sorted(times, reverse=True))
        early, late = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
        for bound, kept in (("--since", lambda at, other: at >= other),
                            ("--until", lambda at, other: at < other)):
            for time in (early, late, *times):
                self.assertEqual([a["at"] for a in self.list(bound, time)],
                                 [at for at in times if kept(at, time)], (bound, time))
        self.assertEqual([a["at"] for a in self.list("--limit", "2")], times[:2])

    def test_a_list_longer_than_a_page_is_followed_to_its_end(self):
        many = webhook("many", ["c.*"], self.receiver.url)
        self.assertEqual(self.service.call("POST", WEBHOOKS, many).status, 201)
        self.service.post_events([{"event_type": "c.d"} for _ in range(1010)])
        self.assertTrue(wait_for(lambda: len(self.list("--limit", "5000", name="many")) == 1010))
        self.assertEqual(len(self.list("--limit", "1005", name="many")), 1005)

    def test_a_line_tells_what_came_of_an_attempt(self):
        (line,) = self.run_deliveries("list", "my hook", "--status", "dead").splitlines()
        for word in ("dead", "dlv_", "slack", "a.b1", "e1", "attempt 1", "404", "no_service"):
            self.assertIn(word, line)

    def test_get_shows_a_delivery_and_retry_sends_it_again(self):
        (dead,) = self.list("--status", "dead")
        shown = json.loads(self.run_deliveries("get", "my hook", dead["delivery_id"]))
        self.assertEqual((shown["status"], len(shown["attempts"])), ("dead", 1))
        self.is_mended = True
        answer = json.loads(self.run_deliveries("retry", "my hook", dead["delivery_id"]))
        self.assertEqual(answer, {"delivery_id": dead["delivery_id"], "status": "queued"})
        self.assertTrue(wait_for(lambda: json.loads(self.run_deliveries(
            "get", "my hook", dead["delivery_id"]))["status"] == "delivered"))

    def test_what_is_not_there_or_not_known_is_the_callers_mistake(self):
        self.run_deliveries("list", "no hook", expect=2)
        self.run_deliveries("get", "my hook", "dlv_0", expect=2)
        self.run_deliveries("retry", "my hook", "dlv_0", expect=2)
        self.run_deliveries("list", "my hook", "--status", "lost", expect=2)
        self.run_deliveries("list", "my hook", "--limit", "0", expect=2)
        self.sluice("deliveries", "list", "my hook", expect=1,
                    environment={**self.environment, "SLUICE_SERVER": "http://127.0.0.1:1"})


if __name__ == "__main__":
    unittest.main()
