"""A deliberately wrong adapter is found out, whatever it is wrong about; and the oracle that finds it
says what the project's own match vectors say.
"""

import json
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "e2e")]

import adapter  # noqa: E402
import foreign_engines  # noqa: E402
import oracle  # noqa: E402
from toolchains import Peer  # noqa: E402

# An adapter that compares every pattern. `lie` is done to the answers of each kind of question.
ENGINE = textwrap.dedent("""
    import json, sys, time
    sys.dont_write_bytecode = True
    sys.path.insert(0, {path!r})
    import oracle
    patterns, names = (open(file).read().splitlines() for file in sys.argv[1:3])
    ids = oracle.answers(patterns, names)
    timed = [list(each) for each in ids]
    {lie}
    print(json.dumps({{"subscriptions": len(patterns), "load_seconds": 0.1}}), flush=True)
    for line in sys.stdin:
        if line.strip() == "answers":
            print("\\n".join(" ".join(map(str, each)) for each in ids), flush=True)
        else:
            print(json.dumps({{"seconds": 0.001, "events": len(names), "hits": sum(map(len, timed)),
                               "id_sum": sum(map(sum, timed))}}), flush=True)
""")


class AdapterTest(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.work = Path(place.name)

    def peer(self, name, lie="pass"):
        file = self.work / f"{len(list(self.work.iterdir()))}.py"
        file.write_text(ENGINE.format(path=str(HERE), lie=lie), encoding="ascii")
        return Peer(name, (sys.executable, file))

    def refusal(self, lie):
        try:
            adapter.check(self.peer("it", lie).command, self.work, True)
        except adapter.WrongAnswers as wrong:
            return str(wrong)
        return ""

    def test_a_right_adapter_passes(self):
        self.assertEqual(self.refusal("pass"), "")

    def test_an_adapter_that_drops_an_id_is_refused(self):
        self.assertRegex(self.refusal("ids[7].pop()"), r"reaches \[.*\], it says \[")

    def test_an_adapter_that_repeats_an_id_is_refused(self):
        self.assertRegex(self.refusal("ids[7].append(ids[7][0])"), "it says")

    def test_an_adapter_that_is_wrong_about_the_last_event_only_is_refused(self):
        self.assertRegex(self.refusal("ids[-1].pop()"), "it says")

    def test_an_adapter_that_lies_while_it_is_timed_is_refused(self):
        self.assertRegex(self.refusal("timed[3].pop()"), "while it is timed it says")
        self.assertRegex(self.refusal("timed[3][0] += 1"), "while it is timed it says")

    def measure(self, *peers):
        workloads = self.work / "workloads"
        workloads.mkdir()
        (workloads / "w1.subs").write_text("a.b\na.*\nc\n", encoding="ascii")
        (workloads / "w1.events").write_text("a.b\na.c\nc\n" * 5, encoding="ascii")
        found = foreign_engines.measure([self.peer("sluice"), Peer("sluice, cache on", self.peer(
            "").command, is_cached=True)], peers, workloads, 2, ("w1",), events=6)
        return {each["engine"]: each for each in found}

    def test_a_wrong_peer_has_no_ratio(self):
        found = self.measure(self.peer("right"), self.peer("wrong", "ids[7].pop()"))
        self.assertEqual(found["right"]["ratios"], [1.0, 1.0])
        self.assertEqual((found["wrong"]["ratios"], found["wrong"]["rates"]), ([], []))
        self.assertIn("it says", found["wrong"]["problem"])

    def test_a_peer_that_is_wrong_on_the_large_case_only_has_no_ratio(self):
        found = self.measure(self.peer("wrong", "timed[0].pop() if len(names) == 6 else None"))
        self.assertEqual(found["wrong"]["ratios"], [])
        self.assertIn("sluice", found["wrong"]["problem"])

    def test_a_peer_that_dies_is_a_wrong_one(self):
        found = self.measure(self.peer("dead", "sys.exit(1)"))
        self.assertEqual(found["dead"]["ratios"], [])
        self.assertNotEqual(found["dead"]["problem"], "")


class OracleTest(unittest.TestCase):
    def test_it_says_what_the_match_vectors_say(self):
        count = 0
        for file in (HERE.parent.parent / "data/vectors/match").glob("*.json"):
            for vector in json.loads(file.read_text(encoding="utf-8")):
                with self.subTest(vector=vector):
                    self.assertEqual(oracle.matches(vector["pattern"], vector["name"]),
                                     vector["match"])
                count += 1
        self.assertGreater(count, 20)


if __name__ == "__main__":
    unittest.main()
