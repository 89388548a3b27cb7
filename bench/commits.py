"""A commit as a work tree of its own, built there, and gone afterwards."""

import subprocess
from pathlib import Path


def git(root, *arguments):
    return subprocess.run(["git", "-C", str(root), *map(str, arguments)], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout.strip()


class Tree:
    """`.` is the tree as it is, built in `place` as well, so that nothing else is touched."""

    def __init__(self, root, commit, place):
        self._root, self._commit, self._place = Path(root), commit, Path(place)

    def __enter__(self):
        if self._commit != ".":
            name = git(self._root, "rev-parse", "--verify", f"{self._commit}^{{commit}}")
            git(self._root, "worktree", "add", "--detach", self._place, name)
        return self

    def __exit__(self, *_):
        if self._commit != ".":
            git(self._root, "worktree", "remove", "--force", self._place)

    @property
    def source(self):
        return self._root if self._commit == "." else self._place

    def build(self, targets):
        """The directory of its programs."""
        directory = self._place / "build"
        subprocess.run(["cmake", "-S", self.source, "-B", directory, "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=Release", "-DSLUICE_TESTS=OFF"], check=True,
                       stdout=subprocess.DEVNULL)
        subprocess.run(["cmake", "--build", directory, "--target", *targets], check=True)
        return directory / "bin"
