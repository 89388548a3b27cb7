#!/usr/bin/env python3
"""Renders data/openapi.yaml as docs/api.md, for those who read rather than generate.

usage: openapi_markdown.py [--check]

Without an argument it writes docs/api.md; with --check it fails if that is not what it would write.
"""
import sys
from pathlib import Path

import yaml

from openapi_json import METHODS, resolve

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "docs/api.md"
HEAD = """# API

Rendered from [data/openapi.yaml](../data/openapi.yaml) by `tools/openapi_markdown.py`; a running service
has the same as JSON at `/openapi.json`. [docs/guide.md](guide.md) shows it at work.
"""


class Page:
    def __init__(self, document):
        self.document = document
        self.lines = [HEAD]

    def resolved(self, node):
        while "$ref" in node:
            node = resolve(self.document, node["$ref"])
        return node

    def add(self, *lines):
        self.lines.extend(lines)

    def text(self):
        return "\n".join(self.lines).rstrip() + "\n"


def link(ref):
    name = ref.rsplit("/", 1)[-1]
    return f"[{name}](#{name.lower()})"


def kind(schema):
    """What a value may be, in a few words."""
    if "$ref" in schema:
        return link(schema["$ref"])
    if "const" in schema:
        return f"`{str(schema['const']).lower()}`"
    if "enum" in schema:
        return "one of " + ", ".join("`null`" if value is None else f"`{value}`"
                                     for value in schema["enum"])
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return " or ".join(kind(each) for each in schema[word])
    if "allOf" in schema:
        return " and ".join(kind(each) for each in schema["allOf"])
    types = schema.get("type", "any")
    types = types if isinstance(types, list) else [types]
    words = " or ".join(f"array of {kind(schema.get('items', {}))}" if each == "array" else each
                        for each in types)
    limits = [f"{name} {schema[key]}" for key, name in (
        ("minimum", "from"), ("maximum", "to"), ("minLength", "length from"),
        ("maxLength", "length to"), ("minItems", "items from"), ("maxItems", "items to"),
        ("default", "default"), ("format", "format")) if key in schema]
    return words + (f" ({', '.join(limits)})" if limits else "")


def cell(text):
    return " ".join(str(text).split()).replace("|", "\\|")


def fields(page, schema, prefix=""):
    """Rows of a table, those of objects within objects too."""
    required = set(schema.get("required", ()))
    for name, value in schema.get("properties", {}).items():
        mark = ", required" if name in required else ""
        page.add(f"| `{prefix}{name}` | {cell(kind(value))}{mark} | {cell(value.get('description', ''))} |")
        inner = value.get("items", value)
        if "$ref" not in inner:
            fields(page, inner, f"{prefix}{name}{'[]' if 'items' in value else ''}.")


def parts(schema):
    """The inline objects that an allOf, anyOf or oneOf is made of."""
    yield schema
    for word in ("allOf", "anyOf", "oneOf"):
        for each in schema.get(word, ()):
            yield from parts(each)


def table(page, schema):
    inline = [part for part in parts(schema) if "properties" in part]
    if inline:
        page.add("| field | is | |", "| --- | --- | --- |")
        for part in inline:
            fields(page, part)
        page.add("")


def body(page, title, content):
    for media_type, value in content.items():
        schema = value.get("schema", {})
        page.add(f"{title} `{media_type}`: {kind(schema)}", "")
        table(page, schema)


def operation(page, method, path, item, told):
    page.add(f"### {method.upper()} {path}", "", f"{told['summary']}.", "")
    if "description" in told:
        page.add(told["description"].strip(), "")
    parameters = [page.resolved(each)
                  for each in item.get("parameters", []) + told.get("parameters", [])]
    if parameters:
        page.add("| parameter | in | is | |", "| --- | --- | --- | --- |")
        for each in parameters:
            page.add(f"| `{each['name']}` | {each['in']} | {cell(kind(each.get('schema', {})))} "
                     f"| {cell(each.get('description', ''))} |")
        page.add("")
    if "requestBody" in told:
        body(page, "Body", page.resolved(told["requestBody"]).get("content", {}))
    answers = sorted((status, page.resolved(answer)) for status, answer in told["responses"].items())
    for status, answer in answers:
        if status < "400":
            schemas = sorted(kind(each.get("schema", {})) for each in answer.get("content", {}).values())
            page.add(f"**{status}** {' '.join([cell(answer['description']), *schemas])}", "")
    errors = [f"{status} {answer['description'].split('.')[0]}" for status, answer in answers
              if status >= "400"]
    if errors:
        page.add(f"Errors: {', '.join(errors)}.", "")


def error_table(page):
    page.add("## Errors", "", f"Each with {link('#/Error')} as its body.", "",
             "| type | when |", "| --- | --- |")
    for answer in page.document["components"]["responses"].values():
        name, _, meaning = answer["description"].partition(".")
        if name.endswith("Error"):
            page.add(f"| {name} | {cell(meaning)} |")
    page.add("")


def render(document):
    page = Page(document)
    page.add(document["info"]["description"].strip(), "",
             page.resolved(document["components"]["securitySchemes"]["apiKey"])["description"].strip(),
             "")
    for tag in document["tags"]:
        page.add(f"## {tag['name'].capitalize()}", "", tag["description"], "")
        for path, item in document["paths"].items():
            for method in METHODS:
                if tag["name"] in item.get(method, {}).get("tags", ()):
                    operation(page, method, path, item, item[method])
    error_table(page)
    page.add("## Schemas", "")
    for name, schema in document["components"]["schemas"].items():
        page.add(f"### {name}", "")
        if "description" in schema:
            page.add(schema["description"].strip(), "")
        if not any("properties" in part for part in parts(schema)):
            page.add(kind(schema), "")
        table(page, schema)
    return page.text()


def main():
    document = yaml.safe_load((ROOT / "data/openapi.yaml").read_text(encoding="utf-8"))
    text = render(document)
    if sys.argv[1:] == ["--check"]:
        if not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != text:
            sys.exit("docs/api.md is not what data/openapi.yaml says; run tools/openapi_markdown.py")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        OUTPUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
