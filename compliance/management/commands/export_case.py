"""`export_case`: write a case with everything that is kept of it into one ZIP file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.bundles.writing import FileMissing, write_bundle
from compliance.models import Filing


class Command(BaseCommand):
    help = "Write dossiers, documents, history, flags and letters of a case into one ZIP file, with a script that verifies it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("case_number", help="such as F2026-000001")
        parser.add_argument("-o", "--output", type=Path, help="default: CASE_NUMBER.zip")

    def handle(self, *args: Any, **options: Any) -> None:
        case, path = options["case_number"], options["output"] or Path(f"{options['case_number']}.zip")
        filing = Filing.objects.filter(case_number=case).first()
        if filing is None:
            raise CommandError(f"There is no filing {case}. Case numbers are like F2026-000001.")
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                write_bundle(filing, file)
            part.replace(path)
        except FileMissing as error:
            raise CommandError(
                f"The file of {error.filename} is missing. Nothing was written; see verify_history --files."
            ) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        finally:
            part.unlink(missing_ok=True)
        self.stdout.write(f"{path} written. Verify it with: python3 verify.py {path} (the script is in the file).")
