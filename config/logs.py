"""How the product logs: one line an event, plain for people or JSON for machines, with the request and its person."""

from __future__ import annotations

import logging
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS

from registry.audit.acting import known_person
from registry.request_ids import current_case, current_request_id

PLAIN, JSON = "plain", "json"


class WithContext(logging.Filter):
    """Adds the id of the request, its person and the case that it changes to each line of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id, record.case = current_request_id(), current_case()
        record.user = known_person()
        return True


def logging_of(form: str, level: str) -> dict[str, Any]:
    """Return Django's LOGGING for a form, `plain` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": WithContext}},
        "formatters": {
            PLAIN: {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
            JSON: {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s %(user)s %(case)s",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
                "datefmt": "%Y-%m-%dT%H:%M:%S%z",
                "json_ensure_ascii": False,
                # Django adds the request to some lines; its address may hold what was meant to be secret.
                "reserved_attrs": [*RESERVED_ATTRS, "request"],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["context"]}},
        "root": {"handlers": ["stderr"], "level": level},
    }
