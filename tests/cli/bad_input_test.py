"""`sluice match` on bad events and bad subscriptions: what is said, and how it exits."""

import json
import unittest

from command import CommandTest, event, webhook

GOOD = event("a.b").encode()

# Every way in which an event line can be bad, and a word of the reason that must be given.
BAD_LINES = [
    (b'{"event_type":"a.b"', b"well-formed|cut off"),
    (b'{"event_type":"a.b",}', b"well-formed"),
    (b'{"event_type":"a.b","x":tru}', b"well-formed"),
    (b'{"event_type":"a.b","x":012}', b"well-formed"),
    (b'{"event_type":"a.b"} {"event_type":"a.b"}', b"follows"),
    (b'{"event_type":"a.b","x":"\xff"}', b"UTF-8"),
    (b'{"x":1}', b"event_type is missing"),
    (b'{"event_type":7}', b"must be a string"),
    (b'{"event_type":"a.b","organization":7}', b"organization must be a string"),
    (b'{"event_type":"a..b"}', b"segment is empty"),
    (b'{"event_type":"a.b c"}', b"only"),
    (b'{"event_type":"a.*"}', b"cannot hold"),
    (b'{"event_type":""}', b"empty"),
    (b'{"event_type":"' + b"a" * 65 + b'"}', b"64"),
    (b'["a.b"]', b"object"),
    (b"a\0b", b"well-formed"),
    (b'{"event_type":"a.b","x":"\0"}', b"control"),
    (b'{"event_type":"a.b","x":' + b"[" * 1024 + b"]" * 1024 + b"}", b"nested"),
    (b'{"event_type":"a.b","x":"' + b"y" * 300_000 + b'"}', b"larger"),
]


class BadEvents(CommandTest):
    def setUp(self):
        super().setUp()
        self.patterns = self.write("patterns.txt", ["a.*"])

    def test_each_kind_rejects_its_own_line_alone(self):
        for threads in ("1", "2"):
            for bad, reason in BAD_LINES:
                events = self.write("events.ndjson", b"\n".join([GOOD, b"", bad, GOOD, b""]))
                done = self.run_sluice("match", "--subscriptions", self.patterns, "--events",
                                       events, "--threads", threads)
                lines = [json.loads(line)["line"] for line in done.stdout.splitlines()]
                self.assertEqual(lines, [1, 4], bad[:60])
                self.assertRegex(done.stderr, rb"^%s:3:\d+: .*(%s)" % (events.encode(), reason))
                self.assertEqual(done.stderr.count(b"\n"), 1)

    def test_the_deepest_and_the_largest_event_are_good(self):
        deepest = b'{"event_type":"a.b","x":' + b"[" * 1023 + b"]" * 1023 + b"}"
        largest = b'{"event_type":"a.b","x":"' + b"y" * (256 * 1024 - 27) + b'"}'
        self.assertEqual(len(largest), 256 * 1024)
        events = self.write("events.ndjson", b"\n".join([deepest, largest, largest + b"\r", b""]))
        self.assertEqual(self.summary(self.patterns, events)["events"], 3)

    def test_what_is_too_large_is_told_the_limit(self):
        event = b'{"event_type":"a.b","x":"' + b"y" * (256 * 1024) + b'"}\n'
        name = b"a." * (128 * 1024) + b"a\n"
        for text, options in ((event, []), (name, ["--names"])):
            done = self.run_sluice("match", "--subscriptions", self.patterns, *options, stdin=text)
            self.assertRegex(done.stderr, rb"^<stdin>:1:\d+: the event is larger than the limit of "
                                          rb"256 KiB\n$")

    def test_a_line_that_the_end_cuts_off(self):
        for cut in (b'{"event_type":"a.b","x":"y', b'{"event_type":"a.b"', b"{"):
            done = self.run_sluice("match", "--subscriptions", self.patterns,
                                   stdin=GOOD + b"\n" + cut)
            self.assertRegex(done.stderr, rb"^<stdin>:2:\d+: the event is cut off")
            self.assertEqual(done.stdout.count(b"\n"), 1)

    def test_bad_names_say_their_column(self):
        done = self.run_sluice("match", "--subscriptions", self.patterns, "--names",
                               stdin=b"a.b\na..c\na.\0\n")
        self.assertRegex(done.stderr, rb"^<stdin>:2:3: .*\n<stdin>:3:3: .*\n$")

    def test_line_numbers_hold_across_chunks_and_threads(self):
        lines = [b"{}" if i % 10_007 == 0 else GOOD + b" " * (i % 200) for i in range(1, 60_001)]
        events = self.write("events.ndjson", b"\n".join(lines))
        expected = [b"%s:%d:" % (events.encode(), i) for i in range(10_007, 60_001, 10_007)]
        for threads in ("1", "2"):
            done = self.run_sluice("match", "--subscriptions", self.patterns, "--events", events,
                                   "--threads", threads)
            for line, start in zip(done.stderr.splitlines(), expected, strict=True):
                self.assertTrue(line.startswith(start), line)
            numbers = [json.loads(line)["line"] for line in done.stdout.splitlines()]
            self.assertEqual(numbers, [i for i in range(1, 60_001) if i % 10_007 != 0])

    def test_shows_twenty_and_counts_the_rest(self):
        done = self.run_sluice("match", "--subscriptions", self.patterns, stdin=b"x\n" * 50)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 21)
        self.assertEqual(lines[-1], b"<stdin>: 30 more bad lines, 50 in all")

    def test_counts_them_in_the_summary(self):
        events = self.write("events.ndjson", b"\n".join(bad for bad, _ in BAD_LINES) + b"\n" + GOOD)
        summary = self.summary(self.patterns, events)
        self.assertEqual((summary["events"], summary["invalid"]), (1, len(BAD_LINES)))

    def test_strict_exits_with_3(self):
        arguments = ["match", "--subscriptions", self.patterns, "--strict"]
        self.run_sluice(*arguments, stdin=GOOD + b"\nx\n", expect=3)
        self.run_sluice(*arguments, stdin=GOOD, expect=0)


