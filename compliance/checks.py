"""System checks of the catalog of rules and of settings, for `manage.py check`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from compliance.retention.kinds import RetentionRefused, days_of
from compliance.rules.catalog import CATALOG
from compliance.rules.examples import EXAMPLES
from compliance.rules.families import ALL_FAMILIES
from compliance.rules.soundness import faults_of_catalog
from compliance.rules.thresholds import thresholds

assert ALL_FAMILIES


@register
def check_catalog(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report the faults of the catalog as errors, so that Django does not start with a faulty catalog."""
    faults = faults_of_catalog(CATALOG, dict(thresholds()), EXAMPLES)
    return [Error(fault, id="compliance.E001") for fault in faults]


@register
def check_data_protection(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a wrong RETENTION or BACKUP_KEEP_DAYS, and backups that hold in clear what is encrypted elsewhere."""
    found: list[CheckMessage] = []
    try:
        days_of(settings.RETENTION)
    except RetentionRefused as error:
        found.append(Error(str(error), id="compliance.E002"))
    if settings.BACKUP_KEEP_DAYS < 0:
        text = f"BACKUP_KEEP_DAYS is {settings.BACKUP_KEEP_DAYS}; it is a number of days, or 0 to keep all backups."
        found.append(Error(text, id="compliance.E003"))
    if settings.DOCUMENT_KEYS and settings.BACKUP_TO and not settings.BACKUP_RECIPIENTS:
        text = "Documents are encrypted at rest (DOCUMENT_KEYS), and the nightly backup holds them in clear."
        hint = "Set BACKUP_RECIPIENTS to the public keys of those who may read it."
        found.append(Warning(text, hint=hint, id="compliance.W001"))
    return found
