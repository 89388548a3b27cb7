"""How bench/compare takes turns, what it says of the pairs, and that it leaves no work tree behind."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))

import commits  # noqa: E402
import turns  # noqa: E402


class TurnsTest(unittest.TestCase):
    def test_builds_take_turns(self):
        asked = []
        rounds = turns.take(["old", "new"], lambda build: asked.append(build) or len(asked), 3)
        self.assertEqual(asked, ["old", "new"] * 3)
        self.assertEqual(rounds, [[1, 3, 5], [2, 4, 6]])

    def test_each_figure_is_judged_by_its_own_pairs(self):
        old = [{"fast": 10.0, "same": 10.0, "gone": 1.0}] * 7
        new = [{"fast": 20.0, "same": 10.0}] * 7
        lines = list(turns.table(old, new))[1:]
        self.assertEqual(len(lines), 2)
        self.assertRegex(lines[0], r"2\.000 .* 7/7 +faster +fast")
        self.assertRegex(lines[1], r"1\.000 .* 0/7 +no difference +same")


class TreeTest(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root, self.tree = Path(place.name) / "repository", Path(place.name) / "tree"
        subprocess.run(["git", "init", "-q", self.root], check=True)
        self.commit("one")
        self.commit("two")

    def commit(self, text):
        (self.root / "file").write_text(text)
        commits.git(self.root, "add", "file")
        commits.git(self.root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm",
                    text)

    def trees(self):
        return commits.git(self.root, "worktree", "list").splitlines()

    def test_a_commit_has_a_work_tree_of_its_own_while_it_is_needed(self):
        with commits.Tree(self.root, "HEAD~1", self.tree) as tree:
            self.assertEqual((tree.source / "file").read_text(), "one")
            self.assertEqual(len(self.trees()), 2)
        self.assertEqual(len(self.trees()), 1)
        self.assertFalse(self.tree.exists())

    def test_a_failed_build_leaves_no_work_tree_either(self):
        with self.assertRaises(subprocess.CalledProcessError):
            with commits.Tree(self.root, "HEAD", self.tree) as tree:
                tree.build(["nothing"])
        self.assertEqual(len(self.trees()), 1)

    def test_the_tree_as_it_is_is_not_checked_out_anew(self):
        (self.root / "file").write_text("changed")
        with commits.Tree(self.root, ".", self.tree) as tree:
            self.assertEqual((tree.source / "file").read_text(), "changed")
            self.assertEqual(len(self.trees()), 1)

    def test_what_is_no_commit_is_refused(self):
        with self.assertRaises(subprocess.CalledProcessError):
            with commits.Tree(self.root, "nobody", self.tree):
                pass


if __name__ == "__main__":
    unittest.main()