class BadSubscriptions(CommandTest):
    def refusal(self, name, lines):
        path = self.write(name, lines)
        done = self.run_sluice("match", "--subscriptions", path, expect=2)
        self.assertEqual(done.stdout, b"")
        message = done.stderr.decode()
        start = f"sluice: {path}:"
        self.assertTrue(message.startswith(start), message)
        return message[len(start):]

    def test_a_bad_pattern_names_line_column_and_fix(self):
        self.assertRegex(self.refusal("p.txt", ["a.b", "", "a.obj*.c"]),
                         r"^3:6: the pattern \"a\.obj\*\.c\": .*use '\*' for one whole segment")
        self.assertRegex(self.refusal("p.txt", ["a..b"]), r"^1:3: .*remove the extra '\.'")
        self.assertRegex(self.refusal("p.txt", ["a.b "]), r"^1:4: .*A-Z")

    def test_standard_input_cannot_be_both_files(self):
        done = self.run_sluice("match", "--subscriptions", "-", stdin=b"a.b\n", expect=2)
        self.assertRegex(done.stderr, rb"--subscriptions and --events .* standard input")

    def test_webhooks_in_a_file_of_another_name_get_a_hint(self):
        self.assertIn(".ndjson", self.refusal("hooks.json", [webhook("wh_1", ["a"])]))

    def test_a_repeated_webhook_id_names_both_lines(self):
        lines = [webhook("wh_1", ["a"]), webhook("wh_2", ["a"]), "", webhook("wh_2", ["b"]),
                 webhook("wh_1", ["c"])]
        refusal = self.refusal("hooks.ndjson", lines)
        self.assertIn('4:1: the webhook_id "wh_2" is that of line 2 already', refusal)

    def test_a_bad_pattern_of_a_webhook_names_line_and_column(self):
        line = '{"webhook_id": "wh_1", "event_types": ["a.b", "a.b*"]}'
        column = line.index("b*") + 2
        self.assertTrue(self.refusal("w.ndjson", [webhook("wh_0", ["a"]), line])
                        .startswith(f'2:{column}: the pattern "a.b*": '))

    def test_a_bad_webhook_says_what_is_expected(self):
        for line, start, expected in (
                ("[1]", "1:1", "must be a JSON object"),
                ("{}", "1:1", "webhook_id is missing"),
                ('{"webhook_id": 7}', "1:16", "webhook_id must be a string"),
                ('{"webhook_id":"w"}', "1:1", "event_types is missing"),
                ('{"webhook_id":"w","event_types":[]}', "1:33", "at least one pattern"),
                ('{"webhook_id":"w","event_types":"a"}', "1:33", "event_types must be an array"),
                ('{"webhook_id":"w","event_types":["a", 7]}', "1:39", "must be a string"),
                ('{"webhook_id":"w","event_types":["a"],"is_active":1}', "1:51", "true or false"),
                ('{"webhook_id":"w","event_types":["a"],"organization":1}', "1:54", "a string"),
                (webhook("w", ["a"], organization="x" * 256), "1:", "longer than 255"),
                ('{"webhook_id":"w",}', "1:19", "not well-formed"),
                ('{"webhook_id":"w"', "1:", "not well-formed"),
        ):
            refusal = self.refusal("w.ndjson", [line])
            self.assertTrue(refusal.startswith(start), (line[:80], refusal))
            self.assertIn(expected, refusal)


class BadWebhookFiles(CommandTest):
    def test_a_file_that_cannot_be_read_is_not_an_empty_one(self):
        done = self.run_sluice("webhooks", "create", "--api-key", "sk_x", "--file", "/", expect=1)
        self.assertEqual(done.stderr, b"sluice: cannot read /: Is a directory\n")


if __name__ == "__main__":
    unittest.main()
