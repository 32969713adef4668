#!/usr/bin/env python3
"""
Verify an exported case: `python3 verify.py CASE.zip`. Needs Python 3.9 and nothing else.

The manifest has the SHA-256 of each file. Each event's hash covers the event and the hash before it, so that an event that was
changed, taken out or put in does not fit; the events have the SHA-256 of each revision and of each document.
Exit status: 0 if everything fits, 1 if something does not, 2 if the file is no exported case.
"""

import hashlib
import json
import sys
import zipfile
import zlib

EVENT = ("filing", "number", "verb", "from", "to", "at", "actor", "reason", "data")


def main(path):
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            faults, counts = faults_of(archive, manifest)
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError) as error:
        print(f"{path} is no exported case: {error}")
        return 2
    for fault in faults:
        print(f"FAULT: {fault}")
    if not faults:
        print(f"{manifest['case_number']}: {counts} The last event's hash is {manifest['last_event_hash']}.")
    return 1 if faults else 0


def faults_of(archive, manifest):
    faults = list(file_faults(archive, manifest["files"]))
    events = [json.loads(line) for line in archive.read("events.jsonl").decode().splitlines()]
    faults += event_faults(events, manifest)
    revisions = {name: hash for name, hash in manifest["files"].items() if name.startswith("revisions/")}
    documents = {hash for name, hash in manifest["files"].items() if name.startswith("documents/")}
    asked = {f"revisions/{event['data']['revision']:04}.json": event for event in events if "revision" in event["data"]}
    faults += [
        f"{name} is missing: event {asked[name]['number']} names it" for name in sorted(asked.keys() - revisions.keys())
    ]
    faults += [f"no event names {name}" for name in sorted(revisions.keys() - asked.keys())]
    faults += [
        f"{name} is not what event {asked[name]['number']} names"
        for name in sorted(asked.keys() & revisions.keys())
        if revisions[name] != asked[name]["data"].get("sha256")
    ]
    named = {event["data"]["document"] for event in events if event["verb"] == "upload" and "document" in event["data"]}
    faults += [f"the document with SHA-256 {each} is missing" for each in sorted(named - documents)]
    taken = set(manifest["documents_of_changes"])
    faults += [f"no event names the document with SHA-256 {each}" for each in sorted(documents - named - taken)]
    return faults, f"{len(events)} events, {len(revisions)} revisions and {len(documents)} documents fit."


def file_faults(archive, files):
    present = set(archive.namelist()) - {"manifest.json"}
    yield from (f"{name} is missing" for name in sorted(set(files) - present))
    yield from (f"{name} is not in the manifest" for name in sorted(present - set(files)))
    if len(present) + 1 != len(archive.namelist()):
        yield "a name stands twice in the file"
    for name in sorted(present & set(files)):
        if digest(archive, name) != files[name]:
            yield f"{name} was changed"


def event_faults(events, manifest):
    previous = ""
    for number, event in enumerate(events, start=1):
        line = {name: event[name] for name in EVENT}
        text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        asked = hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
        if event["number"] != number or event["filing"] != manifest["filing"]:
            yield f"event {event['number']} stands in the place of event {number}"
        elif event["hash"] != asked or event["previous_hash"] != previous:
            yield f"event {number} does not fit its hash or the event before it"
        previous = event["hash"]
    if previous != manifest["last_event_hash"]:
        yield "events are missing at the end"


def digest(archive, name):
    found = hashlib.sha256()
    try:
        with archive.open(name) as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                found.update(block)
    except (zipfile.BadZipFile, zlib.error):
        return "unreadable"
    return found.hexdigest()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print(__doc__.strip())
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
