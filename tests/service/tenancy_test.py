"""Who gets in, on every route that the document knows, so that a new one cannot be forgotten: nothing
but a good key in its own header opens a route, and a stranger's key meets what a made-up identifier
meets, learns nothing, and changes nothing."""

import json
import re
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

KEYS = "/v1/organizations/api-keys"
METHODS = ("get", "post", "put", "patch", "delete")
# Routes that anybody may call. A further one is to be thought about, and then written here.
OPEN = {("get", "/healthz"), ("get", "/readyz"), ("get", "/metrics"), ("get", "/openapi.json")}
# What tells whose something is: no answer to a stranger has it.
MARK = "Zanzibar"


class Tenancy(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        self.service = self.start_first()
        self.document = self.service.call("GET", "/openapi.json").json
        self.operations = [(method, path) for path, item in self.document["paths"].items()
                           for method in METHODS if method in item]
        self.secured = [(method, path) for method, path in self.operations
                        if self.document["paths"][path][method].get("security") != []]
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.hook = webhook(f"{MARK}-hook", ["object.*"], f"{receiver.url}/{MARK}")
        self.own()

    def own(self):
        """What the first organisation has: a webhook, an event, a delivery of it, a key."""
        call = self.service.call
        made = call("POST", WEBHOOKS, self.hook)
        self.assertEqual(made.status, 201, made.body)
        self.id = made.json["webhook_id"]
        event = {"event_type": "object.created", "event_id": f"{MARK}-1"}
        self.assertEqual(self.service.post_events([event]).status, 202)
        log = f"{WEBHOOKS}{self.id}/deliveries"
        self.assertTrue(wait_for(lambda: call("GET", log).json["results"]))
        self.delivery = call("GET", log).json["results"][0]["delivery_id"]
        self.key_id = call("POST", KEYS, {"name": MARK, "permissions": ["read"]}).json["key_id"]
        self.values = {"identifier": self.id, "delivery_id": self.delivery, "key_id": self.key_id,
                       "event_id": f"{MARK}-1", "event_type": "object.created"}

    def test_each_organisation_sees_its_own_figures_whoever_looks_beside_it(self):
        call = self.service.call
        keys = [self.service.key, self.make_key("second"), self.make_key("third")]
        for _ in range(3):
            shown = [call("GET", "/v1/status", key=key) for key in keys]
            self.assertEqual([answer.status for answer in shown], [200] * 3)
            self.assertEqual([answer.json["organization"] for answer in shown],
                             ["default", "second", "third"])
            self.assertEqual([answer.json["attempts"]["delivered"] for answer in shown], [1, 0, 0])

    def body_of(self, method, path):
        """A body that the route takes."""
        if method in ("get", "delete"):
            return None
        ends = {"/recover": {"since": "2020-01-01T00:00:00Z", "only": "missed"},
                "/rotate": {"grace_seconds": 60}, "/events": {"event_type": "object.created"},
                "/api-keys": {"name": "k", "permissions": ["read"]}, "/list": {}, "/test": {},
                "/retry": {}}
        return next((body for end, body in ends.items() if path.rstrip("/").endswith(end)),
                    webhook("other", ["other.*"]))

    def filled(self, path, values):
        return re.sub(r"{(\w+)}", lambda name: str(values[name[1]]), path)

    def state(self):
        """What the first organisation sees of its own."""
        call = self.service.call
        hook = call("GET", WEBHOOKS + self.id).json
        log = call("GET", f"{WEBHOOKS}{self.id}/deliveries").json["results"]
        return json.dumps([hook, log, call("GET", KEYS).json["results"],
                           call("GET", f"/v1/events/{MARK}-1").json])

    def said(self, answer, value):
        """An answer without what is its own each time."""
        text = answer.body.decode().replace(str(value), "ID")
        return answer.status, text

    def test_a_stranger_meets_what_a_made_up_identifier_meets(self):
        stranger = self.make_key(organization="stranger")
        before, walked = self.state(), 0
        for method, path in self.secured:
            names = re.findall(r"{(\w+)}", path)
            own = [name for name in names if name != "event_type"]  # the catalogue is everybody's
            for webhook_name in (self.id, f"{MARK}-hook"):
                values = {**self.values, "identifier": webhook_name}
                answer = self.service.call(method.upper(), self.filled(path, values),
                                           self.body_of(method, path), key=stranger)
                where = f"{method} {path}: {answer.body}"
                learnt = answer.body.decode()
                for value in values.values():
                    learnt = learnt.replace(str(value), "")  # what the stranger has said itself
                self.assertNotIn(MARK, learnt, where)
                if not own:
                    self.assertLess(answer.status, 300, where)
                    continue
                self.assert_error(answer, 404, "NotFoundError")
                made_up = {**values, **{name: "9999" if name == "key_id" else "wh_Nobody0000"
                                        for name in own}}
                nobody = self.service.call(method.upper(), self.filled(path, made_up),
                                           self.body_of(method, path), key=stranger)
                self.assertEqual(self.said(answer, values[own[0]]), self.said(nobody, made_up[own[0]]),
                                 where)
                walked += 1
        self.assertGreater(walked, 20)
        self.assertEqual(self.state(), before)

    def test_an_identifier_of_ones_own_opens_nothing_of_others(self):
        """The webhook is the stranger's own, and what is asked of it is another's."""
        stranger = self.make_key(organization="stranger")
        mine = self.service.call("POST", WEBHOOKS, webhook("mine"), key=stranger).json["webhook_id"]
        for method, path in self.secured:
            if "{delivery_id}" not in path:
                continue
            actual = self.filled(path, {**self.values, "identifier": mine})
            self.assert_error(self.service.call(method.upper(), actual, key=stranger), 404,
                              "NotFoundError")

    def test_cursors_are_no_key_to_anothers_pages(self):
        for number in range(3):
            self.service.call("POST", WEBHOOKS, webhook(f"{MARK}-{number}"))
        stranger = self.make_key(organization="stranger")
        mine = self.service.call("POST", WEBHOOKS, webhook("mine"), key=stranger).json["webhook_id"]
        page = self.service.call("POST", WEBHOOKS + "list?limit=1").json["pagination"]
        cursor = next(value for name, value in page.items() if "cursor" in name and value)
        answer = self.service.call("POST", f"{WEBHOOKS}list?limit=10&cursor={cursor}", key=stranger)
        self.assertNotIn(MARK, answer.body.decode())
        for number in range(3):
            event = {"event_type": "object.created", "event_id": f"{MARK}-page-{number}"}
            self.service.post_events([event])
        log = f"{WEBHOOKS}{self.id}/deliveries"
        self.assertTrue(wait_for(
            lambda: len(self.service.call("GET", log).json["results"]) >= 4))
        cursor = self.service.call("GET", log + "?limit=1").json["next_cursor"]
        self.assertTrue(cursor)
        answer = self.service.call("GET", f"{WEBHOOKS}{mine}/deliveries?cursor={cursor}",
                                   key=stranger)
        self.assertNotIn(MARK, answer.body.decode())

    def test_only_these_routes_are_open(self):
        self.assertEqual(set(self.operations) - set(self.secured), OPEN)

    def test_nothing_but_a_good_key_in_its_header_opens_a_route(self):
        good = self.service.key
        forms = [{}, {"Authorization": ""}, {"Authorization": good}, {"Authorization": "Bearer"},
                 {"Authorization": f"Basic {good}"}, {"Authorization": f"Token {good}"},
                 {"Authorization": f"Bearer{good}"}, {"Authorization": f"Bearer  {good}"},
                 {"Authorization": f"Bearer \t{good}"}, {"Authorization": f"Bearer {good[:-1]}"},
                 {"Authorization": f"Bearer {good}x"}, {"Authorization": f"Bearer {good.upper()}"},
                 {"Authorization": f"Bearer {good}, Bearer {good}"},
                 {"Authorization": f"Bearer {good[:-1]}%"}, {"Authorization": f"Bearer \"{good}\""},
                 {"Authorization": "Bearer sk_" + "0" * 32}, {"Authorization": "Bearer sk_' OR 1=1--"},
                 {"Authorization": "Bearer null"}, {"Authorization": "Bearer " + "A" * 8000},
                 {"X-Authorization": f"Bearer {good}"}, {"Proxy-Authorization": f"Bearer {good}"},
                 {"Api-Key": good}, {"X-Api-Key": good}, {"Cookie": f"api_key={good}; Authorization={good}"},
                 {"X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1"},
                 {"X-Original-Url": "/healthz"}, {"X-Rewrite-Url": "/healthz"},
                 {"X-Http-Method-Override": "OPTIONS"}, {"X-Forwarded-User": "admin"}]
        self.service.key = None
        for method, path in self.secured:
            actual = self.filled(path, self.values)
            texts = set()
            for headers in forms:
                answer = self.service.call(method.upper(), actual, self.body_of(method, path),
                                           headers=headers)
                self.assertEqual(answer.status, 401, f"{method} {path} {headers}: {answer.body}")
                texts.add(answer.body)
            self.assertLessEqual(len(texts), 3, "missing, malformed, unknown: no more is told")
            answer = self.service.call(method.upper(), f"{actual}?api_key={good}&access_token={good}",
                                       self.body_of(method, path))
            self.assertEqual(answer.status, 401, f"{method} {path} with the key in the query")

    def test_no_spelling_of_a_path_goes_round_the_check(self):
        self.service.key = None
        spellings = ("/v1/organizations/webhooks", "//v1/organizations/webhooks",
                     "/v1//organizations/webhooks", "/./v1/organizations/webhooks",
                     "/healthz/../v1/organizations/webhooks",
                     "/healthz/%2e%2e/v1/organizations/webhooks",
                     "/%76%31/organizations/webhooks", "/V1/organizations/webhooks",
                     "/v1/organizations/webhooks;/healthz", "/v1/organizations/webhooks%00",
                     "/v1/organizations/webhooks%2f", "/v1%2forganizations%2fwebhooks",
                     "/v1/organizations/webhooks.json", "/v1/organizations/webhooks%20",
                     "/v1/organizations\\webhooks", "/v1/organizations/webhooks?/healthz",
                     "http://127.0.0.1/v1/organizations/webhooks")
        for spelling in spellings:
            for method in ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH"):
                answer = self.service.call(method, spelling)
                self.assertIn(answer.status, (400, 401, 404, 405), f"{method} {spelling}")
                self.assertNotIn(MARK, answer.body.decode())


if __name__ == "__main__":
    unittest.main()
