"""Every family on tiny sizes, so that none rots: smoke_test.py engine|service PROGRAMS. It holds on a
busy machine, since it asks for right answers and a whole report, never for speed.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(HERE))

from families import FAMILIES  # noqa: E402
from report import story  # noqa: E402
from run_directory import RunDirectory  # noqa: E402


def problems(told, wanted, html):
    for name, message in told.refused.items():
        yield f"{name}: {message}"
    for rows in told.rows.values():
        yield from (f"{row['name']}: {row['problem']}" for row in rows if row["problem"])
    for family in wanted:
        if f'<section id="{family.name}">' not in html or not told.plots[family.name]:
            yield f"the report has no plot of {family.name}"
        measured = {row["measurement"] for row in told.rows.get(family.name, [])}
        yield from (f"{name} gave no row" for name in family.service if name not in measured)
    if "run seconds" not in html:
        yield "the report does not say how long its run took"
    if "These numbers mean nothing" not in html:
        yield "the report does not say that it is a smoke test"


def main():
    part, programs = sys.argv[1:]
    wanted = [family for family in FAMILIES if bool(family.service) == (part == "service")]
    with tempfile.TemporaryDirectory(prefix="sluice-smoke-") as place:
        output = Path(place) / "results"
        subprocess.run([sys.executable, HERE / "run", "--smoke", "--rounds", "1", "--programs",
                        programs, "--output", output, "--families",
                        ",".join(family.name for family in wanted)], check=False)
        told = story.read(RunDirectory.open(output))
        found = list(problems(told, wanted, (output / "report.html").read_text(encoding="utf-8")))
    print("\n".join(found) or "every family works")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
