"""Runs modules_test.mjs under node, beside a copy of the console's modules."""

import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
WEB = HERE.parents[1] / "server/console/web"


def main():
    if shutil.which("node") is None:
        sys.exit("there is no node: tools/install test installs it")
    place = pathlib.Path(os.environ["SLUICE_CONSOLE_DIR"]) / "modules"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(WEB, place / "web")
    shutil.copy(HERE / "modules_test.mjs", place)
    (place / "package.json").write_text('{"type": "module"}\n')
    return subprocess.run(["node", "--test", "modules_test.mjs"], cwd=place, timeout=120,
                          check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
