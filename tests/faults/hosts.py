"""
Hosts on one machine: network namespaces, each with a line to the database and one to everything else.

A line that is cut loses packets without a word, as a broken switch does: what is connected waits until it gives up.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from itertools import count

_NUMBERS = count(1)
DATABASE, OTHERS = "db", "net"
NOBODY = "02:00:00:00:00:99"
_NETWORKS = {DATABASE: "10.213", OTHERS: "10.214"}


def are_possible() -> bool:
    """Whether this process may make network namespaces."""
    if os.geteuid() or not shutil.which("ip"):
        return False
    return _ip("netns", "add", "registry-probe", check=False) and _ip("netns", "del", "registry-probe")


@dataclass
class Host:
    """A network namespace. Servers on this machine have an address of their own on each of its lines."""

    name: str
    number: int

    @classmethod
    def make(cls) -> Host:
        number = next(_NUMBERS)
        host = cls(f"registry-{os.getpid()}-{number}", number)
        _ip("netns", "add", host.name)
        host._inside("link", "set", "lo", "up")
        for line, network in _NETWORKS.items():
            here, there = host._ends(line)
            _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", host.name)
            _ip("addr", "add", f"{network}.{number}.1/24", "dev", here)
            host._inside("addr", "add", f"{network}.{number}.2/24", "dev", there)
            host._inside("link", "set", there, "up")
            _ip("link", "set", here, "up")
        return host

    @property
    def address(self) -> str:
        """The address at which the servers of this host are reached."""
        return self._address(OTHERS)

    def gateway(self, line: str) -> str:
        """Return the address of this machine on a line."""
        return f"{_NETWORKS[line]}.{self.number}.1"

    def _address(self, line: str) -> str:
        return f"{_NETWORKS[line]}.{self.number}.2"

    def command(self, command: list[str]) -> list[str]:
        """Return a command that runs on this host."""
        return ["ip", "netns", "exec", self.name, *command]

    def cut(self, line: str) -> None:
        """Lose what is sent either way: both ends send to a hardware address that nobody has."""
        here, there = self._ends(line)
        _ip("neigh", "replace", self._address(line), "lladdr", NOBODY, "dev", here, "nud", "permanent")
        self._inside("neigh", "replace", self.gateway(line), "lladdr", NOBODY, "dev", there, "nud", "permanent")

    def fix(self, line: str) -> None:
        here, there = self._ends(line)
        _ip("neigh", "del", self._address(line), "dev", here)
        self._inside("neigh", "del", self.gateway(line), "dev", there)

    def remove(self) -> None:
        for line in _NETWORKS:
            _ip("link", "del", self._ends(line)[0], check=False)
        _ip("netns", "del", self.name, check=False)

    def _inside(self, *arguments: str) -> None:
        subprocess.run(self.command(["ip", *arguments]), check=True)

    def _ends(self, line: str) -> tuple[str, str]:
        # Names of interfaces have at most 15 characters.
        stem = f"{line}{os.getpid() % 100_000}n{self.number}"
        return f"{stem}a", f"{stem}b"


def _ip(*arguments: str, check: bool = True) -> bool:
    return subprocess.run(["ip", *arguments], check=check, capture_output=True).returncode == 0
