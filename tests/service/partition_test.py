"""The network between two hosts loses packets at random, resets connections, and is cut in both or in one
direction: what was acknowledged arrives once it heals, and what was not can be sent again. The hosts are
network namespaces, and nftables breaks the network; where that cannot be had (it takes root), the test says
that it was skipped."""

import http.client
import json
import unittest

from namespaces import FAR, NEAR, NETWORK, Hosts, Unavailable
from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook


class Partition(ServiceTest):
    arguments = ("--egress-allow", NETWORK)

    def setUp(self):
        super().setUp()
        try:
            self.hosts = Hosts()
        except Unavailable as error:
            print(f"SKIPPED: no network namespaces with nftables: {error}", flush=True)
            self.skipTest(str(error))
        self.addCleanup(self.hosts.close)
        with self.hosts.far():
            self.receiver = Receiver(host=FAR)
        self.addCleanup(self.receiver.close)

    def start_with_webhook(self, timeout):
        service = self.start_first(listen="0.0.0.0:0")
        body = webhook("far", ["a.*"], self.receiver.url)
        body["channels"][0]["configs"]["timeout"] = timeout
        answer = service.call("POST", WEBHOOKS, body)
        self.assertEqual(answer.status, 201, answer.body)
        return service

    def post(self, service, prefix, count=5):
        ids = {f"{prefix}-{number}" for number in range(count)}
        answer = service.post_events([{"event_type": "a.b", "event_id": e} for e in ids])
        self.assertEqual((answer.status, answer.json["accepted"]), (202, count), answer.body)
        return ids

    def arrived(self, ids, seconds=60):
        return wait_for(lambda: {json.loads(r.body)["event_id"]
                                 for r in list(self.receiver.requests)} >= ids, seconds)

    def failed(self, service):
        """The attempts that failed."""
        return service.call("GET", f"{WEBHOOKS}far/deliveries?status=failed").json["results"]

    def test_packets_that_are_lost_at_random_are_made_up_for(self):
        self.hosts.disturb("numgen random mod 100 < 15 counter drop")
        service = self.start_with_webhook(timeout=60)
        ids = self.post(service, "lossy", count=200)
        self.assertTrue(self.arrived(ids, 240))
        self.assertGreater(self.hosts.disturbed(), 0)
        self.assertEqual(service.stop(), 0)

    def break_and_heal(self, rule, way="input"):
        """Attempts fail while `rule` is in force, also on the connections that are there; the next ones,
        after it, do not. What was acknowledged has all arrived."""
        service = self.start_with_webhook(timeout=1)
        before = self.post(service, "before")
        self.assertTrue(self.arrived(before))
        self.hosts.disturb(rule, way=way)
        ids = self.post(service, "during")
        self.assertTrue(wait_for(lambda: len(self.failed(service)) >= len(ids), 60))
        self.assertGreater(self.hosts.disturbed(), 0)
        self.hosts.heal()
        # Where the machine is so slow that they have failed twice, the next ones would come in minutes.
        for attempt in self.failed(service):
            service.call("POST", f"{WEBHOOKS}far/deliveries/{attempt['delivery_id']}/retry")
        self.assertTrue(self.arrived(ids, 120))
        self.assertEqual(service.stop(), 0)

    def test_connections_that_are_reset(self):
        self.break_and_heal("tcp dport != 0 counter reject with tcp reset")

    def test_a_partition(self):
        self.break_and_heal("counter drop")

    def test_a_partition_of_the_answers_only(self):
        self.break_and_heal("counter drop", way="output")

    def test_a_sender_that_was_cut_off_repeats_and_nothing_is_doubled(self):
        service = self.start_with_webhook(timeout=10)
        event = json.dumps({"event_type": "a.b", "event_id": "once"})

        def send():
            """From the far host, which does not hear the answer while it is cut off."""
            with self.hosts.far():
                connection = http.client.HTTPConnection(NEAR, service.port, timeout=60)
                connection.connect()
            self.addCleanup(connection.close)
            connection.request("POST", "/v1/events", body=event, headers={
                "Authorization": f"Bearer {service.key}", "Content-Type": "application/json"})
            return connection

        connection = send()
        self.assertEqual(json.loads(connection.getresponse().read())["accepted"], 1)
        with self.hosts.far():
            cut_off = http.client.HTTPConnection(NEAR, service.port, timeout=2)
            cut_off.connect()
        self.addCleanup(cut_off.close)
        self.hosts.disturb(f"tcp sport {service.port} counter drop")
        event = event.replace("once", "cut-off")
        cut_off.request("POST", "/v1/events", body=event, headers={
            "Authorization": f"Bearer {service.key}", "Content-Type": "application/json"})
        with self.assertRaises(OSError):
            cut_off.getresponse()
        self.assertGreater(self.hosts.disturbed(), 0)
        self.hosts.heal()
        answer = json.loads(send().getresponse().read())
        self.assertEqual((answer["accepted"], answer["duplicates"]), (0, 1))
        self.assertTrue(self.arrived({"once", "cut-off"}))
        self.assertEqual(service.stop(), 0)
        self.assertEqual(len(self.receiver.requests), 2, "each once")


if __name__ == "__main__":
    unittest.main()
