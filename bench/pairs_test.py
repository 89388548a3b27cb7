"""Tests of the arithmetic that decides which change of speed is real."""

import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))

import pairs  # noqa: E402


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

    def test_an_interval_that_includes_one_is_no_difference(self):
        self.assertEqual(verdict(1.1, 1.1, 1.1, 0.9, 1.1, 1.1, 1.1), "no difference")
        self.assertEqual(verdict(1.1, 1.1, 1.1, 1.0, 1.1, 1.1, 1.1), "no difference")

    def test_of_nine_pairs_one_may_be_lost(self):
        self.assertEqual(verdict(*[1.1] * 8, 0.9), "faster")
        self.assertEqual(verdict(*[0.9] * 8, 1.2), "slower")

    def test_of_many_pairs_two_may_not_be_lost_although_the_interval_excludes_one(self):
        self.assertGreater(pairs.Comparison((*[1.1] * 13, 0.9, 0.9)).interval[0], 1)
        self.assertEqual(verdict(*[1.1] * 13, 0.9, 0.9), "no difference")

    def test_seven_wins_of_seven_are_faster(self):
        self.assertEqual(verdict(1.04, *[1.1] * 6), "faster")
        self.assertEqual(verdict(0.96, *[0.9] * 6), "slower")

    def test_three_percent_are_no_difference_however_often_they_win(self):
        self.assertEqual(verdict(*[1.03] * 7), "no difference")
        self.assertEqual(verdict(*[0.98] * 7), "no difference")

    def test_the_interval_holds_the_median_19_times_of_20(self):
        self.assertEqual(pairs.Comparison((7, 6, 5, 4, 3, 2, 1)).interval, (1, 7))
        self.assertEqual(pairs.Comparison((8, *range(1, 8))).interval, (1, 8))
        self.assertEqual(pairs.Comparison(tuple(range(1, 10))).interval, (2, 8))
        self.assertEqual(pairs.Comparison(tuple(range(1, 16))).interval, (4, 12))
        self.assertIsNone(pairs.Comparison((1, 2)).interval)

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

    def test_a_benchmark_that_was_refused_once_has_no_timing(self):
        document = {"benchmarks": [{"name": "A", "error_occurred": True, "error_message": "wrong"},
                                   {"name": "A", "items_per_second": 1.0},
                                   {"name": "B", "items_per_second": 2.0}]}
        refused = pairs.refusals(document)
        self.assertEqual(refused, {"A": "wrong"})
        self.assertEqual(list(pairs.runs_by_name(pairs.without(document, refused))), ["B"])

    def test_geometric_mean(self):
        self.assertAlmostEqual(pairs.geometric_mean([2, 8]), 4)


if __name__ == "__main__":
    unittest.main()
