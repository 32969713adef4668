"""`add_reference_sketch NAME`: add the weight sketch of a public model as a reference; first the hashes, then the sketch."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.evidence.reference_sketches import Refused, add_sketch, commit
from compliance.language import LANGUAGES
from compliance.models import ReferenceSketch
from compliance.provenance.faults import Unusable
from compliance.provenance.reading import read_json


class Command(BaseCommand):
    help = (
        "Add a reference sketch in two steps: --commit FILE with the SHA-256 of every weight file prints the seed; then "
        "--sketch FILE with the sketch made with that seed. FILE is the output of tools/model_evidence.py."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="the published name of the model, such as meta-llama/Llama-2-7b")
        parser.add_argument("--commit", type=Path, metavar="FILE", help="evidence with file_hashes")
        parser.add_argument("--sketch", type=Path, metavar="FILE", help="evidence with weight_sketch")
        parser.add_argument("--source", default="", help="the source of the weights")
        parser.add_argument(
            "--new-seed", action="store_true", help="use a new seed; sketches are comparable only with the same seed"
        )
        parser.add_argument("--language", choices=LANGUAGES, default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        name, language = options["name"], options["language"]
        if not name or bool(options["commit"]) == bool(options["sketch"]):
            self._list_references()
            return
        try:
            if options["commit"]:
                self._commit(name, options)
            else:
                reference, checked = add_sketch(
                    name, _part(options["sketch"], "weight_sketch"), _evidence(options["sketch"])
                )
                self.stdout.write(f"{reference.name}: sketch stored. Models with evidence compared again: {checked}.")
        except Unusable as fault:
            raise CommandError(f"{fault.at}{': ' if fault.at else ''}{fault.message(language)}") from fault
        except Refused as error:
            raise CommandError(str(error)) from error

    def _commit(self, name: str, options: dict[str, Any]) -> None:
        hashes = _part(options["commit"], "file_hashes")
        reference = commit(name, hashes, source=options["source"], is_new_seed=options["new_seed"])
        self.stdout.write(
            f"{reference.name}: {len(reference.file_hashes)} files committed. The seed is {reference.seed}"
        )
        self.stdout.write(
            f"Next step: python tools/model_evidence.py MODEL_DIR --hash --sketch {reference.seed} -o sketch.json"
        )

    def _list_references(self) -> None:
        for reference in ReferenceSketch.objects.defer("content"):
            state = "sketch stored" if reference.added_at else "committed, sketch missing"
            self.stdout.write(f"{reference.name}: {state}, {len(reference.file_hashes)} files")
        self.stdout.write("To add a reference, give a name with --commit FILE or --sketch FILE.")


def _evidence(path: Path) -> dict[str, Any]:
    try:
        document = read_json(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from error
    evidence = document.get("evidence", document) if isinstance(document, dict) else None
    if not isinstance(evidence, dict):
        raise CommandError(f"{path} contains no evidence. Create it with tools/model_evidence.py.")
    return evidence


def _part(path: Path, name: str) -> Any:
    evidence = _evidence(path)
    if name not in evidence:
        option = "--hash" if name == "file_hashes" else "--sketch SEED"
        raise CommandError(f"{path} contains no {name}. Create it with tools/model_evidence.py {option}.")
    return evidence[name]
