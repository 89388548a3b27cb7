"""`sluice backup` while events come and deliveries go, and `sluice restore`: every event that was
acknowledged before the backup began is in it and arrives wherever it is owed; a file that is not what
was written is refused; nothing is overwritten and nothing half done is left behind."""

import hashlib
import io
import json
import os
import subprocess
import tarfile
import threading
import unittest

from receivers import Listener, Receiver, Refuser
from service import PROGRAM, WEBHOOKS, Service, ServiceTest, wait_for, webhook

# What of a data directory is no part of a backup: locks, what SQLite has folded into its copy, and what
# the journal keeps ready.
LEFT_OUT = ("server.lock", "journal/lock", "journal/hold.lock", "-wal", "-shm")


class Producer(threading.Thread):
    """Posts numbered events until it is told to end."""

    def __init__(self, service, name):
        super().__init__(daemon=True)
        self.service, self.name = service, name
        self.acknowledged = []
        self.is_ending = False

    def run(self):
        number = 0
        while not self.is_ending:
            ids = [f"{self.name}-{n}" for n in range(number, number + 20)]
            number += len(ids)
            answer = self.service.post_events(
                [{"event_id": each, "event_type": "order.created"} for each in ids], timeout=60)
            if answer.status == 202 and answer.json["accepted"] == len(ids):
                self.acknowledged += ids


class Gate(Receiver):
    """Lets nobody through until it is opened."""

    def __init__(self):
        super().__init__(self.answer_turn)
        self.opened = threading.Event()
        self.accepted = []

    def answer_turn(self, number):
        is_open = self.opened.wait(600)
        self.accepted.append(json.loads(self.requests[number].body)["event_id"])
        return (204 if is_open else 500), {}, b""


