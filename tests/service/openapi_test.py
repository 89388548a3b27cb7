"""The document and the service agree: every operation of the document is called, and no answer has a
status, and no object a field, that the document does not have."""

import re
import unittest

from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

EVENT = {"event_type": "object.created", "event_id": "walk-1"}


class Document(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def setUp(self):
        super().setUp()
        self.service = self.start_first()
        self.document = self.service.call("GET", "/openapi.json").json
        receiver = Receiver()
        self.addCleanup(receiver.close)
        self.url = receiver.url

    def resolve(self, part):
        while "$ref" in part:
            target = self.document
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            part = target
        return part

    def properties(self, schema):
        """The names that an object of `schema` may have; None: any."""
        schema = self.resolve(schema)
        names = set(schema.get("properties", {}))
        known = "properties" in schema
        for each in schema.get("allOf", []) + schema.get("anyOf", []) + schema.get("oneOf", []):
            more = self.properties(each)
            if more is not None:
                names |= more
                known = True
        if not known or schema.get("additionalProperties") not in (None, False):
            return None
        return names

    def check_fields(self, schema, value, where):
        schema = self.resolve(schema)
        if isinstance(value, list):
            for item in value[:5]:
                self.check_fields(schema.get("items", {}), item, where + "[]")
        if not isinstance(value, dict):
            return
        names = self.properties(schema)
        if names is not None:
            self.assertEqual(set(value) - names, set(), f"undocumented fields of {where}")
        for name, item in value.items():
            if name in schema.get("properties", {}):
                self.check_fields(schema["properties"][name], item, f"{where}.{name}")

    def check(self, path, method, answer):
        where = f"{method.upper()} {path} -> {answer.status}"
        responses = self.document["paths"][path][method]["responses"]
        documented = responses.get(str(answer.status), responses.get("default"))
        self.assertIsNotNone(documented, f"{where} is not documented")
        content = self.resolve(documented).get("content", {})
        if "application/json" in content and answer.body:
            self.check_fields(content["application/json"].get("schema", {}), answer.json, where)

    def test_every_operation_is_as_the_document_says(self):
        call = self.service.call
        made = call("POST", WEBHOOKS, webhook("walk", ["object.*"], self.url)).json["webhook_id"]
        self.assertEqual(self.service.post_events([EVENT]).status, 202)
        log = f"{WEBHOOKS}{made}/deliveries"
        self.assertTrue(wait_for(lambda: call("GET", log).json["results"]))
        key = call("POST", "/v1/organizations/api-keys", {"name": "k", "permissions": ["read"]}).json
        values = {"{identifier}": made, "{event_type}": "object.created",
                  "{event_id}": "walk-1", "{key_id}": key["key_id"],
                  "{delivery_id}": call("GET", log).json["results"][0]["delivery_id"]}
        bodies = {"/test": None, "/recover": {"since": "2020-01-01T00:00:00Z", "only": "missed"},
                  "/rotate": {"grace_seconds": 60}, "/events": EVENT, "/retry": None,
                  "/list": {}, "/api-keys": {"name": "k2", "permissions": ["ingest"]},
                  "/{identifier}": webhook("walk", ["object.*"], self.url),
                  "/webhooks": webhook("walk2", ["object.*"], self.url)}
        called = 0
        operations = sorted((path, method) for path, item in self.document["paths"].items()
                            for method in item if method in ("get", "post", "put", "patch", "delete"))
        operations.sort(key=lambda o: o[1] == "delete")  # what others need goes last
        for path, method in operations:
            actual = path
            for name, value in values.items():
                actual = actual.replace(name, value)
            body = next((b for end, b in bodies.items()
                         if method in ("post", "put", "patch") and path.rstrip("/").endswith(end)), None)
            answer = call(method.upper(), actual, body)
            self.assertLess(answer.status, 400, f"{method} {actual}: {answer.body}")
            self.check(path, method, answer)
            missing = actual
            for value in values.values():
                missing = missing.replace(value, "nothing-0")
            self.check(path, method, call(method.upper(), missing, body))
            if self.document["paths"][path][method].get("security") != []:
                self.check(path, method, call(method.upper(), actual, body,
                                              headers={"Authorization": "Bearer sk_no"}))
            called += 1
        self.assertGreater(called, 20)

    def test_every_method_that_a_path_allows_is_documented(self):
        for path in self.document["paths"]:
            sample = path.replace("{", "").replace("}", "")
            allow = self.service.call("OPTIONS", sample).headers["allow"]
            methods = {m.strip().lower() for m in allow.split(",")} - {"head", "options"}
            documented = set()
            for other, item in self.document["paths"].items():
                pattern = re.sub(r"\\{[^/]*\\}", "[^/]+", re.escape(other.rstrip("/")))
                if re.fullmatch(pattern, sample.rstrip("/")):
                    documented |= set(item)
            self.assertEqual(methods - documented, set(), path)


if __name__ == "__main__":
    unittest.main()
