"""`sluice keys`: keys are made, listed and revoked in a data directory."""

import concurrent.futures
import os
import re
import stat
import subprocess
import time
import unittest
import urllib.error
import urllib.request

from command import PROGRAM, CommandTest, objects

FIELDS = {"number", "organization", "name", "prefix", "permissions", "created_at", "expires_at",
          "revoked_at"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


class KeysTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.data = self.directory / "data"

    def keys(self, action, *arguments, organization="acme", expect=0):
        return self.run_sluice("keys", action, "--data-dir", self.data, "--organization",
                               organization, *arguments, expect=expect)

    def create(self, *arguments, **options):
        (made,) = objects(self.keys("create", "--new", "--json", *arguments, **options).stdout)
        return made

    def listed(self, **options):
        return objects(self.keys("list", "--json", **options).stdout)


class Keys(KeysTest):
    def test_create_prints_the_key_alone_and_says_that_it_made_the_organization(self):
        done = self.keys("create", "--new", "--name", "ci")
        self.assertRegex(done.stdout, rb"^sk_[A-Za-z0-9]{32}\n$")
        self.assertIn(b"Created the organization acme.", done.stderr)
        again = self.keys("create")
        self.assertNotIn(b"organization", again.stderr)
        self.assertNotIn(done.stdout.strip(), done.stderr)

    def test_json_has_every_field(self):
        made = self.create("--name", "ci", "--permissions", "delete,ingest", "--expires", "30d")
        self.assertEqual(set(made), FIELDS | {"key", "organization_created"})
        self.assertEqual(made["organization"], "acme")
        self.assertEqual(made["name"], "ci")
        self.assertEqual(set(made["permissions"]), {"delete", "ingest"})
        self.assertEqual(made["prefix"], made["key"][:8])
        self.assertRegex(made["created_at"], TIME)
        self.assertRegex(made["expires_at"], TIME)
        self.assertIsNone(made["revoked_at"])
        self.assertTrue(made["organization_created"])
        self.assertFalse(self.create()["organization_created"])

    def test_list_is_newest_first_without_texts(self):
        made = [self.create("--name", name) for name in ("first", "second")]
        self.create(organization="other")
        listed = self.listed()
        self.assertEqual([one["name"] for one in listed], ["second", "first"])
        self.assertEqual([set(one) for one in listed], [FIELDS, FIELDS])
        text = self.keys("list").stdout.decode()
        self.assertEqual(len(text.splitlines()), 2)
        self.assertIn("valid", text)
        for one in made:
            self.assertIn(one["prefix"], text)
            self.assertNotIn(one["key"], text)

    def test_revoke_takes_number_prefix_and_text(self):
        for which in ("number", "prefix", "key"):
            made = self.create("--name", which)
            (ended,) = objects(self.keys("revoke", "--json", made[which]).stdout)
            self.assertEqual(ended["number"], made["number"])
            self.assertRegex(ended["revoked_at"], TIME)
            self.assertEqual(objects(self.keys("revoke", "--json", made[which]).stdout), [ended])
        self.assertNotIn(None, [one["revoked_at"] for one in self.listed()])
        self.assertIn(b"revoked", self.keys("list").stdout)

    def test_revoke_of_anything_else_is_refused(self):
        self.create()
        other = self.create(organization="other")
        for key in ("99", "sk_xxxxx", "", "0", "99999999999999999999", other["key"],
                    other["number"], other["prefix"]):
            done = self.keys("revoke", key, expect=2)
            self.assertIn(b"acme has no such key", done.stderr)
        self.assertEqual([one["revoked_at"] for one in self.listed(organization="other")], [None])

    def test_files_are_for_their_owner_only(self):
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.create()
        self.assertEqual(stat.S_IMODE(self.data.stat().st_mode), 0o700)
        for path in self.data.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_the_text_is_in_no_file(self):
        key = self.create()["key"].encode()
        for path in self.data.iterdir():
            self.assertNotIn(key[8:], path.read_bytes())

    def test_several_processes_at_once(self):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            made = list(pool.map(lambda n: self.create("--name", f"k{n}"), range(18)))
        self.assertEqual(sum(one["organization_created"] for one in made), 1)
        self.assertEqual({one["key"][:8] for one in made},
                         {one["prefix"] for one in self.listed()})

    def test_bad_arguments_are_named_and_nothing_is_made(self):
        for arguments, message in (
                (["--permissions", "root"], b"ingest, read, write, delete, admin"),
                (["--permissions", ""], b"--permissions"),
                (["--expires", "soon"], b"30d"),
                (["--expires", "0d"], b"30d"),
                (["--expires", "99999999999999d"], b"30d"),
                (["--name", ""], b"--name"),
                (["--name", "x" * 201], b"--name"),
                (["--name", "a\nb"], b"--name")):
            done = self.keys("create", "--new", *arguments, expect=2)
            self.assertIn(message, done.stderr)
        self.assertIn(b"--organization", self.keys("create", organization="", expect=2).stderr)
        self.assertFalse(self.data.exists())

    def test_without_new_no_directory_is_made(self):
        for action in (["create"], ["list"], ["revoke", "1"]):
            done = self.keys(*action, expect=2)
            self.assertIn(b"--data-dir", done.stderr)
            self.assertEqual(done.stdout, b"")
        self.assertFalse(self.data.exists())
        self.create()
        done = self.keys("list", organization="nobody", expect=2)
        self.assertIn(b"there is no organization nobody", done.stderr)

    def test_the_data_directory_may_come_from_the_environment(self):
        environment = {**os.environ, "SLUICE_DATA_DIR": str(self.data)}
        subprocess.run([PROGRAM, "keys", "create", "--new", "--organization", "acme"], check=True,
                       env=environment, capture_output=True, timeout=60)
        self.assertEqual(len(self.listed()), 1)

    def test_a_damaged_store_is_named(self):
        self.create()
        config = self.data / "config.db"
        config.write_bytes(b"x" * 8192)
        done = self.keys("list", expect=1)
        self.assertIn(str(config).encode(), done.stderr)
        self.assertIn(b"backup", done.stderr)

    def test_a_master_key_that_others_can_read_is_refused(self):
        self.create()
        master_key = self.data / "master.key"
        master_key.chmod(0o644)
        done = self.keys("list", expect=1)
        self.assertIn(b"chmod 600 " + str(master_key).encode(), done.stderr)
        master_key.chmod(0o600)
        master_key.write_bytes(b"k" * 32)
        self.assertIn(b"another master key", self.keys("list", expect=1).stderr)


class RunningServer(KeysTest):
    """What is done while a server has the store open counts for the server."""

    def setUp(self):
        super().setUp()
        server = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data-dir", str(self.data)],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(server.stderr.close)
        self.addCleanup(server.wait, 60)
        self.addCleanup(server.terminate)
        for line in server.stderr:
            if line.startswith(b"listening on "):
                self.address = line.split()[-1].decode()
                return
        self.fail("the server did not start")

    def status(self, key):
        request = urllib.request.Request(self.address + "/v1/organizations/webhooks/",
                                         headers={"Authorization": "Bearer " + key})
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def test_a_new_key_is_taken_at_once_and_a_revoked_one_soon_refused(self):
        self.assertEqual(self.status("sk_" + "x" * 32), 401)
        made = self.create("--permissions", "read")
        self.assertEqual(self.status(made["key"]), 200)
        self.keys("revoke", made["number"])
        patience = time.monotonic() + 60  # it takes a second, and what a busy machine adds
        while self.status(made["key"]) == 200 and time.monotonic() < patience:
            pass
        self.assertEqual(self.status(made["key"]), 401)


if __name__ == "__main__":
    unittest.main()
