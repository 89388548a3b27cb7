"""What one would keep events in instead: NATS JetStream and RocksDB, from Debian's packages."""

import shutil
import socket
import time

import children
from children import Child, MeasurementFailed


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class JetStream:
    """nats-server with a stream in file storage and its default of syncing: every two minutes, so
    what it acknowledges does not survive a power cut."""

    def __init__(self, bench):
        self.publisher = bench.programs.sluice_nats_publisher
        self.store = bench.disk / "jetstream"
        self.port = free_port()
        config = bench.disk / "nats.conf"
        config.write_text(f'listen: "127.0.0.1:{self.port}"\n'
                          f'jetstream {{ store_dir: "{self.store}" }}\n')
        self.child = Child(["nats-server", "-c", config], bench.disk / "nats.log")
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise MeasurementFailed(f"nats-server does not start: {self.child.said()[-500:]}")

    def publish(self, seconds, window):
        """Acknowledged messages a second."""
        told = children.run_json([self.publisher, "--port", self.port, "--seconds", seconds,
                                  "--window", window], seconds + 30)
        sent, good, last = told["sent"], told["acknowledged"], told["last_sequence"]
        if told["refused"] or good != sent or last != sent:
            raise MeasurementFailed(f"JetStream lost messages: {told}")
        return told["per_second"]

    def stop(self):
        self.child.stop()
        shutil.rmtree(self.store, ignore_errors=True)


def jet_stream(bench):
    """None where it is not installed."""
    return JetStream(bench) if shutil.which("nats-server") else None


def rocksdb_rate(bench, seconds):
    """Events a second in values of 1,000 events, each synced. None where it is not built."""
    if not bench.programs.has("sluice_rocksdb_probe"):
        return None
    directory = bench.disk / "rocksdb"
    told = children.run_json([bench.programs.sluice_rocksdb_probe, "--directory", directory,
                              "--seconds", seconds], seconds + 60)
    shutil.rmtree(directory, ignore_errors=True)
    return told["per_second"]
