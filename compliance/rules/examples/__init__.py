"""
One failing and one passing example of every rule.

The failing example raises a flag of its rule only, the passing one raises none; both are as close to the limit as
possible. They are shown on the page of the rule and evaluated by the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.rules.examples import of_applicants, of_assessments, of_deadlines, of_documents, of_models
from compliance.rules.examples.making import Example

_PARTS = (of_applicants, of_models, of_assessments, of_documents, of_deadlines)
EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {code: example for part in _PARTS for code, example in part.EXAMPLES.items()}
)
