"""`sluice match`: what comes out for what goes in."""

import gzip
import json
import subprocess
import unittest

from command import PROGRAM, CommandTest, event, objects, webhook

SUMMARY_FIELDS = ["events", "invalid", "matched_events", "matches", "id_sum", "seconds",
                  "events_per_second", "bytes_per_second", "threads", "subscriptions",
                  "index_bytes", "load_seconds"]


class Match(CommandTest):
    def setUp(self):
        super().setUp()
        self.patterns = self.write("patterns.txt", ["order.*", "", "**.paid", "*"])
        self.webhooks = self.write("webhooks.ndjson", [
            webhook("wh_a", ["order.*", "order.paid"]),
            webhook('wh_"b', ["**"], organization="acme", channels=[{"channel": "webhook"}]),
            webhook("wh_c", ["order.paid"], is_active=False),
            webhook("wh_d", ["*"], is_active=None, organization=None),
        ])
        self.events = self.write("events.ndjson", [
            event("order.paid"),
            "",
            event("user.created", organization="acme"),
            json.dumps({"type": "a.b.paid", "specversion": "1.0"}),
            event("user.created", organization="nobody"),
        ])

    def test_names_patterns_by_line_number(self):
        self.assertEqual(self.match(self.patterns, self.events), [
            {"line": 1, "event_type": "order.paid", "matches": [0, 2, 3]},
            {"line": 4, "event_type": "a.b.paid", "matches": [2, 3]},
        ])

    def test_passes_over_a_byte_order_mark_in_every_file(self):
        mark = b"\xef\xbb\xbf"
        webhooks = self.write("hooks.ndjson", mark + webhook("wh_a", ["order.*"]).encode())
        patterns = self.write("marked.txt", mark + b"order.*\nuser.*\n")
        names = self.write("names.txt", mark + b"order.paid\nuser.created\n")
        events = self.write("marked.ndjson", mark + event("order.paid").encode())
        self.assertEqual(self.match(webhooks, events),
                         [{"line": 1, "event_type": "order.paid", "matches": ["wh_a"]}])
        self.assertEqual(self.match(patterns, names, "--names"), [
            {"line": 1, "event_type": "order.paid", "matches": [0]},
            {"line": 2, "event_type": "user.created", "matches": [1]},
        ])

    def test_names_webhooks_by_webhook_id(self):
        self.assertEqual(self.match(self.webhooks, self.events), [
            {"line": 1, "event_type": "order.paid", "matches": ["wh_a", "wh_d"]},
            {"line": 3, "event_type": "user.created", "matches": ['wh_"b']},
            {"line": 4, "event_type": "a.b.paid", "matches": ["wh_d"]},
        ])

    def test_writes_exactly_the_documented_bytes(self):
        done = self.run_sluice("match", "--subscriptions", self.webhooks, "--events", self.events)
        self.assertEqual(done.stdout.splitlines()[0],
                         b'{"line":1,"event_type":"order.paid","matches":["wh_a","wh_d"]}')

    def test_summary_has_exactly_the_documented_fields(self):
        summary = self.summary(self.webhooks, self.events, "--threads", "2")
        self.assertEqual(list(summary), SUMMARY_FIELDS)
        self.assertEqual(summary["events"], 4)
        self.assertEqual(summary["invalid"], 0)
        self.assertEqual(summary["matched_events"], 3)
        self.assertEqual(summary["matches"], 4)
        self.assertEqual(summary["id_sum"], 0 + 3 + 1 + 3)
        self.assertEqual(summary["threads"], 2)
        self.assertEqual(summary["subscriptions"], 3)
        self.assertGreater(summary["index_bytes"], 0)
        self.assertGreater(summary["seconds"], 0)
        self.assertGreater(summary["load_seconds"], 0)
        self.assertAlmostEqual(summary["events_per_second"] * summary["seconds"], 4, delta=0.1)

    def test_output_none_writes_nothing(self):
        done = self.run_sluice("match", "--subscriptions", self.patterns, "--events", self.events,
                               "--output", "none")
        self.assertEqual((done.stdout, done.stderr), (b"", b""))

    def test_reads_names(self):
        names = self.write("names.txt", "order.new\r\n\nx.paid")
        self.assertEqual(self.match(self.patterns, names, "--names"), [
            {"line": 1, "event_type": "order.new", "matches": [0, 3]},
            {"line": 3, "event_type": "x.paid", "matches": [2, 3]},
        ])

    def test_reads_standard_input_by_default(self):
        done = self.run_sluice("match", "--subscriptions", self.patterns,
                               stdin=event("order.x").encode())
        self.assertEqual(objects(done.stdout),
                         [{"line": 1, "event_type": "order.x", "matches": [0, 3]}])

    def test_reads_gzip_by_content_with_several_members(self):
        packed = gzip.compress(b"order.a\nord") + gzip.compress(b"er.b\n") + b"\0" * 512
        expected = [1, 2]
        for name in ("names.gz", "names"):
            lines = [one["line"] for one in
                     self.match(self.patterns, self.write(name, packed), "--names")]
            self.assertEqual(lines, expected)
        lines = [one["line"] for one in self.match(self.patterns, "-", "--names", stdin=packed)]
        self.assertEqual(lines, expected)

    def test_reads_gzipped_subscriptions(self):
        for path in (self.patterns, self.webhooks):
            with open(path, "rb") as plain:
                packed = self.write(path.rsplit("/", 1)[1] + ".gz", gzip.compress(plain.read()))
            self.assertEqual(self.match(packed, self.events), self.match(path, self.events))

    def test_damaged_gzip_is_a_failure_after_what_was_good(self):
        lines = b"".join(b"order.n%d\n" % i for i in range(200_000))
        packed = gzip.compress(lines)
        for damaged in (packed[:-20], packed[:-3000] + b"x" * 3000, gzip.compress(lines) + b"x"):
            done = self.run_sluice("match", "--subscriptions", self.patterns, "--names",
                                   stdin=damaged, expect=1)
            self.assertIn(b"the gzip data is", done.stderr)
            self.assertGreater(len(done.stdout.splitlines()), 190_000)

    def test_same_bytes_with_any_number_of_threads(self):
        names = b"".join(b"order.n%d\nuser.%d.paid\n" % (i, i) for i in range(50_000))
        one, two, eight = (
            self.run_sluice("match", "--subscriptions", self.patterns, "--names", "--threads", n,
                            stdin=names).stdout for n in (1, 2, 8))
        self.assertEqual(one.count(b"\n"), 100_000)
        self.assertEqual(one, two)
        self.assertEqual(one, eight)

    def test_unordered_gives_the_same_lines(self):
        names = b"".join(b"order.n%d\n" % i for i in range(100_000))
        arguments = ["match", "--subscriptions", self.patterns, "--names", "--threads", "2"]
        ordered = self.run_sluice(*arguments, stdin=names).stdout
        unordered = self.run_sluice(*arguments, "--unordered", stdin=names).stdout
        self.assertEqual(sorted(ordered.splitlines()), sorted(unordered.splitlines()))

    def test_same_answers_without_the_cache(self):
        self.assertEqual(self.match(self.webhooks, self.events, "--no-cache"),
                         self.match(self.webhooks, self.events))

    def test_empty_files_are_fine(self):
        empty = self.write("empty.ndjson", "")
        self.assertEqual(self.match(empty, self.events), [])
        self.assertEqual(self.summary(self.webhooks, empty)["events"], 0)


