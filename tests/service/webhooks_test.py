"""The webhooks API, as a client of it sees it."""

import re
import unittest

from service import WEBHOOKS, ServiceTest, webhook


class Webhooks(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service = self.start_first()

    def create(self, *arguments, **fields):
        answer = self.service.call("POST", WEBHOOKS, webhook(*arguments, **fields))
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def test_a_created_webhook_is_shown_as_it_was_created(self):
        made = self.create(description="d")
        self.assertRegex(made["webhook_id"], r"^wh_[A-Za-z0-9]{10}$")
        self.assertRegex(made["created_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$")
        self.assertEqual(made["is_active"], True)
        for field in ("last_error", "last_success_at", "disabled_reason"):
            self.assertIsNone(made[field])
        self.assertEqual(made["consecutive_failures"], 0)
        secret = made["channels"][0]["configs"]["secret"]
        self.assertRegex(secret, r"^whsec_")
        shown = self.service.call("GET", WEBHOOKS + made["webhook_id"]).json
        self.assertNotEqual(shown["channels"][0]["configs"]["secret"], secret)
        made["channels"][0]["configs"]["secret"] = shown["channels"][0]["configs"]["secret"]
        self.assertEqual(shown, made)

    def test_internal_id_is_in_no_answer(self):
        made = self.create(internal_id="int_abcdefghijklmnopqrstuvwx")
        self.assertNotIn("internal_id", made)
        self.assertNotIn("internal_id", self.service.call("GET", WEBHOOKS + made["webhook_id"]).json)

    def test_every_route_answers_with_and_without_the_slash(self):
        made = self.create()
        for path in (WEBHOOKS, WEBHOOKS.rstrip("/"), WEBHOOKS + made["webhook_id"],
                     WEBHOOKS + made["webhook_id"] + "/"):
            self.assertEqual(self.service.call("GET", path).status, 200, path)
        for path in (WEBHOOKS + "list", WEBHOOKS + "list/"):
            self.assertEqual(self.service.call("POST", path).status, 200, path)

    def test_put_replaces_everything_and_keeps_masked_secrets(self):
        made = self.create(description="d")
        shown = self.service.call("GET", WEBHOOKS + made["webhook_id"]).json
        shown.pop("description")
        shown["event_types"] = ["cluster.**"]
        put = self.service.call("PUT", WEBHOOKS + made["webhook_id"], shown)
        self.assertEqual(put.status, 200, put.body)
        self.assertIsNone(put.json["description"])
        self.assertEqual(put.json["event_types"], ["cluster.**"])
        self.assertEqual(put.json["created_at"], made["created_at"])
        self.assertGreater(put.json["updated_at"], made["updated_at"])
        self.assertEqual(put.json["channels"], shown["channels"])

    def test_patch_changes_what_it_names(self):
        made = self.create(description="d")
        path = WEBHOOKS + made["webhook_id"]
        answer = self.service.call("PATCH", path, {"is_active": False, "description": None})
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual(answer.json["is_active"], False)
        self.assertIsNone(answer.json["description"])
        self.assertEqual(answer.json["event_types"], made["event_types"])

    def test_an_update_that_changes_nothing_keeps_updated_at(self):
        made = self.create()
        shown = self.service.call("GET", WEBHOOKS + made["webhook_id"]).json
        put = self.service.call("PUT", WEBHOOKS + made["webhook_id"], shown)
        self.assertEqual(put.json["updated_at"], made["updated_at"])

    def test_a_lost_update_is_refused(self):
        made = self.create()
        path = WEBHOOKS + made["webhook_id"]
        first = self.service.call("GET", path)
        tag = first.headers["etag"]
        self.assertEqual(self.service.call("PATCH", path, {"description": "1"},
                                           headers={"If-Match": tag}).status, 200)
        lost = self.service.call("PATCH", path, {"description": "2"}, headers={"If-Match": tag})
        self.assert_error(lost, 412, "PreconditionFailedError")
        self.assertEqual(self.service.call("GET", path).json["description"], "1")

    def test_a_rotation_without_an_object_changes_no_secret(self):
        path = WEBHOOKS + self.create()["webhook_id"]
        before = self.service.call("GET", path)
        for body in ("[]", '"grace_seconds"', "5"):
            self.assert_error(self.service.call("POST", path + "/secret/rotate", body,
                                                headers={"Content-Type": "application/json"}),
                              400, "BadRequestError")
        self.assertEqual(self.service.call("GET", path).headers["etag"], before.headers["etag"])

    def test_deleting_twice_is_204_twice(self):
        made = self.create()
        path = WEBHOOKS + made["webhook_id"]
        self.assertEqual(self.service.call("DELETE", path).status, 204)
        self.assertEqual(self.service.call("DELETE", path).status, 204)
        self.assert_error(self.service.call("GET", path), 404, "NotFoundError")
        self.assert_error(self.service.call("DELETE", WEBHOOKS + "wh_0123456789"), 404,
                          "NotFoundError")

    def test_a_name_stands_for_the_webhook_that_alone_has_it(self):
        made = self.create("alone")
        self.assertEqual(self.service.call("GET", WEBHOOKS + "alone").json["webhook_id"],
                         made["webhook_id"])
        twins = [self.create("twin")["webhook_id"] for _ in range(2)]
        answer = self.service.call("GET", WEBHOOKS + "twin")
        self.assert_error(answer, 409, "AlreadyExistsError")
        self.assertEqual(sorted(answer.json["error"]["details"]["webhook_ids"]), sorted(twins))

    def test_the_list_has_filters_pages_and_a_total(self):
        made = [self.create(f"w{i}", event_types=[f"a.{i % 2}"], is_active=i % 3 != 0)["webhook_id"]
                for i in range(10)]
        answer = self.service.call("POST", WEBHOOKS + "list?limit=3").json
        self.assertEqual(answer["total"], 10)
        self.assertEqual(answer["pagination"]["total"], 10)
        self.assertEqual(answer["pagination"]["total_pages"], 4)
        self.assertEqual(answer["pagination"]["page"], 1)
        seen = [w["webhook_id"] for w in answer["results"]]
        for page in range(2, 5):
            cursor = answer["pagination"]["next_cursor"]
            answer = self.service.call("POST", f"{WEBHOOKS}list?limit=3&cursor={cursor}").json
            self.assertEqual(answer["pagination"]["page"], page)
            seen += [w["webhook_id"] for w in answer["results"]]
        self.assertIsNone(answer["pagination"]["next_cursor"])
        self.assertEqual(seen, made[::-1])
        filtered = self.service.call("POST", WEBHOOKS + "list",
                                     {"event_type": "a.1", "is_active": True}).json
        self.assertEqual(sorted(w["webhook_name"] for w in filtered["results"]),
                         ["w1", "w5", "w7"])
        offset = self.service.call("POST", WEBHOOKS + "list?limit=3&offset=3").json
        self.assertEqual([w["webhook_id"] for w in offset["results"]], made[::-1][3:6])
        self.assertEqual(offset["pagination"]["page"], 2)
        plain = self.service.call("GET", WEBHOOKS).json
        self.assertEqual([w["webhook_id"] for w in plain], made[::-1])
        self.assert_error(self.service.call("POST", WEBHOOKS + "list?limit=0"), 422,
                          "ValidationError")
        self.assert_error(self.service.call("POST", WEBHOOKS + "list?cursor=nonsense"), 422,
                          "ValidationError")

    def test_every_problem_is_told_at_once(self):
        answer = self.service.call("POST", WEBHOOKS, {
            "event_types": ["obj*", "a..b"],
            "channels": [{"channel": "webhook", "configs": {"url": "ftp://x"}},
                         {"channel": "pigeon", "configs": {}}]})
        self.assert_error(answer, 422, "ValidationError")
        errors = answer.json["error"]["details"]["validation_errors"]
        places = {tuple(map(str, e["location"])) for e in errors}
        for place in (("body", "webhook_name"), ("body", "event_types", "0"),
                      ("body", "event_types", "1"),
                      ("body", "channels", "0", "configs", "url"),
                      ("body", "channels", "1", "channel")):
            self.assertIn(place, places)
        for error in errors:
            self.assertTrue(error["type"] and error["message"])

    def test_malformed_bodies_are_400(self):
        for body in ("{", "[1", '{"a":1}x', "\0", '{"a":"\xff"}'.encode("latin-1"), "[" * 100_000):
            answer = self.service.call("POST", WEBHOOKS, body,
                                       headers={"Content-Type": "application/json"})
            self.assert_error(answer, 400, "BadRequestError")
        self.assert_error(self.service.call("POST", WEBHOOKS), 400, "BadRequestError")
        self.assert_error(self.service.call("POST", WEBHOOKS, "a=b", headers={
            "Content-Type": "application/x-www-form-urlencoded"}), 415, "UnsupportedMediaTypeError")
        self.assert_error(self.service.call("POST", WEBHOOKS, "x" * 3_000_000, headers={
            "Content-Type": "application/json"}), 413, "PayloadTooLargeError")

    def test_unknown_methods_and_routes(self):
        answer = self.service.call("DELETE", WEBHOOKS)
        self.assert_error(answer, 405, "MethodNotAllowedError")
        self.assertEqual(sorted(re.split(r",\s*", answer.headers["allow"])),
                         ["GET", "HEAD", "OPTIONS", "POST"])
        options = self.service.call("OPTIONS", WEBHOOKS)
        self.assertEqual(options.status, 204)
        self.assertIn("allow", options.headers)
        self.assert_error(self.service.call("GET", "/v1/nothing"), 404, "NotFoundError")
        self.assertEqual(self.service.call("HEAD", WEBHOOKS).body, b"")

    def test_addresses_inside_are_refused(self):
        for url in ("https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/",
                    "https://169.254.169.254/latest", "http://example.com/"):
            answer = self.service.call("POST", WEBHOOKS, webhook(url=url))
            self.assert_error(answer, 422, "ValidationError")

    def test_webhooks_survive_a_restart(self):
        made = self.create()
        key = self.service.key
        self.assertEqual(self.service.stop(), 0)
        self.service = self.start()
        self.service.key = key
        self.assertEqual(self.service.call("GET", WEBHOOKS + made["webhook_id"]).json["event_types"],
                         made["event_types"])


if __name__ == "__main__":
    unittest.main()
