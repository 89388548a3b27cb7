"""`sluice generate`: the same bytes everywhere, of the shapes that it promises."""

import collections
import hashlib
import json
import pathlib
import unittest

import oracle
from command import CommandTest

# SHA-256 of `sluice generate KIND --shape SHAPE --count 1000 --seed 7 --zipf 1`. A change of these
# changes every published workload.
GOLDEN = {
    ("subscriptions", "flat"):
        "a42e96ea5c394fce199712ecd6fef7cdbdb189151f6b87c086cad463d7e6cb07",
    ("subscriptions", "wild"):
        "143db0099570bad3c4d22c65750a0b4cbbdc9b24e27b84940ef5394b915a6366",
    ("subscriptions", "tenants"):
        "ad31aee8b716c444b3bf1366636121f3c0dc2c2364780ec3da6de5db265bb80f",
    ("events", "flat"):
        "0791d17ae5412a9273bf93eac400cc77850b8595ef8d366a71ae7de1f73aa6cf",
    ("events", "wild"):
        "a9d3388beed3a9d8edfc927de2c477ff063813d32bb6ce6cbf773d9439550e8e",
    ("events", "tenants"):
        "35a3000ad661da31bb0322a5863a6f02e6db34ccd08cd2368a393a747e3fcd2e",
    ("names", "flat"):
        "404474e3cc59f1f77df464a6ec90a285c25b90a6b3bb8d1a35a31a7e4c9d8cf0",
    ("names", "wild"):
        "7232f205efd0f8e7f46f10548c813656141cd445dde874a28fcf0913d289f70b",
    ("names", "tenants"):
        "a023259fa2074bcdfa19ee063e44532b61082704967c6ed773f7a6fb7b341edf",
}


