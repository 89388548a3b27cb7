"""Builds the adapters of engines in other languages, where the toolchain is there. What they need is
fetched by the toolchain's own client into the build directory; nothing of it is in this repository.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
NATS = "github.com/nats-io/nats-server/v2"
RULER = "1.8.1"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>sluice</groupId><artifactId>peers</artifactId><version>0</version><dependencies><dependency>
<groupId>software.amazon.event.ruler</groupId><artifactId>event-ruler</artifactId>
<version>{RULER}</version></dependency></dependencies></project>
"""


@dataclass(frozen=True)
class Peer:
    """An engine: its name, what starts it, whether its wildcards mean what ours mean, and whether it
    remembers answers, as ours does with its cache on."""

    name: str
    command: tuple
    has_wildcards: bool = True
    is_cached: bool = False


class NotThere(Exception):
    """A toolchain is missing, or does not get what it needs: the peer is left out."""


def run(command, directory, seconds=600):
    try:
        done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotThere(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        raise NotThere(f"{' '.join(map(str, command[:3]))}: {done.stdout.strip()[-300:]}")
    return done.stdout.strip()


def nats(build):
    """The subscription lists of NATS."""
    if not shutil.which("go"):
        raise NotThere("there is no go")
    place = build / "go"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in ("go.mod", "main.go"):
        shutil.copy(HERE / "go" / name, place)
    run(["go", "mod", "tidy", "-e"], place)
    version = run(["go", "list", "-m", "-f", "{{.Version}}", NATS], place)
    run(["go", "mod", "vendor", "-e"], place)
    shutil.copy(HERE / "go/sublist_export.go.in", place / "vendor" / NATS / "server/sublist_export.go")
    run(["go", "build", "-mod=vendor", "-o", "nats_adapter", "."], place)
    for engine, name in (("gsl", "NATS gsl"), ("sublist", "NATS sublist"),
                         ("sublist_uncached", "NATS sublist, no cache")):
        yield Peer(f"{name} {version}", (place / "nats_adapter", engine),
                   is_cached=engine == "sublist")


def event_ruler(build):
    if not (shutil.which("mvn") and shutil.which("javac")):
        raise NotThere("there is no mvn or no javac")
    place = build / "java"
    place.mkdir(parents=True, exist_ok=True)
    (place / "pom.xml").write_text(POM, encoding="ascii")
    jars = place / "jars"
    if not jars.is_dir():
        run(["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars"], place)
    path = os.pathsep.join([*map(str, sorted(jars.glob("*.jar"))), str(place)])
    run(["javac", "-cp", path, "-d", place, HERE / "java/RulerAdapter.java"], place)
    yield Peer(f"Event Ruler {RULER}", ("java", "-Xmx8g", "-cp", path, "RulerAdapter"),
               has_wildcards=False)


def ours(programs):
    """sluice without its cache, and with it."""
    return [Peer(name, (programs / "sluice_match_adapter", cache), is_cached=cache == "cached")
            for name, cache in (("sluice", "uncached"), ("sluice, cache on", "cached"))]


def build_all(build):
    """The peers that can be had, and why others cannot."""
    build.mkdir(parents=True, exist_ok=True)
    peers, left_out = [], []
    for make in (nats, event_ruler):
        try:
            peers += make(build)
        except NotThere as reason:
            left_out.append(f"{make.__name__.replace('_', ' ')}: {reason}")
    return peers, left_out
