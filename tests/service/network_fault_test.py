"""The network between the service and a receiver breaks in each of its ways, and heals: every event arrives,
no attempt lasts for ever, and a receiver beside it hears of nothing."""

import unittest

from fault_proxy import FaultProxy
from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

SLOW, BROKEN = ("delay", "drip"), ("half_close", "reset", "refuse", "hang")
MODES = SLOW + BROKEN


class NetworkFault(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def subscribe(self, service, name, url, timeout=60):
        body = webhook(name, ["a.*"], url)
        body["channels"][0]["configs"]["timeout"] = timeout
        self.assertEqual(service.call("POST", WEBHOOKS, body).status, 201)

    def retry_what_failed_twice(self, service, name, asked):
        """The second attempt comes 4 to 6 seconds after the first, and finds the network healed unless the
        machine has stalled for so long. The third would come minutes later, so an operator's retry takes
        its place; once for each attempt."""
        log = f"{WEBHOOKS}{name}/deliveries"
        newest = {}
        for attempt in service.call("GET", log).json["results"]:
            newest.setdefault(attempt["delivery_id"], attempt)
        for delivery, attempt in newest.items():
            which = delivery, attempt["attempt"]
            if attempt["status"] == "failed" and attempt["attempt"] > 1 and which not in asked:
                asked.add(which)
                service.call("POST", f"{log}/{delivery}/retry")

    def test_every_event_arrives_once_the_network_heals(self):
        service = self.start_first()
        beside, behind, proxies = Receiver(), {}, {}
        self.addCleanup(beside.close)
        self.subscribe(service, "beside", beside.url)
        for mode in MODES:
            behind[mode] = Receiver()
            self.addCleanup(behind[mode].close)
            proxies[mode] = FaultProxy(behind[mode].server.server_port)
            self.addCleanup(proxies[mode].close)
            proxies[mode].mode = mode
            self.subscribe(service, mode, proxies[mode].url, timeout=1 if mode == "hang" else 60)
        ids = {f"e{number}" for number in range(5)}
        service.post_events([{"event_type": "a.b", "event_id": e} for e in ids])
        for mode in BROKEN:
            log = f"{WEBHOOKS}{mode}/deliveries"
            self.assertTrue(wait_for(lambda: service.call("GET", log).json["results"]), mode)
            first = service.call("GET", log).json["results"][-1]
            self.assertEqual((first["attempt"], first["status"]), (1, "failed"), mode)
            kind = "timeout" if mode == "hang" else "reset"
            self.assertEqual(first["error"].partition(":")[0], kind, f"{mode}: {first}")
            proxies[mode].mode = "pass"
        self.assertTrue(wait_for(lambda: ids <= set(beside.event_ids())), "a neighbour waits for nothing")
        asked = set()
        for mode in MODES:
            def has_arrived():
                if ids <= set(behind[mode].event_ids()):
                    return True
                self.retry_what_failed_twice(service, mode, asked)
                return False

            self.assertTrue(wait_for(has_arrived),
                            f"{mode}: {len(ids - set(behind[mode].event_ids()))} did not arrive")
        self.assertEqual(len(beside.requests), len(ids), "and each once")
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
