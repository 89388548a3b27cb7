"""The service's deliveries beside wrk, the fastest sender that is packaged, to the same receiver over
as many connections: wrk sends one signed request again and again, which is all that it does.
"""

import base64
import hashlib
import hmac
import re
import shutil

import children
from children import PeerMissing
from delivery_rows import drain
from served import SECRET, Sink
from table import Row

CONNECTIONS = 64
SCRIPT = """wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.headers["webhook-id"] = "{id}"
wrk.headers["webhook-timestamp"] = "{time}"
wrk.headers["webhook-signature"] = "v1,{signature}"
wrk.body = [[{body}]]
"""


def signed_script():
    """One request of 500 B as Standard Webhooks signs it."""
    identity, time, body = "dlv_wrk", "1700000000", '{"padding":"' + "x" * 486 + '"}'
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{identity}.{time}.{body}".encode(), hashlib.sha256).digest()
    return SCRIPT.format(id=identity, time=time, body=body,
                         signature=base64.b64encode(digest).decode())


def wrk_rate(bench):
    """Requests a second that the receiver took, and what was wrong."""
    script = bench.work / "signed.lua"
    script.write_text(signed_script())
    sink = Sink(bench.programs, bench.work / "wrk-sink.log")
    seconds = max(1, round(bench.seconds))
    try:
        said = children.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script,
                             sink.url + "/sink"], seconds + 30)
        counts = sink.counts()
    finally:
        sink.stop()
    requests, spent = re.search(r"(\d+) requests in ([\d.]+)s", said).groups()
    is_right = counts["deliveries"] >= int(requests) > 0 and not counts["unsigned"]
    problem = "" if is_right else f"wrk sent {requests}, the receiver counted {counts}"
    return int(requests) / float(spent), problem


def beside_wrk(bench):
    if not shutil.which("wrk"):
        raise PeerMissing("wrk is not installed: tools/install bench")
    ours, ratios, problem = [], [], ""
    for _ in range(bench.rounds):
        rate, _, wrong = drain(bench, bench.scaled(150_000, 2_000), ["--ids"], "distinct",
                               max_in_flight=CONNECTIONS)
        fastest, wrk_wrong = wrk_rate(bench)
        problem = problem or wrong or wrk_wrong
        ours.append(rate)
        ratios.append(rate / fastest)
    yield Row("deliveries, one webhook", "deliveries/s", ours, "wrk to the same receiver", ratios,
              problem=problem, is_headline=True,
              note="64 connections, 500 B, by the clock; wrk reads no journal, signs nothing and "
                   "writes no attempt down")
