"""What HTTP costs, beside nginx: http_vs_nginx, read."""

import json
import shutil
from pathlib import Path

import children
from children import PeerMissing
from table import Row

MOST = {"get": 1.0, "post_1k": 1.0, "post_64k": 0.75}


def http_floor(bench):
    if not shutil.which("nginx") or not shutil.which("wrk"):
        raise PeerMissing("nginx and wrk are not installed: tools/install bench")
    seconds = 1 if bench.is_quick else 5
    said = children.run([Path(__file__).parent / "http_vs_nginx", "--seconds", seconds, "--pairs",
                         bench.rounds, "--workloads", ",".join(MOST), "--json", "--probe",
                         bench.programs.sluice_http_probe],
                        60 + len(MOST) * bench.rounds * 2 * (seconds + 2))
    for line in said.splitlines():
        told = json.loads(line)
        name, ours = told["workload"], told["ours"]
        yield Row(f"HTTP {name}", "us/request", ours, "nginx `return 204`, processor time",
                  [mine / other for mine, other in zip(ours, told["theirs"])],
                  ("ratio", "<=", MOST[name]), less_is_better=True, is_headline=name == "post_1k",
                  note="processor time of the server, 64 connections")
