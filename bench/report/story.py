"""All that a report tells of a run, read from its directory once; Markdown and HTML only lay it out."""

from dataclasses import dataclass, field

import claims as claims_module
import pairs
from engine_claims import engine_claims, headline
from families import FAMILIES, family_of
from report import charts


@dataclass
class Story:
    facts: dict
    claims: list = field(default_factory=list)
    runs: dict = field(default_factory=dict)  # benchmark of the engine -> its rounds
    refused: dict = field(default_factory=dict)  # benchmark -> what was wrong
    rows: dict = field(default_factory=dict)  # family -> rows of the service
    plots: dict = field(default_factory=dict)  # family -> plots
    memory: list = field(default_factory=list)

    def of(self, family, is_headline=None):
        return [claim for claim in self.claims if claim.family == family and
                is_headline in (None, claim.is_headline)]

    @property
    def mean(self):
        return claims_module.geometric_mean(headline(self.claims))

    @property
    def has_problem(self):
        return bool(self.refused) or any(claim.verdict == "wrong" for claim in self.claims) or \
            any(row["problem"] for rows in self.rows.values() for row in rows)


def read(directory):
    """Errors: run_directory.MixedRuns."""
    story = Story(directory.read("run")["facts"])
    for document in directory.engine_documents():
        refused = pairs.refusals(document)
        story.refused.update(refused)
        story.runs.update(pairs.runs_by_name(pairs.without(document, refused)))
        story.facts = {**programs_facts(document["context"]), **story.facts}
    service = directory.read("service") or {"rows": []}
    peers = (directory.read("peers") or {"measurements": []})["measurements"]
    story.memory = (directory.read("memory") or {"probes": []})["probes"]
    for row in service["rows"]:
        story.rows.setdefault(family_of(row["measurement"]), []).append(row)
    story.claims = list(engine_claims(story.runs, story.refused))
    story.claims += [peer_claim(peer) for peer in peers 
                     if peer["problem"] or not peer["engine"].startswith("sluice")]
    for family, rows in story.rows.items():
        found = (claims_module.of_service_row(row, family) for row in rows)
        story.claims += [claim for claim in found if claim]
    for family in FAMILIES:
        story.plots[family.name] = list(plots_of(family.name, story, peers))
    return story


def peer_claim(peer):
    return claims_module.Claim("matching", peer["what"], peer["engine"], tuple(peer["ratios"]),
                               peer["problem"], is_headline=True)


def programs_facts(context):
    """How the programs were built, as they say themselves."""
    wanted = ("compiler", "flags", "simdjson_runtime_kernel", "simdjson_compiled_kernel")
    return {name: context[name] for name in wanted if name in context}


def plots_of(family, story, peers):
    if family == "matching":
        yield from charts.matching(story.runs, peers)
    if family == "decoding":
        yield from charts.decoding(story.runs)
    if family == "changes":
        yield from charts.changes(story.runs)
    if family == "scaling":
        yield from charts.scaling(story.runs)
    yield from charts.service(story.rows.get(family, []))
