"""
Check that every package that the product needs has a license under which it may be used beside code under Apache-2.0, and write the
bill of materials of the product itself (`--sbom FILE`, CycloneDX 1.6).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent.parent
LOCKED = ROOT / "requirements.txt"
BIN = Path(sys.executable).parent

# Permissive licenses, and those whose copyleft ends at the library, which is used as it is and can be replaced.
ALLOWED = re.compile(
    r"MIT(-0)?( License)?|(Apache|BSD)( Software)?( License)?|Apache-2\.0|BSD[- ][23]-Clause|0BSD|Zlib|CC0-1\.0|PSF-2\.0|"
    r"Mozilla Public License 2\.0 \(MPL 2\.0\)|MPL-2\.0|LGPL-(2\.1|3\.0)-(only|or-later)|"
    r"GNU Lesser General Public License v2 or later \(LGPLv2\+\)"
)
# Packages whose metadata do not say it, with what their files say.
READ = MappingProxyType(
    {
        "pyrage": "MIT",
        # BSD for the package; the other one is of the word QR Code, a trademark.
        "qrcode": "BSD License",
    }
)


def main(arguments: list[str]) -> int:
    """Print each package whose license is not allowed; return 1 if there is one. With `--sbom FILE`, write the bill."""
    if arguments[:1] == ["--sbom"]:
        return _write_bill(arguments[1])
    faults = [f"{name}: {license}" for name, license in _licenses().items() if not is_allowed(license)]
    for fault in faults:
        print(f"{fault} is not allowed. See tools/licenses.py.", file=sys.stderr)
    return 1 if faults else 0


def is_allowed(license: str) -> bool:
    """Whether all licenses of an expression are allowed, or one of those to choose from."""
    return any(
        all(ALLOWED.fullmatch(part.strip()) for part in re.split(r" AND |; ", choice))
        for choice in license.split(" OR ")
    )


def _licenses() -> dict[str, str]:
    names = [line.split("==")[0] for line in LOCKED.read_text().splitlines() if "==" in line]
    command = [str(BIN / "pip-licenses"), "--from=mixed", "--format=json", "--packages", *names]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {row["Name"]: READ.get(row["Name"], row["License"]) for row in rows}


def _write_bill(path: str) -> int:
    command = [str(BIN / "cyclonedx-py"), "requirements", str(LOCKED), "--spec-version", "1.6", "--output-file", path]
    return subprocess.run([*command, "--output-format", "JSON", "--mc-type", "application"], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
