"""The refusals that operations share, and other parts of the OpenAPI description that are written once."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from registry.api.problems import MEDIA_TYPE

Node = dict[str, Any]
_TEXT: Node = {"type": "string"}


@dataclass(frozen=True)
class Refusal:
    """A shared response: its name among the components, its meaning, and an example."""

    name: str
    description: str
    code: str
    title: str
    detail: str
    headers: tuple[str, ...] = ()

    def described(self, status: int) -> Node:
        """Return the response for the OpenAPI description."""
        example = {
            "type": f"urn:problem:{self.code}",
            "title": self.title,
            "status": status,
            "code": self.code,
            "detail": self.detail,
            "instance": "/api/v1/filings/01a207c9-eecd-7c77-9eb0-e7d353627d5f/",
            "request_id": "01a207c9eecd7c779eb0e7d353627d5f",
            "errors": [],
        }
        headers = {name: {"$ref": f"#/components/headers/{component}"} for name, component in _headers_of(self)}
        if status == HTTPStatus.REQUEST_URI_TOO_LONG:
            # The web server itself refuses it, before the API sees the request.
            return {"description": self.description, "content": {"text/html": {"schema": _TEXT, "example": self.title}}}
        return {
            "description": self.description,
            "headers": headers,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
        }


def _headers_of(refusal: Refusal) -> list[tuple[str, str]]:
    return [("X-Request-Id", "RequestId"), *((name, name.replace("-", "")) for name in refusal.headers)]


REFUSALS = {
    400: Refusal(
        "BadRequest",
        "The query or the body is malformed. `errors` names each place. Nothing was stored.",
        "malformed_dossier",
        "Malformed dossier",
        "Nothing was stored. Number of errors: 1. Correct the places listed under `errors` and send the whole dossier again.",
    ),
    401: Refusal(
        "AuthenticationRequired",
        "No token was sent, or it is unknown, expired or revoked.",
        "not_authenticated",
        "Authentication required",
        "Send a token in the header “Authorization: Bearer …”.",
        ("WWW-Authenticate",),
    ),
    403: Refusal(
        "NotAllowed",
        "Your role or the scope of your token does not allow this.",
        "not_a_filer",
        "Only filers may do this",
        "You can see this filing, but you cannot act on it. Ask an administrator to add you as a filer of the applicant.",
    ),
    404: Refusal(
        "NotFound",
        "There is nothing at this address, or you are not allowed to see it. Also: a cursor of another list.",
        "not_found",
        "Not found",
        "There is nothing at this address, or you are not allowed to see it.",
    ),
    409: Refusal(
        "Conflict",
        "The state of the resource does not allow this, or the same request is being worked on. Nothing was changed.",
        "transition_refused",
        "Not possible in this status",
        "This action is not possible while the filing has the status “filed”. Nothing was changed.",
    ),
    412: Refusal(
        "ChangedMeanwhile",
        "If-Match does not contain the current version. `current` and the ETag tell what is there now.",
        "changed_meanwhile",
        "Changed by someone else",
        "The dossier changed after you read it. Compare your version with `current`, then send it again with the ETag of `current`.",
        ("ETag",),
    ),
    413: Refusal(
        "TooLarge",
        "The body is larger than the limit of this address.",
        "too_large",
        "Request body too large",
        "The request body is larger than 10000000 bytes. Upload long texts as documents instead of including them in the dossier.",
    ),
    414: Refusal(
        "AddressTooLong",
        "The address is longer than the web server reads. Send fewer values.",
        "address_too_long",
        "URI Too Long",
        "Send fewer values.",
    ),
    415: Refusal(
        "UnsupportedMediaType",
        "The media type of the body is not one of those described.",
        "unsupported_media_type",
        "Unsupported media type",
        "Send the body as JSON, with the header “Content-Type: application/json”.",
    ),
    416: Refusal(
        "RangeNotSatisfiable",
        "The document is shorter than the range.",
        "range_not_satisfiable",
        "Range not satisfiable",
        "The document has 1000 bytes. Ask for a range within it.",
    ),
    422: Refusal(
        "KeyReused",
        "The Idempotency-Key was used for another request, or the digest of the body does not match.",
        "key_reused",
        "Idempotency key already used",
        "This Idempotency-Key was sent with another request before. Use a new key for a new request.",
    ),
    428: Refusal(
        "PreconditionRequired",
        "If-Match is missing.",
        "precondition_required",
        "If-Match header required",
        "Send the If-Match header with the ETag that GET returned, so that you do not overwrite a change you have not seen.",
        ("ETag",),
    ),
    429: Refusal(
        "TooManyRequests",
        "Too many requests. Retry-After tells when to try again.",
        "throttled",
        "Too many requests",
        "Too many requests in a short time. Try again in 12 seconds.",
        ("Retry-After",),
    ),
    500: Refusal(
        "InternalError",
        "An error of the server, which was logged. Nothing was changed.",
        "error",
        "Internal error",
        "An internal error occurred and was logged. Nothing was changed. Try again in a minute.",
    ),
    503: Refusal(
        "Unavailable",
        "What is needed for the answer does not work at the moment. Retry-After tells when to try again.",
        "not_set",
        "PDF not made",
        "The PDF could not be made. Try again in a minute; the list of letters has the whole text.",
        ("Retry-After",),
    ),
}
# Not a parameter of each operation: a tool that sends made-up requests would send the same key with all of them.
RETRYING = (
    "With the header `Idempotency-Key` (up to 255 printable characters, such as a UUID), the same request sent again within "
    "24 hours changes nothing and is answered as before, with `Idempotency-Replayed: true`."
)
ANSWER_HEADERS = {
    name: {"$ref": f"#/components/headers/{component}"}
    for name, component in (
        ("X-Request-Id", "RequestId"),
        ("RateLimit-Limit", "RateLimitLimit"),
        ("RateLimit-Remaining", "RateLimitRemaining"),
        ("RateLimit-Reset", "RateLimitReset"),
    )
}
TAGS = {
    "Filings": "Open a filing with a dossier, edit it, and read its flags.",
    "Workflow": "The steps of a filing, one address for each verb.",
    "Checks": "Check a dossier or a filing against the rules, without storing anything.",
    "Documents": "The documents of a filing.",
    "Evidence": "Evidence of the origin of AI models, and model cards.",
    "Events": "The history of filings.",
    "AI models": "The register of AI models, with their lineage.",
    "Organizations": "The register of organizations.",
    "Services": "The register of services.",
    "Training data": "Declarations of training data.",
    "Register": "The public register of official numbers.",
    "Statistics": "What services are built on.",
    "Rules": "The catalog of rules.",
    "Reports": "The written compliance reports.",
    "Imports": "Many dossiers at once.",
    "Webhooks": "Messages about changes, signed as Standard Webhooks says.",
    "Tokens": "Your API tokens.",
    "Meta": "The API itself.",
}
_PROBLEM: Node = {
    "type": "object",
    "description": "Problem details (RFC 9457). `code` is for programs; `title`, `detail` and the messages are for people.",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": _TEXT,
        "detail": _TEXT,
        "instance": _TEXT,
        "request_id": {"type": "string", "description": "Quote it when you ask for help."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON Pointer to the place. Empty for the whole request.",
                    },
                    "code": _TEXT,
                    "message": _TEXT,
                },
                "required": ["pointer", "code", "message"],
            },
        },
        "current": {"type": "object", "description": "What is there now (412).", "additionalProperties": True},
        "filing_status": {"type": "string", "description": "The status of the filing (409)."},
    },
    "required": ["type", "title", "status", "code", "detail", "instance", "errors"],
}
COMPONENTS: dict[str, Node] = {
    "schemas": {"Problem": _PROBLEM},
    "headers": {
        "RequestId": {"description": "The id of the request, as in the logs of the server.", "schema": _TEXT},
        "WWWAuthenticate": {"description": "The scheme to authenticate with.", "schema": _TEXT},
        "ETag": {"description": "The current version.", "schema": _TEXT},
        "RateLimitLimit": {"description": "Requests of a minute.", "schema": {"type": "integer"}},
        "RateLimitRemaining": {"description": "Requests that are left.", "schema": {"type": "integer"}},
        "RateLimitReset": {"description": "Seconds until all are left again.", "schema": {"type": "integer"}},
        "RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    },
    "parameters": {
        "RequestId": {
            "name": "X-Request-Id",
            "in": "header",
            "description": "An id of your own for this request (up to 64 letters, digits, `_`, `.` and `-`; another one is replaced): it is returned, and written to the logs of the server.",
            "schema": _TEXT,
        },
        "AcceptLanguage": {
            "name": "Accept-Language",
            "in": "header",
            "description": "The language of titles, messages and labels: `en` (the default) or `zh-hans`.",
            "schema": _TEXT,
        },
    },
    "securitySchemes": {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer …` with an API token. `Authorization: Token …` works as well.",
        }
    },
    "responses": {refusal.name: refusal.described(status) for status, refusal in REFUSALS.items()},
}
