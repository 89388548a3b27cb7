"""Who may do what: keys, permissions, tenancy."""

import json
import unittest

from service import WEBHOOKS, ServiceTest, wait_for, webhook

KEYS = "/v1/organizations/api-keys"


class Keys(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service = self.start_first()

    def test_without_a_good_key_it_is_401(self):
        for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer "},
                        {"Authorization": "Bearer sk_short"},
                        {"Authorization": "Bearer sk_" + "a" * 32}):
            self.service.key = None
            answer = self.service.call("GET", WEBHOOKS, headers=headers)
            self.assert_error(answer, 401, "UnauthorizedError")
            self.assertIn("www-authenticate", answer.headers)

    def test_permissions_form_a_ladder_and_ingest_stands_beside(self):
        keys = {p: self.make_key(permissions=p)
                for p in ("ingest", "read", "write", "delete", "admin")}
        made = self.service.call("POST", WEBHOOKS, webhook()).json["webhook_id"]
        calls = {"read": ("GET", WEBHOOKS + made), "write": ("PATCH", WEBHOOKS + made),
                 "admin": ("GET", KEYS), "ingest": ("POST", "/v1/events")}
        allowed = {"ingest": {"ingest"}, "read": {"read"}, "write": {"read", "write", "ingest"},
                   "delete": {"read", "write", "ingest"},
                   "admin": {"read", "write", "admin", "ingest"}}
        for permission, key in keys.items():
            for needed, (method, path) in calls.items():
                body = {"event_type": "a"} if needed == "ingest" else {} if method == "PATCH" else None
                status = self.service.call(method, path, body, key=key).status
                self.assertEqual(status == 403, needed not in allowed[permission],
                                 f"{permission} key, {needed} call: {status}")
        self.assertEqual(self.service.call("DELETE", WEBHOOKS + made, key=keys["write"]).status, 403)
        self.assertEqual(self.service.call("DELETE", WEBHOOKS + made, key=keys["delete"]).status, 204)

    def test_the_command_makes_and_ends_keys_while_the_service_runs(self):
        key = self.make_key()
        self.assertEqual(self.service.call("GET", WEBHOOKS, key=key).status, 200)
        listed = self.sluice("keys", "list", "--data-dir", self.data_dir, "--organization",
                             "default", "--json")
        prefix = key[:8]
        self.assertIn(prefix, [json.loads(line)["prefix"] for line in listed.splitlines()])
        self.assertNotIn(key, listed)
        self.sluice("keys", "revoke", "--data-dir", self.data_dir, "--organization", "default",
                    prefix)
        self.assertTrue(wait_for(
            lambda: self.service.call("GET", WEBHOOKS, key=key).status == 401))

    def test_the_command_line_overrules_the_environment_in_every_subcommand(self):
        elsewhere = {"SLUICE_DATA_DIR": str(self.directory / "elsewhere")}
        for command in (["create", "--name", "mine"], ["list"], ["revoke", "2"]):
            with self.subTest(command=command[0]):
                self.sluice("keys", *command, "--organization", "default", "--data-dir",
                            self.data_dir, environment=elsewhere)
        here = {"SLUICE_DATA_DIR": str(self.data_dir)}
        self.assertIn('"mine"', self.sluice("keys", "list", "--organization", "default",
                                            environment=here))

    def test_keys_over_the_api(self):
        made = self.service.call("POST", KEYS, {"name": "n", "permissions": ["read"],
                                                "expires_at": "2100-01-01T00:00:00Z"})
        self.assertEqual(made.status, 201, made.body)
        key = made.json["key"]
        self.assertEqual(self.service.call("GET", WEBHOOKS, key=key).status, 200)
        self.assertNotIn(key, json.dumps(self.service.call("GET", KEYS).json))
        self.assertEqual(self.service.call("DELETE", f"{KEYS}/{made.json['key_id']}").status, 204)
        self.assertEqual(self.service.call("GET", WEBHOOKS, key=key).status, 401)
        refused = self.service.call("POST", KEYS, {"permissions": ["all"], "expires_at": "x"})
        self.assert_error(refused, 422, "ValidationError")
        self.assertEqual(len(refused.json["error"]["details"]["validation_errors"]), 2)

    def test_no_route_shows_another_organizations_webhooks(self):
        other = self.make_key(organization="other")
        made = self.service.call("POST", WEBHOOKS, webhook("mine")).json["webhook_id"]
        key_id = self.service.call("GET", KEYS).json["results"][0]["key_id"]
        event = {"event_id": "secret-event", "event_type": "object.created"}
        self.assertEqual(self.service.post_events([event]).status, 202)
        for identifier in (made, "mine"):
            path = WEBHOOKS + identifier
            for method, suffix, body in (("GET", "", None), ("PUT", "", webhook()),
                                         ("PATCH", "", {"description": "x"}), ("DELETE", "", None)):
                answer = self.service.call(method, path + suffix, body, key=other)
                self.assert_error(answer, 404, "NotFoundError")
        self.assert_error(self.service.call("GET", "/v1/events/secret-event", key=other), 404,
                          "NotFoundError")
        self.assert_error(self.service.call("DELETE", f"{KEYS}/{key_id}", key=other), 404,
                          "NotFoundError")
        self.assertEqual(self.service.call("GET", WEBHOOKS, key=other).json, [])
        self.assertEqual(self.service.call("POST", WEBHOOKS + "list", key=other).json["total"], 0)
        posted = self.service.post_events([{"event_type": "object.created"}], key=other).json
        self.assertEqual((posted["accepted"], posted["matched"]), (1, 0))
        self.assertEqual(self.service.call("GET", WEBHOOKS + made).status, 200)


if __name__ == "__main__":
    unittest.main()
