"""
Random kills: `python -m tests.faults.kills --submissions 20000`.

Two hosts (network namespaces), each with a web server and a worker, one beat, one broker, one PostgreSQL. While filers open and submit
filings and try again until they are answered, something breaks twice a minute: a process is killed, connections of the database are
ended, or a host loses its line to the database or to everything. In the end nothing may be lost, nothing may be there twice, the flags
have to be those of `check_dossier`, and all chains have to be whole. Needs root, iproute2 and PostgreSQL's server programs.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from launch.children import Child
from launch.parts import parts
from launch.services import Broker, wait_for
from tests.faults.filers import Filers, answer_of
from tests.faults.hosts import DATABASE, OTHERS, Host, are_possible
from tests.faults.servers import Cluster, is_available, open_broker
from tests.faults.stack import environment_of, kill, manage, wait_until
from tests.faults.tally import tally

PAUSE = (15.0, 45.0)
DOWN = (0.2, 3.0)
CUT = (5.0, 60.0)
PORT = 8000
WHAT_BREAKS = ("web-1", "worker-1", "web-2", "worker-2", "beat-1", "broker", "connections", DATABASE, OTHERS)
# A run in which fewer were submitted says nothing.
LEAST_SHARE = 0.2


class Place:
    """The product on two hosts. `children` are its processes by name."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cluster = folder, Cluster(folder / "postgresql")
        self.broker = open_broker(folder)
        self.hosts = [Host.make(), Host.make()]
        self.children: dict[str, Child] = {}
        self.here = self._environment("127.0.0.1", "127.0.0.1")

    def start(self) -> None:
        self.cluster.start()
        assert self.broker.child
        self.children["broker"] = self.broker.child
        self.broker.child.start()
        assert wait_for(self.broker)
        manage(self.here, "migrate", "--verbosity", "0", seconds=600)
        manage(self.here, "load_demo", seconds=600)
        for number, host in enumerate(self.hosts, 1):
            self._add_processes(number, host)
        for name, child in self.children.items():
            if name != "broker":
                child.start()
        for host in self.hosts:
            wait_until(lambda host=host: answer_of(host.address, PORT, "GET", "/health/")[0] == 200)

    def stop(self) -> None:
        for child in reversed(self.children.values()):
            kill(child)
        for host in self.hosts:
            host.remove()
        self.cluster.stop()

    def query(self, statement: str) -> tuple[Any, ...]:
        with psycopg.connect(self.cluster.url("127.0.0.1"), autocommit=True) as connection:
            return tuple(connection.execute(statement).fetchone() or ())  # type: ignore[call-overload]

    def _add_processes(self, number: int, host: Host) -> None:
        environment = self._environment(host.gateway(DATABASE), host.gateway(OTHERS))
        web, worker, beat = parts(PORT, environment, logs=self.folder, var=self.folder, host=host.address)
        for child in [web, worker] + [beat] * (number == 1):
            child.command = host.command(list(child.command))
            child.name = f"{child.name}-{number}"
            self.children[child.name] = child

    def _environment(self, database: str, others: str) -> dict[str, str]:
        broker = Broker(self.broker.url.replace("127.0.0.1", others), "")
        return {
            **environment_of(self.cluster.url(database), broker),
            "ALLOWED_HOSTS": ",".join(["127.0.0.1", *(host.address for host in self.hosts)]),
            "MEDIA_ROOT": str(self.folder / "media"),
            "RATE_LIMIT_TOKEN": "1000000/minute",
            "CHECK_LEASE_SECONDS": "20",
            "LOG_LEVEL": "ERROR",
        }


@dataclass
class Breaker:
    """Breaks one thing after another, each for a while, and counts what it broke."""

    place: Place
    random: random.Random
    broken: Counter[str]
    # What breaks: by default anything.
    only: tuple[str, ...] = ()

    def break_something(self) -> None:
        name = self.random.choice(self.only or [*self.place.children, "connections", "connections", DATABASE, OTHERS])
        self.broken[name] += 1
        self._way(name)()

    def _way(self, name: str) -> Callable[[], None]:
        if name == "connections":
            return self._end_connections
        if name in (DATABASE, OTHERS):
            return lambda: self._cut(name)
        return lambda: self._kill(self.place.children[name])

    def _kill(self, child: Child) -> None:
        kill(child)
        time.sleep(self.random.uniform(*DOWN))
        child.start()

    def _cut(self, line: str) -> None:
        host = self.random.choice(self.place.hosts)
        host.cut(line)
        time.sleep(self.random.uniform(*CUT))
        host.fix(line)

    def _end_connections(self) -> None:
        share = self.random.choice((0.2, 0.5, 1.0))
        statement = (
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            f" WHERE datname = current_database() AND pid <> pg_backend_pid() AND random() < {share}"
        )
        self.place.query(statement)


def main(arguments: list[str]) -> int:
    """Run for a while, and return 0 if things broke, filings were submitted and none was refused, lost, doubled or flagged otherwise."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="registry-kills-") as folder:
        Path(folder).chmod(0o755)
        place = Place(Path(folder))
        try:
            place.start()
            is_whole = _run(place, options)
        finally:
            place.stop()
    return 0 if is_whole else 1


def _run(place: Place, options: argparse.Namespace) -> bool:
    began = time.monotonic()
    filers = Filers([(host.address, PORT) for host in place.hosts], _token(place), options.submissions, options.filers)
    breaker = Breaker(place, random.Random(options.seed), Counter(), tuple(options.only))
    filers.start()
    end = began + 60 * options.most_minutes
    while filers.are_busy and time.monotonic() < end:
        time.sleep(breaker.random.uniform(*PAUSE))
        breaker.break_something()
        _tell(began, filers, breaker)
    filers.stop()
    waited = _wait_until_checked(place)
    found = tally(place.here, filers.submitted)
    minutes = (time.monotonic() - began) / 60
    print(json.dumps({"minutes": round(minutes, 1), "last check after seconds": round(waited), **filers.figures(),
                      "broken": dict(breaker.broken), **found.figures()}, indent=1))  # fmt: skip
    has_happened = breaker.broken.total() > 0 and len(filers.submitted) >= LEAST_SHARE * options.submissions
    return found.is_whole and not filers.refused and has_happened


def _tell(began: float, filers: Filers, breaker: Breaker) -> None:
    minutes = (time.monotonic() - began) / 60
    print(f"{minutes:5.1f} min: {len(filers.submitted):,} submitted, {breaker.broken.total()} broken", flush=True)


def _wait_until_checked(place: Place) -> float:
    return wait_until(
        lambda: place.query("SELECT count(*) FROM compliance_filing WHERE due_since IS NOT NULL") == (0,), 900
    )


def _token(place: Place) -> str:
    return manage(place.here, "create_token", "filer").splitlines()[-1]


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.kills")
    parser.add_argument(
        "--most-minutes", type=float, default=90, help="stop after so long, if not all is submitted before"
    )
    parser.add_argument("--submissions", type=int, default=20_000)
    parser.add_argument("--filers", type=int, default=16, help="how many file at the same time")
    parser.add_argument("--seed", type=int, default=1)
    lines = f"`{DATABASE}` cuts lines to the database, `{OTHERS}` those to everything"
    parser.add_argument(
        "--only", nargs="*", choices=WHAT_BREAKS, default=[], help=f"what breaks, not anything: {lines}"
    )
    if not (are_possible() and is_available()):
        parser.error("this needs root, network namespaces (iproute2) and the server programs of PostgreSQL")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
