#!/usr/bin/env python3
"""Turns the deliveries of the npm package @octokit/webhooks-examples into events, one a line:

    tools/github_events.py INDEX.json > events.ndjson

An event's name is GitHub's event and action (`pull_request.opened`, or `push`, which has none), its
organization the owner of the repository, its metadata the payload as GitHub sent it."""
import json
import sys


def owner(payload):
    """Whose event it is: the login of an organisation or user, or 'github' when none is named."""
    repository = payload.get("repository") or {}
    installation = payload.get("installation") or {}
    for account in (payload.get("organization"), repository.get("owner"),
                    installation.get("account"), payload.get("sender")):
        if account and account.get("login"):
            return account["login"]
    return "github"


def event_type(name, payload):
    action = payload.get("action")
    return f"{name}.{action}" if isinstance(action, str) else name


def events(index):
    number = 0
    for webhook in index:
        for payload in webhook["examples"]:
            number += 1
            yield {"event_id": f"evt_github_{number:04}",
                   "event_type": event_type(webhook["name"], payload),
                   "organization": owner(payload),
                   "metadata": payload}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as file:
        index = json.load(file)
    for event in events(index):
        sys.stdout.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
