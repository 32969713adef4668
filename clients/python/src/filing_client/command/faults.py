"""What the command line says when something goes wrong: what it is, and how to correct it."""

from __future__ import annotations

from filing_client.command.arguments import UsageRefused
from filing_client.command.texts import Texts
from filing_client.imports import UnknownForm
from filing_client.problems import ApiProblem, NotReady, RequestFailed, Throttled, Unauthorized, Unreachable
from filing_client.settings import UnusableSetting

FAULTS = (RequestFailed, UsageRefused, OSError, ValueError)


def message_of(error: Exception, texts: Texts, url: str = "", seconds: float = 0) -> str:
    """Return the message for an error, in the reader's language."""
    match error:
        case ApiProblem(code=""):
            # The registry gives every problem a code. This is a proxy, or another server.
            return texts("unexpected", url=url, reason=error)
        case ApiProblem():
            return _problem(error, texts)
        case NotReady():
            return texts("not_ready", seconds=seconds)
        case Unreachable():
            return texts("unreachable", url=url, reason=error)
        case RequestFailed():
            return texts("unexpected", url=url, reason=error)
        case OSError(filename=name, strerror=reason) if name:
            return texts("unreadable", path=name, reason=reason)
        case UnusableSetting(name=name):
            return texts(f"bad_{name}")
        case UnknownForm(path=path):
            return texts("unknown_form", path=path)
    return str(error)


def _problem(problem: ApiProblem, texts: Texts) -> str:
    lines = [str(problem)]
    if isinstance(problem, Unauthorized):
        lines.append(texts("unauthorized"))
    elif isinstance(problem, Throttled):
        lines.append(texts("throttled"))
    elif problem.status >= 500:
        lines.append(texts("server"))
    if problem.request_id:
        lines.append(texts("request_id", value=problem.request_id))
    return "\n".join(lines)
