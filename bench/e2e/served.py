"""The service as a measurement sees it: `sluice serve` with a data directory of its own, the load
that is put on it, and a receiver of its deliveries.
"""

import http.client
import json
import os
import shutil
import signal
import time
from pathlib import Path

import children
from children import Child, MeasurementFailed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Programs:
    """Where the built programs are."""

    def __init__(self, directory):
        self.directory = Path(directory)

    def __getattr__(self, name):
        return self.directory / name

    def has(self, name):
        return (self.directory / name).exists()


class Service:
    """A data directory, and the service on it while it runs."""

    def __init__(self, programs, directory):
        self.programs, self.directory = programs, Path(directory)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.key = children.run_json(
            [programs.sluice, "keys", "create", "--new", "--data-dir", self.directory, "--organization",
             "default", "--permissions", "admin", "--json"], 30)["key"]
        self.child = self.port = None
        self.accepted = 0  # events that it has acknowledged

    def fill(self, webhooks, patterns, *, organisations=1, url="http://127.0.0.1:9", configs=None):
        """Webhooks in bulk, before the service starts."""
        children.run([self.programs.sluice_webhook_filler, "--data-dir", self.directory,
                      "--webhooks", webhooks, "--patterns", patterns, "--organisations",
                      organisations, "--url", url, "--configs", json.dumps(configs or {}),
                      "--secret", SECRET], 600)

    def start(self, *arguments, seconds=60):
        """The seconds until it was ready."""
        begin = time.monotonic()
        log = self.directory.with_suffix(".log")
        self.child = Child([self.programs.sluice, "serve", "--listen", "127.0.0.1:0", "--data-dir",
                            self.directory, "--egress-allow", "127.0.0.0/8", *arguments], log)
        while "listening on" not in self.child.said():
            if self.child.process.poll() is not None or time.monotonic() - begin > seconds:
                raise MeasurementFailed(f"the service does not start: {self.child.said()[-500:]}")
            time.sleep(0.002)
        ready = time.monotonic() - begin
        self.port = int(self.child.said().partition("listening on ")[2].split()[0].rpartition(":")[2])
        return ready

    def environment(self):
        return {"SLUICE_API_KEY": self.key, "SLUICE_SERVER": f"http://127.0.0.1:{self.port}"}

    def load_command(self, seconds, rate, batch, connections, *more):
        return [self.programs.sluice, "load", "--json", "--seconds", seconds, "--rate", rate,
                "--batch", batch, "--connections", connections, *more]

    def load(self, seconds, rate, batch, connections, *more):
        """What `sluice load` says, and the processor seconds that the service spent meanwhile."""
        before = self.child.cpu_seconds()
        result = children.run_json(
            self.load_command(seconds, rate, batch, connections, *more), seconds + 45,
            self.environment())
        result["cpu_seconds"] = self.child.cpu_seconds() - before
        self.accepted += result["accepted_events"]
        bad = result["refused_requests"] + result["failed_requests"] + result["throttled_requests"]
        if bad or not result["accepted_events"]:
            raise MeasurementFailed(f"not all was accepted: {result}")
        return result

    def start_load(self, log, seconds, rate, batch, connections, *more):
        return Child(self.load_command(seconds, rate, batch, connections, *more), log,
                     self.environment())

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def call(self, connection, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise MeasurementFailed(f"{method} {path}: {answer.status} {text[:300]}")
        return json.loads(text) if text else None

    def create_webhook(self, url, *patterns, **configs):
        connection = self.connect()
        try:
            return self.call(connection, "POST", "/v1/organizations/webhooks/", {
                "webhook_name": patterns[0], "event_types": patterns,
                "channels": [{"channel": "webhook",
                              "configs": {"url": url, "secret": SECRET, **configs}}]})
        finally:
            connection.close()

    def journal_events(self):
        """How many events were ever put into the journal; the service must not run."""
        told = children.run_json([self.programs.sluice, "journal", "inspect", "--json",
                                  self.directory / "journal"], 60)
        return max((segment.get("last", 0) for segment in told["segments"]), default=0)

    def journal_files(self):
        """The segments' inodes: a file that is written again keeps its own."""
        return {entry.inode() for entry in os.scandir(self.directory / "journal")
                if entry.name.endswith(".log")}

    def stop(self, how=signal.SIGTERM):
        if self.child is not None:
            self.child.stop(how)
        self.child = None

    def remove(self):
        self.stop(signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)


class Sink:
    """sluice_counting_sink."""

    def __init__(self, programs, log, *arguments):
        self.child = Child([programs.sluice_counting_sink, "--secret", SECRET, *arguments], log)
        self.url = self.child.read_line(10)

    def counts(self):
        self.child.tell("counts")
        return json.loads(self.child.read_line(10))

    def wait_for(self, name, count, seconds):
        """The counts once `name` is `count` or more, or time is over."""
        end = time.monotonic() + seconds
        counts = self.counts()
        while counts[name] < count and time.monotonic() < end:
            time.sleep(0.02)
            counts = self.counts()
        return counts

    def stop(self):
        self.child.stop(signal.SIGKILL)
