#!/usr/bin/env python3
"""What the table of bench/e2e/run says of good, bad and wrong figures."""

import io
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

from table import Row, percentile, show  # noqa: E402


def shown(row):
    out = io.StringIO()
    show(row, out)
    return out.getvalue()


class TableTest(unittest.TestCase):
    def test_a_wrong_answer_is_shown_instead_of_a_verdict(self):
        row = Row("ingest", "events/s", [2e6], target=("value", ">=", 1e6),
                  problem="10 events were acknowledged, 9 are in the journal")
        self.assertIn("WRONG: 10 events", shown(row))
        self.assertNotIn("reaches", shown(row))

    def test_the_median_decides(self):
        row = Row("ingest", "events/s", [1, 9, 5], target=("value", ">=", 5))
        self.assertIn("reaches value >= 5", shown(row))
        row.values = [1, 9, 4]
        self.assertIn("misses value >= 5", shown(row))

    def test_a_ratio_is_judged_by_its_pairs_and_shown_with_their_spread(self):
        row = Row("ingest", "events/s", [100], "the peer", [0.5, 2, 3], ("ratio", ">=", 3))
        self.assertIn("misses ratio >= 3", shown(row))
        self.assertIn("2 (0.5 to 3) times the peer, better in 2 of 3 pairs", shown(row))

    def test_a_measurement_that_failed_has_a_row(self):
        self.assertIn("WRONG: it took too long", shown(Row("http", "", [], problem="it took too long")))

    def test_a_percentile_is_one_of_the_values(self):
        self.assertEqual(percentile([3, 1, 2], 0.99), 3)
        self.assertEqual(percentile([3, 1, 2], 0.5), 2)


if __name__ == "__main__":
    unittest.main()
