"""The families of measurements: what each asks, and which part of the service's benchmarks it has
beside the engine's. The letters of a report follow this order.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    name: str
    title: str
    question: str
    service: tuple = ()  # measurements of bench/e2e/run
    quick_service: tuple = ()  # those of them that --quick takes

    @property
    def command(self):
        return f"bench/run --families {self.name}"


FAMILIES = (
    Family("matching", "Matching",
           "How long does it take to find who wants an event, and what does the index weigh?"),
    Family("decoding", "Decoding and streams",
           "How fast do bytes become events, and events matches?"),
    Family("changes", "Change under load",
           "What do readers keep of their rate while subscriptions come and go?"),
    Family("ingestion", "Durable ingestion over HTTP",
           "How many events a second are taken in and on the disk when they are acknowledged?",
           ("ingestion", "http", "half_load"), ("ingestion",)),
    Family("brokers", "Brokers, end to end",
           "One publisher, one subscriber with many wildcard subscriptions: how many events a second "
           "arrive?", ("brokers",), ("brokers",)),
    Family("delivery", "Delivery",
           "How many signed webhooks a second go out, and how soon?",
           ("outbound", "deliveries", "sender", "latency", "isolation", "restarts", "attempt_lists",
            "webhook_lists"),
           ("outbound", "sender")),
    Family("scaling", "Scaling",
           "How do time and memory grow with subscriptions, depth, wildcards and matches?"),
    Family("latency", "Latency under open load",
           "How long does a caller wait at half, at 80 % and at 95 % of the maximum? Counted from when "
           "each request was due, so that a stall is charged for everything that it delayed.",
           ("open_loop",), ("open_loop",)),
)
NAMES = tuple(family.name for family in FAMILIES)


def family_of(measurement):
    return next(family.name for family in FAMILIES if measurement in family.service)
