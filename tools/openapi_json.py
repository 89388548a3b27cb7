#!/usr/bin/env python3
"""Turns data/openapi.yaml into the JSON that the service shows at /openapi.json.

usage: openapi_json.py INPUT.yaml OUTPUT.json

Drops `fragments`, which only holds YAML anchors. Fails on a $ref that leads nowhere, on an
operationId that is there twice, and on a path parameter that is not declared.
"""
import json
import re
import sys
from pathlib import Path

import yaml

METHODS = ("get", "put", "post", "delete", "patch")


def resolve(document, ref):
    node = document
    for step in ref.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or step not in node:
            return None
        node = node[step]
    return node


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def parameter_names(document, owner):
    for parameter in owner.get("parameters", ()):
        if "$ref" in parameter:
            parameter = resolve(document, parameter["$ref"]) or {}
        if parameter.get("in") == "path":
            yield parameter.get("name")


def problems(document):
    for ref in sorted(set(references(document))):
        if not ref.startswith("#/") or resolve(document, ref) is None:
            yield f"{ref} leads nowhere"
    seen = set()
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if operation is None:
                continue
            name = operation.get("operationId")
            if name is None or name in seen:
                yield f"{method} {path}: no operationId of its own"
            seen.add(name)
            declared = {*parameter_names(document, item), *parameter_names(document, operation)}
            if declared != set(re.findall(r"{(\w+)}", path)):
                yield f"{method} {path}: declares the path parameters {sorted(declared)}"


def main():
    source, target = map(Path, sys.argv[1:])
    document = yaml.safe_load(source.read_text(encoding="utf-8"))
    document.pop("fragments", None)
    found = list(problems(document))
    if found:
        print("\n".join(f"{source}: {problem}" for problem in found), file=sys.stderr)
        return 1
    target.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")),
                      encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
