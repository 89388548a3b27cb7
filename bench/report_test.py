"""What a report says of good, bad, wrong and mixed results."""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import engine_claims  # noqa: E402
import families  # noqa: E402
from claims import Claim, geometric_mean, of_service_row  # noqa: E402
from report import markdown, page, plots, story  # noqa: E402
from report.scale import Scale, tick_label  # noqa: E402
from run_directory import MixedRuns, RunDirectory  # noqa: E402

FACTS = {"date": "2026-01-02 03:04 UTC", "commit": "0123456789ab", "tree_is_dirty": False,
         "processor": "A processor <fast>", "processors": 2, "rounds": 7, "mode": "full",
         "packages": {"redis-server": "7"}}
ROW = {"measurement": "ingestion", "name": "ingest", "unit": "events/s", "values": [200.0] * 7,
       "peer": "a <peer>", "ratios": [2.0] * 7, "problem": "", "note": "", "verdict": "",
       "title": "", "series": "", "x_label": "", "x": 0}


def timing(name, rate, number=7, error=None):
    one = {"name": name, "items_per_second": rate, "id_sum": 5.0}
    if error:
        one = {"name": name, "error_occurred": True, "error_message": error}
    return [dict(one) for _ in range(number)]


def headline_runs(factors=(2, 8, 2, 8)):
    names = [(engine_claims.match(engine_claims.flat(each), engine_claims.TRIE),
              engine_claims.match(each, engine_claims.OURS)) for each in engine_claims.HEADLINE]
    return [run for (old, new), factor in zip(names, factors)
            for run in timing(old, 10.0) + timing(new, 10.0 * factor)]


