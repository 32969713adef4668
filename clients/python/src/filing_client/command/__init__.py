"""The command `filing`. Exit status: 0 good, 1 errors in a dossier or filing, 2 wrong usage or a problem of the API."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import httpx

from filing_client.client import Client
from filing_client.command.actions import ACTIONS, MALFORMED
from filing_client.command.arguments import UsageRefused, language_of, parsed
from filing_client.command.faults import FAULTS, message_of
from filing_client.command.printing import Printer
from filing_client.command.texts import Texts
from filing_client.problems import ApiProblem


def main(arguments: Sequence[str] | None = None, transport: httpx.BaseTransport | None = None) -> int:
    """Run a command and return its exit status. Tests give a transport."""
    given = sys.argv[1:] if arguments is None else arguments
    texts = Texts("en")
    try:
        texts = Texts(language_of(given))
        return _run(given, texts, transport)
    except UsageRefused as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        _failed(texts("stopped"))
        return 130
    except BrokenPipeError:
        # The reader, such as `head`, has enough. Python must not report that once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(given: Sequence[str], texts: Texts, transport: httpx.BaseTransport | None) -> int:
    options = parsed(given, texts)
    try:
        with Client(options.url, options.token, language=texts.language, transport=transport) as client:
            return ACTIONS[options.command](client, options, Printer(texts))
    except BrokenPipeError:
        raise
    except FAULTS as error:
        _failed(message_of(error, texts, options.url, getattr(options, "timeout", 0)))
        return 1 if isinstance(error, ApiProblem) and error.code == MALFORMED else 2


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 2
