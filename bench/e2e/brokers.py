"""Brokers as peers: mosquitto and nats-server, each alone on a port of its own, keeping nothing."""

import shutil
import socket
import time

import children
from children import Child, MeasurementFailed
from peers import free_port

# Nothing is dropped and nothing waits: the limits on what is on the way are the publisher's.
MOSQUITTO = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
log_type error
"""


def wait_until_it_listens(child, port):
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise MeasurementFailed(f"{child.command[0]} does not start: {child.said()[-500:]}")


class Broker:
    """A broker that runs. `protocol` is what sluice_broker_probe calls it; a million messages take
    one broker as long as another one's ten million: `share` is of the usual number of messages."""

    def __init__(self, bench, name, protocol, share, command):
        self.name, self.protocol, self.share = name, protocol, share
        self._probe, self._port = bench.programs.sluice_broker_probe, free_port()
        self._child = Child(command(bench, self._port), bench.work / f"{protocol}.log")
        wait_until_it_listens(self._child, self._port)

    def rate(self, messages, subscriptions):
        """Messages a second from the publisher to the subscriber, none lost, none twice."""
        count = max(500, int(messages * self.share))
        told = children.run_json(
            [self._probe, "--protocol", self.protocol, "--port", self._port, "--events", count,
             "--subscriptions", subscriptions], 120)
        if told["received"] != count or told["missing"] or told["repeated"]:
            raise MeasurementFailed(f"{self.name} lost or repeated messages: {told}")
        return told["per_second"]

    def stop(self):
        self._child.stop()


def mosquitto_command(bench, port):
    config = bench.work / f"mosquitto-{port}.conf"
    config.write_text(MOSQUITTO.format(port=port))
    return ["mosquitto", "-c", config]


def nats_command(_, port):
    return ["nats-server", "-a", "127.0.0.1", "-p", port]


BROKERS = (("mosquitto, QoS 0", "mqtt0", 0.5, mosquitto_command),
           ("mosquitto, QoS 1", "mqtt1", 0.25, mosquitto_command),
           ("nats-server core", "nats", 1, nats_command))


def installed_brokers(bench):
    """Those that are there; what is not is left out."""
    programs = {mosquitto_command: "mosquitto", nats_command: "nats-server"}
    return [Broker(bench, *each) for each in BROKERS if shutil.which(programs[each[3]])]
