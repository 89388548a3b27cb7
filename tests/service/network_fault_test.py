"""The network between the service and a receiver breaks in each of its ways, and heals: every event arrives,
no attempt lasts for ever, and a receiver beside it hears of nothing."""

import json
import unittest

from fault_proxy import FaultProxy
from receivers import Receiver
from service import WEBHOOKS, ServiceTest, wait_for, webhook

SLOW, BROKEN = ("delay", "drip"), ("half_close", "reset", "refuse", "hang")
MODES = SLOW + BROKEN


class NetworkFault(ServiceTest):
    arguments = ("--egress-allow", "127.0.0.0/8")

    def arrived(self, receiver):
        return {json.loads(r.body)["event_id"] for r in list(receiver.requests)}

    def test_every_event_arrives_once_the_network_heals(self):
        service = self.start_first()
        beside, behind, proxies = Receiver(), {}, {}
        self.addCleanup(beside.close)
        service.call("POST", WEBHOOKS, webhook("beside", ["a.*"], beside.url))
        for mode in MODES:
            behind[mode] = Receiver()
            self.addCleanup(behind[mode].close)
            proxies[mode] = FaultProxy(behind[mode].server.server_port)
            self.addCleanup(proxies[mode].close)
            proxies[mode].mode = mode
            body = webhook(mode, ["a.*"], proxies[mode].url)
            body["channels"][0]["configs"]["timeout"] = 20 if mode in SLOW else 1
            self.assertEqual(service.call("POST", WEBHOOKS, body).status, 201)
        ids = {f"e{number}" for number in range(5)}
        service.post_events([{"event_type": "a.b", "event_id": e} for e in ids])
        # Healed before the second attempt: the third would come minutes later.
        for mode in BROKEN:
            log = f"{WEBHOOKS}{mode}/deliveries"
            self.assertTrue(wait_for(lambda: service.call("GET", log).json["results"]), mode)
            first = service.call("GET", log).json["results"][-1]
            self.assertEqual((first["attempt"], first["status"]), (1, "failed"), mode)
            proxies[mode].mode = "pass"
        self.assertTrue(wait_for(lambda: self.arrived(beside) >= ids), "a neighbour waits for nothing")
        for mode in MODES:
            self.assertTrue(wait_for(lambda: self.arrived(behind[mode]) >= ids, 60),
                            f"{mode}: {len(ids - self.arrived(behind[mode]))} did not arrive")
        self.assertEqual(len(beside.requests), len(ids), "and each once")
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
