"""What a result is worth nothing without: the machine, its kernel, and the packages of what was
measured. The programs tell of themselves how they were built (build_facts.cpp).
"""

import datetime
import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

# Debian's packages of everything that a measurement compares with or rests on.
PACKAGES = ("libsimdjson14", "libtbb12", "liburcu8", "libre2-9", "libhyperscan5", "libcurl4",
            "libssl3", "librocksdb7.8", "mosquitto", "nats-server", "nginx-light", "postgresql-15",
            "redis-server", "wrk")
TOOLCHAINS = (("go", "version"), ("java", "-version"))


def _output(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _first_line(path):
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError):
        return "unknown"


def processor():
    found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text(encoding="ascii"))
    return found[1] if found else platform.machine()


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def packages():
    """Name to version, of those that are installed."""
    versions = {}
    for name in PACKAGES:
        if version := _output("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name):
            state, _, number = version.partition(" ")
            if state == "installed":
                versions[name] = number
    for name, argument in TOOLCHAINS:
        if shutil.which(name):
            versions[name] = _output(name, argument).partition("\n")[0]
    return versions


def commit(root):
    """The commit, and whether the tree differs from it."""
    name = _output("git", "-C", str(root), "rev-parse", "--short=12", "HEAD") or "none"
    return name, bool(_output("git", "-C", str(root), "status", "--porcelain"))


def facts(root):
    name, is_dirty = commit(root)
    return {
        "date": f"{datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        "commit": name,
        "tree_is_dirty": is_dirty,
        "processor": processor(),
        "processors": os.cpu_count(),
        "memory_gib": memory_gib(),
        "kernel": f"{platform.system()} {platform.release()}",
        "system": re.sub('PRETTY_NAME=|"', "", _first_line("/etc/os-release")),
        "governor": _first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "huge_pages": _first_line("/sys/kernel/mm/transparent_hugepage/enabled"),
        "load_before": round(os.getloadavg()[0], 2),
        "packages": packages(),
    }
