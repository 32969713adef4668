"""The arguments of the command line, and the settings around it."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NoReturn, cast

from filing_client.command.texts import TEXTS, Texts
from filing_client.settings import Language

FILTERS = ("status", "kind", "action", "province", "applicant", "level", "rule", "q", "changed_after")


class UsageRefused(Exception):
    """The command line or the settings cannot be used. The message is for the reader."""


class _Parser(argparse.ArgumentParser):
    """Reports faults in the reader's language."""

    texts = Texts("en")

    def error(self, message: str) -> NoReturn:
        raise UsageRefused(self.texts("usage", message=self.texts.usage(message), program=self.prog))


def language_of(arguments: Sequence[str]) -> Language:
    """Return the language of the texts, before the rest is parsed, so that faults are reported in it as well."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    early.add_argument("--language", nargs="?")
    try:
        given = early.parse_known_args(arguments)[0].language
    except argparse.ArgumentError:
        given = None
    value = given or os.environ.get("FILING_LANGUAGE") or "en"
    if value not in TEXTS:
        raise UsageRefused("\n".join(Texts(language)("bad_language", value=value) for language in TEXTS))
    return cast(Language, value)


def parsed(arguments: Sequence[str], texts: Texts) -> argparse.Namespace:
    """Return the arguments. Raises UsageRefused if they are at fault or no address is known."""
    options = _parser(texts).parse_args(arguments)
    options.url = getattr(options, "url", None) or os.environ.get("FILING_URL")
    options.token = getattr(options, "token", None) or os.environ.get("FILING_TOKEN")
    if not options.url:
        raise UsageRefused(texts("no_url"))
    return options


def _parser(texts: Texts) -> argparse.ArgumentParser:
    kind = type("Parser", (_Parser,), {"texts": texts})
    common = _common(texts)
    parser: argparse.ArgumentParser = kind(prog="filing", description=texts("description"), parents=[common])
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, add in _COMMANDS.items():
        add(commands.add_parser(name, help=texts(name), description=texts(name), parents=[common]), texts)
    return parser


def _common(texts: Texts) -> argparse.ArgumentParser:
    """Return the options that are allowed before and after the command. Absent ones must not undo earlier ones."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--url", help=texts("url"))
    common.add_argument("--token", help=texts("token"))
    common.add_argument("--language", choices=list(TEXTS), help=texts("language"))
    return common


def _format(parser: argparse.ArgumentParser, texts: Texts, *choices: str) -> None:
    parser.add_argument("--format", choices=choices, default=choices[0], help=texts("format"))


def _wait(parser: argparse.ArgumentParser, texts: Texts, seconds: float) -> None:
    parser.add_argument("--timeout", type=float, default=seconds, metavar="SECONDS", help=texts("timeout"))


def _check(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument("--as-of", metavar="DAY", help=texts("as_of"))
    _format(parser, texts, "text", "json")


def _submit(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--wait", action="store_true", help=texts("wait"))
    _wait(parser, texts, 120.0)
    _format(parser, texts, "text", "json")


def _status(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("id", metavar="ID")
    _format(parser, texts, "text", "json")


def _flags(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--state", choices=["open", "resolved", "all"], default="open", help=texts("state"))
    _format(parser, texts, "text", "json")


def _upload(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("id", metavar="ID")
    parser.add_argument("files", nargs="+", metavar="FILE")
    _format(parser, texts, "text", "json")


def _import(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--dry-run", action="store_true", help=texts("dry_run"))
    parser.add_argument("--submit", action="store_true", help=texts("submit_all"))
    _wait(parser, texts, 3600.0)
    _format(parser, texts, "text", "json")


def _export(parser: argparse.ArgumentParser, texts: Texts) -> None:
    parser.add_argument("--output", metavar="FILE", help=texts("output"))
    for name in FILTERS:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=texts("filter", name=name))
    _format(parser, texts, "csv", "ndjson")


_COMMANDS = {
    "check": _check,
    "submit": _submit,
    "status": _status,
    "flags": _flags,
    "upload": _upload,
    "import": _import,
    "export": _export,
}
