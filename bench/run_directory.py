"""The results of one run, raw, in a directory of their own. Everything in it carries the run's mark,
and what carries another one is refused: figures of two runs never stand in one table.
"""

import json
import uuid
from pathlib import Path


class MixedRuns(Exception):
    """Files of different runs are in one directory, or a directory is used again."""


class RunDirectory:
    """Made empty by the run, read back by the report."""

    def __init__(self, path, mark):
        self.path, self.mark = Path(path), mark

    @classmethod
    def create(cls, path):
        path = Path(path)
        path.mkdir(parents=True, exist_ok=True)
        if any(path.glob("*.json")):
            raise MixedRuns(f"{path} has results already; a run wants a directory of its own")
        return cls(path, uuid.uuid4().hex)

    @classmethod
    def open(cls, path):
        path = Path(path)
        return cls(path, json.loads((path / "run.json").read_text())["run"])

    def file(self, name):
        return self.path / (name + ".json")

    def write(self, name, document):
        text = json.dumps({"run": self.mark, **document}, indent=1)
        self.file(name).write_text(text + "\n", encoding="utf-8")

    def read(self, name):
        """None if that part did not run."""
        file = self.file(name)
        if not file.exists():
            return None
        document = json.loads(file.read_text(encoding="utf-8"))
        mark = document.get("run") or document.get("context", {}).get("run")
        if mark != self.mark:
            raise MixedRuns(f"{file.name} is of another run")
        return document

    def engine_documents(self):
        """What sluice_bench wrote, in the order in which it ran."""
        names = sorted(file.stem for file in self.path.glob("[0-9][0-9]-*.json"))
        return [self.read(name) for name in names]