def content(directory):
    """Name to digest of every file below `directory`."""
    return {path.relative_to(directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in directory.rglob("*") if path.is_file()}


class BackupTest(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8", "--journal-segment-bytes", "4MiB")

    def setUp(self):
        super().setUp()
        self.file = self.directory / "sluice.tar.zst"
        self.restored = self.directory / "restored"

    def start_on(self, data_dir, key):
        service = Service(data_dir, *self.arguments)
        self._services.append(service)
        service.key = key
        return service

    def backup(self, **options):
        return self.sluice_done("backup", self.data_dir, "--to", self.file, "--json", **options)

    def restore(self, file=None, to=None, **options):
        return self.sluice_done("restore", file or self.file, "--to", to or self.restored, "--json",
                                **options)

    def event_ids(self, data_dir):
        """Of the journal, without duplicates."""
        lines = self.sluice("journal", "inspect", data_dir, "--records").splitlines()
        records = [json.loads(line) for line in lines]
        return [record["event_id"] for record in records if not record["is_duplicate"]]

    def names(self):
        return sorted(path.name for path in self.directory.iterdir())


class UnderLoad(BackupTest):
    def subscribe(self, service, name, receiver, **configs):
        self.addCleanup(receiver.close)
        body = webhook(name, ["order.*"], receiver.url + "/")
        body["channels"][0]["configs"].update(configs)
        answer = service.call("POST", WEBHOOKS, body)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def flood(self, service):
        """Unwanted events, so many that segments fill up meanwhile."""
        process = subprocess.Popen(
            [PROGRAM, "load", "--server", f"http://127.0.0.1:{service.port}", "--rate", "4000",
             "--batch", "100", "--event-type", "flood.x", "--event-bytes", "1500", "--seconds",
             "600"], env={**os.environ, "SLUICE_API_KEY": service.key},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_what_was_acknowledged_before_is_in_it_and_arrives(self):
        service = self.start_first()
        fast = Listener(PROGRAM, self.directory / "fast.txt")
        gate, second = Gate(), Refuser(50)
        self.subscribe(service, "fast", fast)
        held = self.subscribe(service, "held", gate)
        self.subscribe(service, "second", second)
        flood = self.flood(service)
        producers = [Producer(service, f"p{n}") for n in range(2)]
        for producer in producers:
            producer.start()
        self.assertTrue(wait_for(lambda: len(second.refused) > 3 and all(
            len(producer.acknowledged) > 400 for producer in producers), 300))

        before = {each for producer in producers for each in list(producer.acknowledged)}
        report = json.loads(self.backup().stdout)
        self.assertGreaterEqual(report["last_event"], len(before))
        for producer in producers:
            producer.is_ending = True
            producer.join()
        flood.kill()
        service.kill()
        self.restore()

        stored = self.event_ids(self.restored)
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(before - set(stored), set())
        gate.accepted.clear()
        gate.opened.set()
        again = self.start_on(self.restored, service.key)
        self.assertTrue(wait_for(lambda: before <= set(gate.accepted), 300),
                        f"{len(before - set(gate.accepted))} are still owed")
        self.assertTrue(wait_for(lambda: before <= set(second.accepted), 300),
                        f"{len(before - set(second.accepted))} did not come a second time")
        self.assertTrue(wait_for(lambda: before <= set(fast.event_ids()), 300))
        secret = held["channels"][0]["configs"]["secret"]
        self.assertTrue(gate.requests[-1].is_signed_with(secret))
        repeated = again.post_events([{"event_id": min(before), "event_type": "order.created"}])
        self.assertEqual(repeated.json["duplicates"], 1)

    def test_several_at_once_do_not_mind_each_other(self):
        service = self.start_first()
        self.flood(service)
        self.assertTrue(wait_for(lambda: len(list((self.data_dir / "journal").glob("*.ids"))) > 1, 300))
        processes = [subprocess.Popen([PROGRAM, "backup", self.data_dir, "--to",
                                       self.directory / f"{n}.zst"], stdout=subprocess.DEVNULL)
                     for n in range(3)]
        self.assertEqual([process.wait() for process in processes], [0, 0, 0])
        for n in range(3):
            self.restore(self.directory / f"{n}.zst", self.directory / f"restored-{n}")
            self.assertTrue(self.event_ids(self.directory / f"restored-{n}"))


class AtRest(BackupTest):
    def setUp(self):
        super().setUp()
        service = self.start_first()
        service.call("POST", WEBHOOKS, webhook(event_types=["a.*"], url="http://127.0.0.1:9/"))
        events = [{"event_id": f"e-{n}", "event_type": "a.b",
                   "metadata": {"noise": os.urandom(600).hex()}} for n in range(1000)]
        self.assertEqual(service.post_events(events).json["accepted"], 1000)
        self.key = service.key
        self.assertEqual(service.stop(), 0)

    def test_every_file_of_the_data_directory_is_in_it(self):
        self.backup()
        self.restore()
        begun = {"journal/segment-0000000001.log"}  # the others are only prepared
        wanted = {name for name in content(self.data_dir)
                  if not name.endswith(LEFT_OUT) and ("/segment-" not in name or name in begun)}
        self.assertEqual(set(content(self.restored)), wanted)
        self.assertGreaterEqual(wanted, {"config.db", "deliveries.db", "progress.log", "master.key"})
        self.assertEqual(len(self.event_ids(self.restored)), 1000)

    def test_it_is_for_its_owner_only(self):
        self.backup()
        self.restore()
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        for path in (self.restored, *self.restored.rglob("*")):
            self.assertEqual(path.stat().st_mode & 0o777, 0o700 if path.is_dir() else 0o600, path)
        self.assertEqual((self.data_dir / "journal").stat().st_mode & 0o777, 0o700)

    def test_nothing_is_overwritten(self):
        self.file.write_text("mine")
        self.assertIn("not overwritten", self.backup(expect=2).stderr)
        self.assertEqual(self.file.read_text(), "mine")
        self.file.unlink()
        self.backup()
        self.restored.mkdir()
        (self.restored / "mine").touch()
        self.assertIn("not overwritten", self.restore(expect=2).stderr)
        self.assertEqual(self.names(), ["data", "restored", self.file.name])
        (self.restored / "mine").unlink()
        self.restore()  # an empty directory gives way
        self.assertIn("config.db", content(self.restored))

    def test_only_data_of_a_service_is_backed_up(self):
        nowhere = self.directory / "nowhere"
        done = self.sluice_done("backup", nowhere, "--to", self.file, expect=2)
        self.assertIn(f"no data of a service in {nowhere}", done.stderr)
        self.assertIn("no file", self.restore(nowhere, expect=2).stderr)
        self.assertEqual(self.names(), ["data"])

    def test_damage_of_the_journal_is_told_and_not_copied(self):
        segment = self.data_dir / "journal/segment-0000000001.log"
        whole = bytearray(segment.read_bytes())
        for at, problem in ((5000, "damaged: what lies at byte 4096, event 1,"),
                            (0, "has a damaged header, at byte 0")):
            segment.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            done = self.backup(expect=1)
            self.assertIn(str(segment), done.stderr)
            self.assertIn(problem, done.stderr)
            self.assertEqual(self.names(), ["data"])

    def test_a_changed_file_is_refused_or_harmless(self):
        self.backup()
        self.restore()
        good = content(self.restored)
        whole = self.file.read_bytes()
        changed, target = self.directory / "changed", self.directory / "target"
        refused = 0
        for at in range(0, len(whole), max(1, len(whole) // 60)):
            changed.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1:])
            done = subprocess.run([PROGRAM, "restore", changed, "--to", target], text=True,
                                  capture_output=True, check=False)
            if done.returncode == 0:
                self.assertEqual(content(target), good, at)
                subprocess.run(["rm", "-r", target], check=True)
                continue
            refused += 1
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(f"{changed} is ", done.stderr)
            self.assertEqual(self.names(), ["changed", "data", "restored", self.file.name])
        self.assertGreater(refused, 50)

    def test_a_file_that_was_cut_off_is_refused(self):
        self.backup()
        whole = self.file.read_bytes()
        cut = self.directory / "cut"
        for length in (0, 1, 100, len(whole) // 2, len(whole) - 1000, len(whole) - 1):
            cut.write_bytes(whole[:length])
            self.assertRegex(self.restore(cut, expect=1).stderr,
                             f"{cut} is (damaged or cut off|no backup)")
            self.assertEqual(self.names(), ["cut", "data", self.file.name])

    def test_a_file_that_is_something_else_is_refused(self):
        other = self.directory / "other"
        for name, kind in (("../evil", tarfile.REGTYPE), ("/tmp/evil", tarfile.REGTYPE),
                           ("journal/../../evil", tarfile.REGTYPE), ("master.key", tarfile.SYMTYPE),
                           ("config.db", tarfile.REGTYPE)):
            with tarfile.open(other, "w") as archive:
                entry = tarfile.TarInfo(name)
                entry.type, entry.size, entry.linkname = kind, 4 * (kind == tarfile.REGTYPE), "/etc"
                archive.addfile(entry, io.BytesIO(b"evil"))
            done = self.restore(other, expect=1)
            self.assertRegex(done.stderr, "is no backup of sluice|list of files is missing")
            self.assertEqual(self.names(), ["data", "other"])
        other.write_text("a text")
        self.assertIn("is no backup of sluice", self.restore(other, expect=1).stderr)

    def test_a_full_disk_is_told_and_left_as_it_was(self):
        disk = self.directory / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            reason = f"a tmpfs cannot be mounted: {mounted.stderr.strip()}"
            print(f"SKIPPED: {reason}", flush=True)
            self.skipTest(reason)
        self.addCleanup(lambda: subprocess.run(["umount", "--lazy", disk], check=True))
        done = self.sluice_done("backup", self.data_dir, "--to", disk / "full.zst", expect=1)
        self.assertRegex(done.stderr, "No space left|no space is left")
        self.assertEqual(list(disk.iterdir()), [])
        self.backup()
        done = self.restore(to=disk / "restored", expect=1)
        self.assertIn("No space left", done.stderr)
        self.assertEqual(list(disk.iterdir()), [])

    def test_the_restored_service_knows_its_keys_and_webhooks(self):
        self.backup()
        self.restore()
        service = self.start_on(self.restored, self.key)
        listed = service.call("GET", WEBHOOKS)
        self.assertEqual([each["webhook_name"] for each in listed.json], ["orders"])
        self.assertEqual(service.call("GET", "/v1/events/e-999").json["event_id"], "e-999")


if __name__ == "__main__":
    unittest.main()
