"""Ingestion, as a producer of events sees it."""

import gzip
import json
import threading
import unittest

from service import MEMORY_FACTOR, WEBHOOKS, ServiceTest, webhook


def lines(events):
    return "".join(json.dumps(event) + "\n" for event in events).encode()


class Events(ServiceTest):
    def setUp(self):
        super().setUp()
        self.service = self.start_first()
        self.service.call("POST", WEBHOOKS, webhook(event_types=["object.*"]))

    def post(self, body, content_type="application/json", **headers):
        return self.service.call("POST", "/v1/events", body,
                                 headers={"Content-Type": content_type, **headers})

    def counts(self, answer):
        self.assertEqual(answer.status, 202, answer.body)
        got = answer.json
        return got["accepted"], got["duplicates"], got["rejected"], got["matched"]

    def test_an_event_an_array_and_lines_are_taken(self):
        one, other = {"event_type": "object.created"}, {"event_type": "cluster.created"}
        self.assertEqual(self.counts(self.post(json.dumps(one))), (1, 0, 0, 1))
        self.assertEqual(self.counts(self.post(json.dumps([one, other], indent=2))), (2, 0, 0, 1))
        for kind in ("application/x-ndjson", "application/jsonl; charset=utf-8"):
            self.assertEqual(self.counts(self.post(lines([one, other, one]), kind)), (3, 0, 0, 2))

    def test_cloud_events_come_in_three_modes(self):
        event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "object.created",
                 "data": {"a": 1}}
        self.assertEqual(self.counts(self.post(json.dumps(event), "application/cloudevents+json")),
                         (1, 0, 0, 1))
        batch = [{**event, "id": str(i)} for i in range(2, 4)]
        self.assertEqual(self.counts(self.post(json.dumps(batch),
                                               "application/cloudevents-batch+json")), (2, 0, 0, 2))
        binary = {"ce-specversion": "1.0", "ce-id": "4", "ce-source": "/s",
                  "ce-type": "object.created"}
        self.assertEqual(self.counts(self.post(json.dumps({"a": 1}), **binary)), (1, 0, 0, 1))
        shown = self.service.call("GET", "/v1/events/4").json
        self.assertEqual(shown["event_type"], "object.created")
        self.assertEqual(shown["metadata"], {"a": 1})

    def test_cloud_events_of_two_sources_may_share_their_ids(self):
        def event(source, **more):
            return {"specversion": "1.0", "id": "7", "source": source, "type": "object.created",
                    **more}

        def structured(source):
            return self.counts(self.post(json.dumps(event(source)), "application/cloudevents+json"))

        def batched(*sources):
            return self.counts(self.post(json.dumps([event(source) for source in sources]),
                                         "application/cloudevents-batch+json"))

        def binary(source):
            return self.counts(self.post("1", **{
                "ce-specversion": "1.0", "ce-id": "7", "ce-source": source,
                "ce-type": "object.created"}))

        def own():
            return self.counts(self.service.post_events([{"event_id": "7",
                                                          "event_type": "object.created"}]))

        new, repeated = (1, 0, 0, 1), (0, 1, 0, 0)
        self.assertEqual([structured("/a"), binary("/b"), batched("/c", "/d"), own()],
                         [new, new, (2, 0, 0, 2), new])
        for _ in range(2):  # the second time behind a restart
            self.assertEqual([binary("/a"), structured("/b"), batched("/a", "/b", "/c"),
                              binary("/d"), own()],
                             [repeated, repeated, (0, 3, 0, 0), repeated, repeated])
            key = self.service.key
            self.assertEqual(self.service.stop(), 0)
            self.service = self.start()
            self.service.key = key
        self.assertEqual(structured("/e"), new)
        # Of several the newest is shown.
        self.assertEqual(self.service.call("GET", "/v1/events/7").json["source"], "/e")

    def test_gzip_is_unpacked_and_its_damage_told(self):
        body = gzip.compress(lines([{"event_type": "object.created"}] * 1000))
        self.assertEqual(self.counts(self.post(body, "application/x-ndjson",
                                               **{"Content-Encoding": "gzip"})), (1000, 0, 0, 1000))
        cut = self.post(body[: len(body) // 2], "application/json", **{"Content-Encoding": "gzip"})
        self.assertIn(cut.status, (400, 422))

    def test_one_bad_event_rejects_itself_and_names_its_line(self):
        body = lines([{"event_type": "object.created"}]) + b'{"event_type": \n' + \
            lines([{"event_type": "a..b"}, {"no": 1}, {"event_type": "object.deleted"}])
        answer = self.post(body, "application/x-ndjson")
        self.assertEqual(self.counts(answer), (2, 0, 3, 2))
        self.assertEqual([(e["index"], e["line"]) for e in answer.json["errors"]],
                         [(1, 2), (2, 3), (3, 4)])
        for error in answer.json["errors"]:
            self.assertTrue(error["type"] and error["message"])

    def test_where_nothing_was_good_it_is_422(self):
        for body in ("{}", "[]", "", "nonsense", '{"event_type": 7}'):
            self.assertEqual(self.post(body).status, 422, body)
        self.assertEqual(self.post("x", "text/plain").status, 415)

    def test_a_repeated_event_id_is_a_duplicate_also_after_a_restart(self):
        event = {"event_id": "order-7", "event_type": "object.created"}
        self.assertEqual(self.counts(self.service.post_events([event, event])), (1, 1, 0, 1))
        self.assertEqual(self.counts(self.service.post_events([event])), (0, 1, 0, 0))
        key = self.service.key
        self.assertEqual(self.service.stop(), 0)
        self.service = self.start()
        self.service.key = key
        self.assertEqual(self.counts(self.service.post_events([event])), (0, 1, 0, 0))
        self.assertEqual(self.service.call("GET", "/v1/events/order-7").json["event_type"],
                         "object.created")

    def test_an_event_after_the_answer_sees_the_change(self):
        made = self.service.call("POST", WEBHOOKS, webhook(event_types=["fresh.event"])).json
        event = [{"event_type": "fresh.event"}]
        self.assertEqual(self.service.post_events(event).json["matched"], 1)
        path = WEBHOOKS + made["webhook_id"]
        self.service.call("PATCH", path, {"is_active": False})
        self.assertEqual(self.service.post_events(event).json["matched"], 0)
        self.service.call("PATCH", path, {"is_active": True})
        self.assertEqual(self.service.post_events(event).json["matched"], 1)
        self.service.call("DELETE", path)
        self.assertEqual(self.service.post_events(event).json["matched"], 0)

    def test_updates_under_load_lose_no_match(self):
        made = self.service.call("POST", WEBHOOKS, webhook(event_types=["busy.event", "a"])).json
        path = WEBHOOKS + made["webhook_id"]
        done = threading.Event()

        def change():
            for i in range(200):
                self.service.call("PATCH", path, {"event_types": ["busy.event", f"other.{i}"]})
            done.set()

        changer = threading.Thread(target=change)
        changer.start()
        while not done.is_set():
            answer = self.service.post_events([{"event_type": "busy.event"}] * 200).json
            self.assertEqual((answer["accepted"], answer["matched"]), (200, 200))
        changer.join()

    def test_a_long_body_needs_no_more_memory_than_a_short_one(self):
        body = lines([{"event_type": "object.created", "metadata": {"x": "y" * 400}}] * 400_000)
        before = self.service.resident_bytes()
        self.assertEqual(self.counts(self.post(body, "application/x-ndjson"))[0], 400_000)
        self.assertLess(self.service.resident_bytes() - before, (160 << 20) * MEMORY_FACTOR)


if __name__ == "__main__":
    unittest.main()
