"""Tests of the arithmetic that decides which change of speed is real."""

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

import pairs  # noqa: E402
import report_tables  # noqa: E402


def verdict(*ratios):
    return pairs.Comparison(ratios).verdict


class ComparisonTest(unittest.TestCase):
    def test_pairs_are_divided_in_order(self):
        self.assertEqual(pairs.compare([100, 200], [150, 100]).ratios, (1.5, 0.5))

    def test_unequal_numbers_of_runs_are_refused(self):
        with self.assertRaises(ValueError):
            pairs.compare([1, 2], [1])

    def test_no_runs_are_refused(self):
        with self.assertRaises(ValueError):
            pairs.compare([], [])

    def test_median_ignores_one_wild_pair(self):
        self.assertEqual(pairs.Comparison((1.1, 1.1, 50.0)).median, 1.1)

    def test_all_wins_but_one_are_faster(self):
        self.assertEqual(verdict(1.1, 1.1, 1.1, 0.9, 1.1, 1.1, 1.1), "faster")

    def test_two_losses_are_noise(self):
        self.assertEqual(verdict(1.1, 1.1, 1.1, 0.9, 0.9, 1.1, 1.1), "noise")

    def test_a_tie_is_no_win(self):
        self.assertEqual(verdict(1.1, 1.1, 1.1, 1.0, 1.0, 1.1, 1.1), "noise")

    def test_three_percent_are_noise_however_often_they_win(self):
        self.assertEqual(verdict(*[1.03] * 7), "noise")

    def test_all_losses_but_one_are_slower(self):
        self.assertEqual(verdict(0.9, 0.9, 0.9, 1.2, 0.9, 0.9, 0.9), "slower")

    def test_slower_by_less_than_three_percent_is_noise(self):
        self.assertEqual(verdict(*[0.98] * 7), "noise")

    def test_six_pairs_prove_nothing(self):
        self.assertEqual(verdict(*[2.0] * 6), "too few pairs")


class DocumentTest(unittest.TestCase):
    def test_runs_keep_the_order_of_the_rounds(self):
        document = {"benchmarks": [{"name": "A", "items_per_second": 1.0},
                                   {"name": "B", "items_per_second": 5.0},
                                   {"name": "A", "items_per_second": 2.0}]}
        self.assertEqual(pairs.rates(pairs.runs_by_name(document)["A"]), [1.0, 2.0])

    def test_a_refused_benchmark_is_not_passed_over(self):
        document = {"benchmarks": [{"name": "A", "error_occurred": True, "error_message": "wrong"}]}
        with self.assertRaisesRegex(pairs.RefusedRun, "A: wrong"):
            pairs.runs_by_name(document)

    def test_geometric_mean(self):
        self.assertAlmostEqual(pairs.geometric_mean([2, 8]), 4)


class ReportTest(unittest.TestCase):
    def test_headline_is_the_geometric_mean_of_its_ratios(self):
        runs = {}
        for (old, new), factor in zip(report_tables.HEADLINE, (2, 8, 2, 8)):
            runs[old] = [{"items_per_second": 10.0}] * 7
            runs[new] = [{"items_per_second": 10.0 * factor}] * 7
        self.assertAlmostEqual(report_tables.headline(runs), 4)

    def test_headline_needs_all_its_parts(self):
        self.assertIsNone(report_tables.headline({}))


if __name__ == "__main__":
    unittest.main()