class CommandLine(CommandTest):
    def test_version(self):
        self.assertRegex(self.run_sluice("--version").stdout, rb"^sluice \d+\.\d+\.\d+\n$")

    def test_help_has_examples_and_exit_codes(self):
        for command in ("match", "generate"):
            text = self.run_sluice(command, "--help").stdout.decode()
            self.assertIn("Examples:\n  sluice " + command, text)
            self.assertIn("130  interrupted", text)

    def test_wrong_usage_exits_with_2(self):
        patterns = self.write("p.txt", ["a"])
        for arguments in ([], ["nonsense"], ["match"], ["match", "--subscriptions", patterns, "x"],
                          ["match", "--subscriptions", patterns, "--threads", "0"],
                          ["match", "--subscriptions", patterns, "--output", "all"],
                          ["generate", "nonsense"], ["generate", "events", "--shape", "round"],
                          ["generate", "events", "--format", "text"]):
            done = self.run_sluice(*arguments, expect=2)
            self.assertNotEqual(done.stderr, b"", arguments)

    def test_missing_files_exit_with_1(self):
        patterns = self.write("p.txt", ["a"])
        for arguments in (["--subscriptions", "/nowhere/p.txt"],
                          ["--subscriptions", patterns, "--events", "/nowhere/e.ndjson"],
                          ["--subscriptions", str(self.directory)],
                          ["--subscriptions", patterns, "--events", str(self.directory)]):
            done = self.run_sluice("match", *arguments, expect=1)
            self.assertRegex(done.stderr, rb"^sluice: cannot (open|read) /.*: (No such|Is a)")

    def test_is_a_filter_between_two_pipes(self):
        patterns = self.write("p.txt", ["a.*"])
        pipeline = f"echo a.b | {PROGRAM} match --subscriptions {patterns} --names | cat"
        done = subprocess.run(pipeline, shell=True, capture_output=True, check=True, timeout=60)
        self.assertEqual(objects(done.stdout)[0]["matches"], [0])


if __name__ == "__main__":
    unittest.main()
