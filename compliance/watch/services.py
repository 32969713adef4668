"""Whether what the product stands on can be reached: database, broker, storage of documents; and whether the tables are up to date."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)
# Asked for by monitoring: a service that hangs must not hang the answer.
PATIENCE = 2
OK, UNREACHABLE, PENDING = "ok", "unreachable", "pending"


def states() -> dict[str, str]:
    """Return the state of each service: `ok`, `unreachable`, or for migrations `pending`."""
    return {name: _state(name, ask) for name, ask in _SERVICES.items()}


def _state(name: str, ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Exception:
        # Whatever a driver raises means the same here, and its reason is for the log.
        logger.exception("The service %s does not work.", name)
        return UNREACHABLE


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _broker() -> str:
    if urlsplit(settings.CELERY_BROKER_URL).scheme in ("redis", "rediss"):
        options = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
        with redis.Redis.from_url(settings.CELERY_BROKER_URL, **options) as client:
            client.ping()
    return OK


def _storage() -> str:
    storages["default"].exists("documents/asked-by-monitoring")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return PENDING if executor.migration_plan(executor.loader.graph.leaf_nodes()) else OK


_SERVICES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {"database": _database, "broker": _broker, "storage": _storage, "migrations": _migrations}
)