class ResultsTest(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.results = RunDirectory.create(Path(place.name) / "run")
        self.results.write("run", {"facts": FACTS})

    def engine(self, runs, mark=None, name="00-w1"):
        document = {"context": {"run": mark or self.results.mark, "compiler": "GNU 12"},
                    "benchmarks": runs}
        self.results.file(name).write_text(json.dumps(document))

    def service(self, *rows, mark=None):
        document = {"context": {"run": mark or self.results.mark}, "rows": rows}
        self.results.file("service").write_text(json.dumps(document))

    def both(self):
        told = story.read(RunDirectory.open(self.results.path))
        return markdown.report(told), page.page(told), told

    def test_the_headline_is_the_geometric_mean_of_its_ratios(self):
        self.engine(headline_runs())
        text, html, told = self.both()
        self.assertAlmostEqual(told.mean, 4)
        self.assertIn("**4 times** as fast", text)
        self.assertIn("<b>4 times</b>", html)
        self.assertFalse(told.has_problem)

    def test_a_headline_needs_all_its_parts(self):
        self.engine(headline_runs()[:-7])
        self.assertIsNone(self.both()[2].mean)

    def test_a_wrong_engine_is_shown_as_wrong_and_not_as_fast(self):
        wrong = engine_claims.match("w1", engine_claims.OURS)
        runs = [run for run in headline_runs() if run["name"] != wrong]
        self.engine(runs + timing(wrong, 1e9, 6) + timing(wrong, 0, 1, "wrong answer for 'a.b'"))
        text, html, told = self.both()
        self.assertTrue(told.has_problem)
        self.assertIsNone(told.mean)
        self.assertIn("WRONG: wrong answer for 'a.b'", text)
        self.assertIn("Some answers were wrong", html)
        self.assertNotIn("1,000.000", text)

    def test_a_wrong_service_row_shows_no_figure(self):
        self.service({**ROW, "problem": "2 were acknowledged, 1 is in the journal",
                      "verdict": "WRONG: 2 were acknowledged, 1 is in the journal"})
        text, html, _ = self.both()
        self.assertIn("WRONG: 2 were acknowledged", text)
        self.assertNotIn("2 times", text)
        self.assertNotIn("<b>2 times", html)

    def test_a_row_of_nothing_breaks_no_plot(self):
        self.service({**ROW, "values": [0.0] * 7, "ratios": [0.0] * 7})
        self.assertIn("0 to 0", self.both()[0])

    def test_results_of_another_run_are_refused(self):
        self.engine(headline_runs(), mark="another")
        with self.assertRaisesRegex(MixedRuns, "00-w1.json is of another run"):
            self.both()
        self.engine(headline_runs())
        self.service(ROW, mark="another")
        with self.assertRaisesRegex(MixedRuns, "service.json is of another run"):
            self.both()

    def test_a_directory_with_results_takes_no_second_run(self):
        with self.assertRaises(MixedRuns):
            RunDirectory.create(self.results.path)

    def test_the_page_needs_nothing_but_itself(self):
        self.engine(headline_runs())
        self.service(ROW)
        html = self.both()[1]
        self.assertNotRegex(html, r"https?://|<script|<link|@import|url\(|src=")
        self.assertIn("prefers-color-scheme: dark", html)
        self.assertIn("A processor &lt;fast&gt;", html)
        self.assertIn("beside a &lt;peer&gt;", html)

    def test_every_family_with_results_has_a_plot_and_its_command(self):
        self.engine(headline_runs() +
                    timing("Decode/sluice/bytes:500/real_time", 5.0) +
                    timing("Mixed/w2u/sluice/cache:off/batch:16/changes:0/iterations:1/manual_time",
                           5.0) +
                    timing("Scaling/depth:2/locked_trie/iterations:20/real_time", 5.0))
        document = json.loads(self.results.file("00-w1").read_text())
        for run in document["benchmarks"]:
            run.update(bytes_per_second=1e9, bytes_per_subscription=50.0)
        self.results.file("00-w1").write_text(json.dumps(document))
        curve = {"peer": "", "ratios": [], "title": "Waiting", "series": "p99", "unit": "ms",
                 "x_label": "% of the maximum", "x": 50}
        self.service(ROW, {**ROW, "measurement": "brokers"}, {**ROW, "measurement": "sender"},
                     {**ROW, **curve, "measurement": "open_loop"})
        html = self.both()[1]
        for family in families.FAMILIES:
            section = re.search(f'<section id="{family.name}">.*?</section>', html, re.DOTALL)[0]
            self.assertEqual(section.count("<svg class=\"wide\""), section.count("<figure>"))
            self.assertGreaterEqual(section.count("<figure>"), 1, family.name)
            self.assertIn(f"<code>{family.command}</code>", section)


class ClaimTest(unittest.TestCase):
    def claim(self, *ratios, problem=""):
        return Claim("matching", "W1", "it", ratios, problem)

    def test_an_interval_that_includes_one_is_no_difference(self):
        claim = self.claim(0.99, *[2.0] * 6)
        self.assertEqual(claim.finding, "no difference")
        self.assertEqual((claim.spread, claim.won), ("0.99 to 2", "6 of 7"))

    def test_a_difference_is_the_median_of_the_pairs(self):
        self.assertEqual(self.claim(1.5, 2, 2, 2.123, 3, 3, 30).finding, "2.12 times")
        self.assertEqual(self.claim(*[0.5] * 7).verdict, "slower")

    def test_few_pairs_claim_nothing(self):
        self.assertEqual(self.claim(*[2.0] * 6).finding, "too few pairs")
        self.assertIsNone(geometric_mean([self.claim(*[2.0] * 6)]))

    def test_what_costs_less_is_faster(self):
        row = {**ROW, "ratios": [0.5] * 7, "less_is_better": True}
        self.assertEqual(of_service_row(row, "ingestion").finding, "2 times")

    def test_a_row_without_a_peer_claims_nothing(self):
        self.assertIsNone(of_service_row({**ROW, "peer": "", "ratios": []}, "ingestion"))


class PlotTest(unittest.TestCase):
    def test_a_log_axis_keeps_all_values_on_it(self):
        scale = Scale.around([1e-3, 5, 1e6], 10, 90, True)
        places = [scale(value) for value in (1e-3, 5, 1e6)]
        self.assertEqual(places, sorted(places))
        self.assertTrue(all(10 <= place <= 90 for place in places))

    def test_a_linear_axis_begins_at_nothing(self):
        scale = Scale.around([50, 95], 0, 100, False)
        self.assertEqual(scale(0), 0)
        self.assertEqual(scale.ticks(6), [0, 20, 40, 60, 80])

    def test_axes_have_some_ticks_and_not_too_many(self):
        for low, high in ((1, 1), (1, 1.01), (3, 9), (40, 70), (1e-3, 1e9)):
            ticks = Scale.around([low, high], 0, 100, True).ticks(6)
            self.assertTrue(len(ticks) <= 7, (low, high, ticks))

    def test_ticks_are_short(self):
        self.assertEqual([tick_label(each) for each in (0.5, 20, 1e4, 1.5e6, 2e9)],
                         ["0.5", "20", "10k", "1.5M", "2G"])
        self.assertEqual(plots.tick_label_of(123_456), "123k")

    def test_one_point_can_be_drawn(self):
        dot = plots.Point(50, 3, 3, 3)
        for plot in (plots.LinePlot("t", "x", "y", (plots.Series("a", (dot,)),), is_log_x=False),
                     plots.DotPlot("t", "x", (("g", (("a", dot),)),))):
            self.assertIn("<svg", plots.figure(plot))


if __name__ == "__main__":
    unittest.main()
