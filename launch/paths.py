"""The folders and files of the launcher."""

from __future__ import annotations

import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOGS = VAR / "log"
BROKER = VAR / "broker"
MAIL = VAR / "mail"
DEMO_PASSWORD = VAR / "demo-password"
SECRET_KEY = VAR / "secret-key"


def prepare() -> None:
    """Create the folders."""
    for folder in (VAR, LOGS, BROKER, MAIL):
        folder.mkdir(parents=True, exist_ok=True)


def secret_in(path: Path) -> str:
    """Return the secret in a file that only its owner can read; create it on the first call."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24) + "\n")
    return path.read_text().strip()