class Generate(CommandTest):
    def generate(self, *arguments):
        return self.run_sluice("generate", *arguments).stdout

    def test_writes_the_same_bytes_as_ever(self):
        found = {}
        for kind, shape in GOLDEN:
            output = self.generate(kind, "--shape", shape, "--count", "1000", "--seed", "7",
                                   "--zipf", "1")
            self.assertEqual(output.count(b"\n"), 1000)
            found[kind, shape] = hashlib.sha256(output).hexdigest()
        self.assertEqual(found, GOLDEN)

    def test_a_number_that_is_none_is_refused(self):
        # A count that is taken for a huge one fails at once on this device instead of filling a disk.
        for option, value in (("--count", "-1"), ("--count", "9" * 20), ("--zipf", "nan")):
            done = self.run_sluice("generate", "names", option, value, "--output", "/dev/full",
                                   expect=2)
            self.assertIn(option.encode(), done.stderr)

    def test_an_unknown_choice_is_told_the_words_that_there_are(self):
        for arguments, message in (
                (["cows"], b"kind: cows not in {events,names,subscriptions}\n"),
                (["names", "--shape", "cube"], b"--shape: cube not in {flat,tenants,wild}\n"),
                (["subscriptions", "--format", "xml"], b"--format: xml not in {ndjson,text}\n")):
            done = self.run_sluice("generate", *arguments, expect=2)
            self.assertTrue(done.stderr.startswith(message), done.stderr)

    def test_another_seed_gives_another_workload(self):
        for kind in ("subscriptions", "events", "names"):
            self.assertNotEqual(self.generate(kind, "--count", "10", "--seed", "1"),
                                self.generate(kind, "--count", "10", "--seed", "2"))

    def test_a_longer_file_begins_with_the_shorter(self):
        short = self.generate("events", "--count", "100")
        self.assertTrue(self.generate("events", "--count", "5000").startswith(short))

    def test_events_are_of_about_the_size_asked_for(self):
        for size in (300, 500, 4_000, 100_000):
            lines = self.generate("events", "--count", "200", "--event-bytes", size).splitlines()
            lengths = [len(line) for line in lines]
            self.assertLess(abs(sum(lengths) / len(lengths) - size), 0.06 * size)
            self.assertLessEqual(max(lengths), 1.25 * size + 1)
            self.assertGreater(len(set(lengths)), 50)

    def test_events_have_the_fields_of_the_contract_and_no_field_twice(self):
        def distinct(pairs):
            names = [name for name, _ in pairs]
            self.assertEqual(len(names), len(set(names)))
            return dict(pairs)
        output = self.generate("events", "--shape", "tenants", "--count", "2000",
                               "--event-bytes", "3000").decode()
        events = [json.loads(line, object_pairs_hook=distinct) for line in output.splitlines()]
        for one in events:
            self.assertEqual(list(one), ["event_id", "event_type", "occurred_at", "organization",
                                         "subject", "metadata"])
        self.assertEqual(len({one["event_id"] for one in events}), len(events))
        self.assertEqual(sorted(one["occurred_at"] for one in events),
                         [one["occurred_at"] for one in events])

    def test_flat_subscriptions_are_exact_and_ten_a_name(self):
        lines = self.generate("subscriptions").decode().split()
        self.assertEqual(len(lines), 100_000)
        self.assertFalse(any("*" in line for line in lines))
        self.assertGreater(len(set(lines)), 9_990)
        self.assertLessEqual(len(set(lines)), 10_000)

    def test_wild_subscriptions_have_the_promised_mix(self):
        lines = self.generate("subscriptions", "--shape", "wild", "--count", "100000").decode()
        kinds = collections.Counter(
            "tail" if line.endswith(".**") else "starred" if "*" in line else "exact"
            for line in lines.split())
        for kind, percent in (("exact", 75), ("starred", 20), ("tail", 5)):
            self.assertAlmostEqual(kinds[kind] / 1000, percent, delta=0.6)

    def test_webhooks_of_tenants_have_ids_and_organizations(self):
        output = self.generate("subscriptions", "--shape", "tenants", "--count", "20000")
        webhooks = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(len({one["webhook_id"] for one in webhooks}), 20_000)
        self.assertTrue(all(len(one["webhook_id"]) == 13 for one in webhooks))
        patterns = [pattern for one in webhooks for pattern in one["event_types"]]
        self.assertAlmostEqual(sum("*" not in pattern for pattern in patterns) / 200, 60, delta=1.5)
        self.assertAlmostEqual(patterns.count("**") / 200, 3, delta=0.6)
        self.assertGreater(len({one["organization"] for one in webhooks}), 6_000)

    def test_names_follow_zipfs_law(self):
        names = self.generate("names", "--count", "200000", "--zipf", "1").decode().split()
        counts = [count for _, count in collections.Counter(names).most_common()]
        harmonic = sum(1 / rank for rank in range(1, 10_001))
        for rank in (1, 2, 5, 20):
            expected = 200_000 / harmonic / rank
            self.assertAlmostEqual(counts[rank - 1] / expected, 1, delta=0.06)

    def test_match_agrees_with_the_oracle_on_every_shape(self):
        for shape, written, names, options in (
                ("flat", "text", False, []),
                ("flat", "ndjson", False, []),
                ("flat", "text", True, ["--zipf", "0.8"]),
                ("wild", "text", False, []),
                ("tenants", "ndjson", False, ["--organizations", "50"]),
                ("tenants", "text", True, ["--organizations", "50"])):
            self.check_against_oracle(shape, written, names, options)

    def check_against_oracle(self, shape, written, names, options):
        common = ["--shape", shape, "--seed", "3", *options]
        subscriptions = self.generate("subscriptions", "--count", "1000", "--format", written,
                                      *common).decode()
        events = self.generate("names" if names else "events", "--count", "1000",
                               *common).decode()
        if written == "ndjson":
            held = oracle.read_webhooks(subscriptions)
        else:
            held = [(organization, [pattern])
                    for organization, pattern in oracle.read_lines(subscriptions)]
        expected = oracle.totals(
            held, oracle.read_lines(events) if names else oracle.read_events(events))
        self.assertGreater(expected["matches"], 20)
        arguments = ["--names"] if names else []
        suffix = ".ndjson" if written == "ndjson" else ".txt"
        for threads in ("1", "2"):
            summary = self.summary(self.write("s" + suffix, subscriptions),
                                   self.write("e", events), "--threads", threads, *arguments)
            self.assertEqual({name: summary[name] for name in expected}, expected, shape)

    def test_writes_to_a_file(self):
        path = self.directory / "names.txt"
        self.assertEqual(self.generate("names", "--count", "5", "--output", path), b"")
        self.assertEqual(path.read_bytes(), self.generate("names", "--count", "5"))
        self.assertEqual(pathlib.Path(path).read_text().count("\n"), 5)


if __name__ == "__main__":
    unittest.main()
