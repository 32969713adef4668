"""
Sending a message over HTTPS to an address that somebody else chose.

The name is resolved once, every address that it resolves to must be public, and the connection goes to one of them: so
neither a redirect (none is followed) nor a change of the name leads into the network of the server.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

TIMEOUT = 10.0
# The most that sending may take in all: each byte of an answer could come just within the time-out.
DEADLINE = 20.0
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# No more of an answer is read: only its status counts.
ANSWER_LIMIT = 4_096


class NotAllowed(Exception):
    """The address leads to where no message is sent; the code says why: `scheme`, `private`, `unknown_host`, `bad_address`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sent:
    """What came of sending: the status of the answer, or the error, and how long it took."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def is_accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send(url: str, body: bytes, headers: dict[str, str]) -> Sent:
    """Send a message and return what came of it. Never raises for what the other side does."""
    started = time.monotonic()
    status, error = None, ""
    try:
        status = _post(url, body, headers)
        if 300 <= status < 400:
            error = "redirect"
    except NotAllowed as refused:
        error = refused.code
    except (OSError, http.client.HTTPException, ValueError) as failure:
        error = f"{type(failure).__name__}: {failure}"[:300]
    return Sent(status, error, round((time.monotonic() - started) * 1000))


def public_addresses(url: str) -> list[str]:
    """Return the addresses of the host of a URL. Raises NotAllowed unless all of them are public."""
    parts = _parts(url)
    try:
        found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotAllowed("unknown_host") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not settings.WEBHOOKS_MAY_BE_PRIVATE and not all(map(_is_public, addresses)):
        raise NotAllowed("private")
    return addresses


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("bad_address") from error
    if not parts.hostname or parts.username is not None or port == 0:
        raise NotAllowed("bad_address")
    if parts.scheme != "https" and not (settings.WEBHOOKS_MAY_BE_PRIVATE and parts.scheme == "http"):
        raise NotAllowed("scheme")
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    found: Any = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if mapped is not None:
        found = mapped
    if found.version == 6 and found not in _GLOBAL_UNICAST:
        # Other ranges lead to IPv4 addresses by translation, or nowhere.
        return False
    # Ranges for special purposes that some versions of the library take for global (IANA registries).
    if any(found.version == block.version and found in block for block in _SPECIAL):
        return False
    return bool(found.is_global and not found.is_multicast)


_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    parts, address = _parts(url), public_addresses(url)[0]
    connection = _Connection(parts, address)
    deadline = threading.Timer(DEADLINE, connection.abort)
    deadline.start()
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(ANSWER_LIMIT)
        return answer.status
    finally:
        deadline.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked, in the name of its host."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        super().__init__(parts.hostname or "", _port(parts), timeout=TIMEOUT)
        self.parts, self.address = parts, address
        if parts.scheme == "https":
            self.default_port = http.client.HTTPS_PORT

    def abort(self) -> None:
        """End the connection from another thread: whoever waits for an answer gets an error."""
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        """Connect to the address, and check the certificate of the host."""
        self.sock = socket.create_connection((self.address, self.port), TIMEOUT)
        if self.parts.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.parts.hostname)
