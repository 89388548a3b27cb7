"""/metrics as Prometheus reads it, and the alerts and the dashboard that stand on it; promtool judges."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


def promtool():
    """On the path, or unpacked from Debian's package: to install that would start a server."""
    found = shutil.which("promtool")
    if found:
        return found
    directory = pathlib.Path(os.environ["SLUICE_TEST_TOOLS"])
    tool = directory / "usr/bin/promtool"
    if not tool.exists():
        directory.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", "prometheus"], cwd=directory, check=True,
                       stderr=subprocess.DEVNULL)
        (package,) = directory.glob("prometheus_*.deb")
        subprocess.run(["dpkg-deb", "-x", package, directory], check=True)
    return str(tool)


def check(*arguments, text=None):
    done = subprocess.run([promtool(), "check", *map(str, arguments)], input=text, text=True,
                          capture_output=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Metrics(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        self.service = self.start_first()

    def scrape(self):
        """With what delivery says, which is left out while its loop does not answer in time."""
        def has_delivery():
            answer = self.service.call("GET", "/metrics", headers={"Authorization": ""})
            self.assertEqual(answer.status, 200)
            self.text = answer.body.decode()
            return "sluice_delivery_" in self.text

        self.assertTrue(wait_for(has_delivery))
        return self.text

    def samples(self):
        found = {}
        for line in self.scrape().splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                found[name, labels] = float(value)
        return found

    def test_prometheus_has_nothing_against_it(self):
        status, output = check("metrics", text=self.scrape())
        self.assertEqual((status, output), (0, ""))

    def test_every_metric_is_in_the_documents(self):
        families = set(re.findall(r"^# HELP (\w+)", self.scrape(), re.MULTILINE))
        documented = set(re.findall(r"`((?:sluice|process)_\w+)`",
                                    (ROOT / "docs/operations.md").read_text()))
        self.assertEqual(families ^ documented, set())

    def test_what_happens_is_counted(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.service.call("POST", WEBHOOKS, webhook("m", ["a.*"], receiver.url))
        event = {"event_type": "a.b", "event_id": "m-1"}
        self.service.post_events([event, {"event_type": "b.c"}, event, {"event_type": "no name"}])
        self.assertTrue(wait_for(lambda: self.samples()["sluice_delivery_events_delivered_total", None]))
        samples = self.samples()
        for result, count in (("accepted", 2), ("duplicate", 1), ("rejected", 1)):
            self.assertEqual(samples["sluice_events_total", f'result="{result}"'], count)
        self.assertEqual(samples["sluice_events_matched_total", None], 1)
        self.assertEqual(samples["sluice_matcher_webhooks", None], 1)
        self.assertGreaterEqual(samples["sluice_journal_newest_sequence", None], 2)
        self.assertEqual(samples["sluice_http_request_duration_seconds_count",
                                 'method="POST",route="/v1/events"'], 1)
        self.assertEqual(samples["sluice_delivery_attempt_duration_seconds_count",
                                 'kind="webhook"'], 1)

    def test_nothing_that_a_user_chose_is_a_label(self):
        self.service.call("POST", WEBHOOKS, webhook("chosen-name", ["chosen.type"], "https://192.0.2.1/"))
        self.service.post_events([{"event_type": "chosen.type"}])
        self.service.call("GET", "/chosen/path")
        self.assertNotIn("chosen", self.scrape())
        self.assertNotIn("wh_", self.scrape())

    def assert_known(self, expressions):
        names = {name for name, _ in self.samples()} | {"up"}
        for expression in expressions:
            used = set(re.findall(r"\b(?:sluice|process)_\w+|\bup\b", expression))
            self.assertTrue(used, expression)
            self.assertEqual(used - names, set(), expression)

    def test_alerts_stand_on_metrics_that_exist(self):
        status, output = check("rules", ROOT / "data/prometheus/alerts.yml")
        self.assertEqual(status, 0, output)
        text = (ROOT / "data/prometheus/alerts.yml").read_text()
        self.assertIn("5 rules found", output)
        advice = (ROOT / "docs/operations.md").read_text()
        for name in re.findall(r"- alert: (\w+)", text):
            self.assertIn(f"- **{name}**: ", advice)
        self.assert_known(re.findall(r"expr: ((?:>-\n(?:          .*\n)+)|.*)", text))

    def test_the_dashboard_asks_for_metrics_that_exist(self):
        dashboard = json.loads((ROOT / "data/grafana/sluice.json").read_text())
        expressions = [target["expr"].replace("$__rate_interval", "5m")
                       for panel in dashboard["panels"] for target in panel["targets"]]
        self.assertGreater(len(expressions), 15)
        self.assert_known(expressions)
        rules = self.directory / "rules.yml"
        rules.write_text(json.dumps({"groups": [{"name": "panels", "rules": [
            {"record": f"panel:{i}", "expr": text} for i, text in enumerate(expressions)]}]}))
        status, output = check("rules", rules)
        self.assertEqual(status, 0, output)


if __name__ == "__main__":
    unittest.main()
