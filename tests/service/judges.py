"""The judges of others, npm packages that are installed into the build directory, and what they say."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).parent / "judges"
PLACE = pathlib.Path(os.environ.get("SLUICE_JUDGES_DIR", "build/judges"))
SKIPPED = 77  # what ctest shows as skipped


def skip_without_npm():
    """Ends the program as skipped where the operator says that there is no npm."""
    if os.environ.get("SLUICE_WITHOUT_NPM") == "1":
        print("skipped: SLUICE_WITHOUT_NPM=1 says that the judges cannot be installed")
        sys.exit(SKIPPED)


def install():
    """Brings the packages of judges/package.json into PLACE, unless they are there."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise AssertionError(f"there is no {program}: install Debian's nodejs and npm "
                                 "(tools/install test), or skip with SLUICE_WITHOUT_NPM=1")
    PLACE.mkdir(parents=True, exist_ok=True)
    wanted = (SOURCE / "package.json").read_text()
    installed = PLACE / "installed.json"
    is_there = installed.exists() and installed.read_text() == wanted
    for file in SOURCE.iterdir():
        shutil.copy(file, PLACE)
    if is_there:
        return
    shutil.rmtree(PLACE / "node_modules", ignore_errors=True)
    try:
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts",
             "--loglevel=error"], cwd=PLACE, timeout=240, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        failure = f"exit status {done.returncode}\n{done.stdout}" if done.returncode else None
    except subprocess.TimeoutExpired:
        failure = "no answer for 240 seconds"
    if failure:
        raise AssertionError(f"npm could not install the judges: {failure}\n"
                             "Without npm's registry, SLUICE_WITHOUT_NPM=1 skips this test.")
    installed.write_text(wanted)


def _run(script, *arguments, lines=()):
    done = subprocess.run(["node", script, *arguments], cwd=PLACE, check=False, text=True,
                          capture_output=True, timeout=120,
                          input="".join(json.dumps(line) + "\n" for line in lines))
    if done.returncode != 0:
        raise AssertionError(f"{script} ended with {done.returncode}:\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def judge(questions):
    """What deliveries.mjs says of each (judge, secret, headers, body)."""
    lines = [{"judge": judge, "secret": secret, "headers": headers,
              "body": base64.b64encode(body).decode()} for judge, secret, headers, body in questions]
    verdicts = _run("deliveries.mjs", lines=lines)
    assert len(verdicts) == len(lines), "a verdict is missing"
    return verdicts


def post_to_slack(url, token, *messages):
    """What Slack's own client makes of each message to the Slack at `url`."""
    return _run("slack.mjs", url, token, *map(json.dumps, messages))
