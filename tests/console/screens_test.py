"""The console's screens in headless Chromium: screens.mjs walks through all of them, on a service
with receivers that take, fail and refuse."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "service"))

from receivers import Receiver  # noqa: E402
from service import ServiceTest  # noqa: E402

BUILD = pathlib.Path(os.environ["SLUICE_CONSOLE_DIR"])
MARKUP = b'{"note": "<img src=x onerror=alert(1)><script>alert(2)</script>"}'


def install():
    """The packages of package.json into the build directory, unless they are there."""
    for program in ("chromium", "node", "npm"):
        if shutil.which(program) is None:
            raise AssertionError(f"there is no {program}: tools/install test installs it")
    BUILD.mkdir(parents=True, exist_ok=True)
    wanted = (HERE / "package.json").read_text()

    def is_there(name, version):
        package = BUILD / "node_modules" / name / "package.json"
        return package.exists() and json.loads(package.read_text())["version"] == version

    if not all(is_there(*each) for each in json.loads(wanted)["dependencies"].items()):
        (BUILD / "package.json").write_text(wanted)
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock",
                        "--ignore-scripts"], cwd=BUILD, check=True, timeout=300)


class ConsoleScreens(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def receiver(self, answer):
        receiver = Receiver(answer)
        self.addCleanup(receiver.close)
        return receiver

    def post_until(self, service, stop):
        while not stop.wait(0.1):
            now = int(time.time())
            service.post_events([{"event_type": f"collection.{action}", "metadata": {"count": now}}
                                 for action in ("created", "updated") for _ in range(1 + now % 7)])

    def test_every_screen_does_what_it_says(self):
        service = self.start_first()
        taking = self.receiver(lambda number: (200, {}, MARKUP))
        refusing = self.receiver(lambda number: (410, {}, MARKUP))
        failing = self.receiver(lambda number: (503, {}, b"down for maintenance"))
        stop = threading.Event()
        flood = threading.Thread(target=self.post_until, args=(service, stop))
        flood.start()
        try:
            self.walk(service, taking, refusing, failing)
        finally:  # while the service is still there
            stop.set()
            flood.join()

    def walk(self, service, taking, refusing, failing):
        for script in ("screens.mjs", "walk.mjs"):
            shutil.copy(HERE / script, BUILD)  # beside node_modules
        pictures = BUILD / "screens"
        pictures.mkdir(exist_ok=True)
        with open(BUILD / "screens.log", "w", encoding="utf-8") as log:
            done = subprocess.run(
                ["node", "screens.mjs"], cwd=BUILD, stdout=log, stderr=subprocess.STDOUT,
                timeout=1700, check=False,
                env={**os.environ, "CHROMIUM": shutil.which("chromium"),
                     "CONSOLE": f"http://127.0.0.1:{service.port}", "KEY": service.key,
                     "READ_KEY": self.make_key(permissions="read"),
                     "INGEST_KEY": self.make_key(permissions="ingest"),
                     "TAKING": taking.url, "REFUSING": refusing.url, "FAILING": failing.url,
                     "PICTURES": str(pictures)})
        text = (BUILD / "screens.log").read_text(encoding="utf-8")
        self.assertEqual(done.returncode, 0, text)
        self.assertIn("every screen was visited", text)


if __name__ == "__main__":
    if os.environ.get("SLUICE_WITHOUT_NPM") == "1":
        print("skipped: SLUICE_WITHOUT_NPM=1")
        sys.exit(77)
    install()
    unittest.main()
