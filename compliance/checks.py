"""System check of the catalog of rules, for `manage.py check`."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

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
